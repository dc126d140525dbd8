pinspot formats --try samples/logs/panos-cef.log
# lines of several products
(sed -n 1p samples/logs/panos-cef.log; sed -n 1p samples/logs/ftd.log) |
    pinspot formats --try - | grep -e 'line ' -e format
