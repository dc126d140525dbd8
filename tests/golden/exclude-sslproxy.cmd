pinspot suggest --for sslproxy samples/logs/panos-day.log
pinspot suggest -q --for sslproxy samples/logs/panos-day.log | pinspot whatif --for sslproxy - samples/logs/panos-day.log
pinspot whatif --for sslproxy samples/lists/sslproxy.conf samples/logs/panos-day.log
pinspot verify --for sslproxy samples/lists/sslproxy.conf samples/logs/panos-day.log
