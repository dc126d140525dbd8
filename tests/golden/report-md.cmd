pinspot scan --utc --format md samples/logs/panos.log 2>/dev/null | sed -n '/Findings/,/^###.*:/p'
