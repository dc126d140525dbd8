pinspot suggest --for mitmproxy samples/logs/panos-day.log
pinspot suggest -q --for mitmproxy samples/logs/panos-day.log | pinspot whatif --for mitmproxy - samples/logs/panos-day.log
pinspot whatif --for mitmproxy samples/lists/mitmproxy.yaml samples/logs/panos-day.log
pinspot verify --for mitmproxy samples/lists/mitmproxy.yaml samples/logs/panos-day.log
