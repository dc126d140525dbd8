pinspot formats --try samples/logs/panos-cef.log
