for p in panos:xml panos:edl umbrella:list zscaler:api netskope:lines fortios:category ftd:api sophos:exception squid:conf mitmproxy:cli; do
	echo "== $p"
	pinspot suggest -q --for ${p%:*} -f ${p#*:} samples/logs/panos-day.log
done
echo "== registry, and what it replays to"
pinspot suggest -q -f registry samples/logs/panos-day.log
pinspot suggest -q -f registry samples/logs/panos-day.log | pinspot whatif - samples/logs/panos-day.log
