# Mappings that are wrong, or do not fit the log.
map=$(mktemp) || exit 2
trap 'rm -f "$map"' EXIT
try() {
	echo "$1"
	printf '%s' "$1" >"$map"
	pinspot -F csv:"$map" --handshakes -f csv samples/logs/mapped.log \
	    2>&1 | sed "s,$map,MAP,g" | cut -d , -f 1-9
}
try '{"fields": {"tim": "When"}}'
try '{"seperator": ";", "fields": {"time": "When"}}'
try '{"separator": "::", "fields": {"time": "When"}}'
try '{"match": "(", "fields": {"time": "When"}}'
try '{"match": 7, "fields": {"time": "When"}}'
try '{"fields": {"time": 0}}'
try '{"fields": {"time": {"form": "When"}}}'
try '{"fields": {"time": {"capture": "x"}}}'
try '{"fields": {"error": {"from": "Code", "words": "none"}}}'
try '{"fields": {"error": {"from": "Code", "capture": "(x"}}}'
try '{"fields": {"leg": {"value": "clinet"}}}'
try '{"separator": ";"}'
try '[]'
try '{'
pinspot -F csv:/nonexistent.json samples/logs/mapped.log
echo "exit $?"
# no such column; a column that is no address; a name in place of one; a row
# without anything
try '{"separator": ";", "fields": {"time": "When", "client": "Peer", "sni": "Host"}}'
try '{"separator": ";", "fields": {"time": "When", "client": "When"}}'
try '{"separator": ";", "fields": {"time": "When", "client": "Name", "sni": "Name"}}'
try '{"separator": ";", "fields": {"time": "When", "user": "Name"}}'
