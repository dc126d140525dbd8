pinspot scan --utc --format prom samples/logs/panos.log 2>/dev/null | sed 's/rules="[0-9a-f]*"/rules="..."/'
