report=$(mktemp)
pinspot -f json samples/captures/office-day.pcap.gz >"$report"
pinspot explain static.pebble-iot.example. "$report"
pinspot explain F-unknown "$report" | sed "s#$report#REPORT#"
head -c 5000 "$report" >"$report.cut"
pinspot explain static.pebble-iot.example "$report.cut" 2>&1 | sed "s#$report#REPORT#"
rm -f "$report" "$report.cut"
