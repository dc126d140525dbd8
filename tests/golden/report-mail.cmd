pinspot scan --utc --format mail samples/logs/panos.log 2>/dev/null | sed -n '1,/^SUMMARY/p'
