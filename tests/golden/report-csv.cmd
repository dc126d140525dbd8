pinspot scan --utc --format csv samples/logs/panos.log 2>/dev/null | cut -d, -f-15
