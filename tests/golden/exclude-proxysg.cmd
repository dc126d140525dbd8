pinspot suggest --for proxysg samples/logs/panos-day.log
pinspot suggest -q --for proxysg samples/logs/panos-day.log | pinspot whatif --for proxysg - samples/logs/panos-day.log
pinspot whatif --for proxysg samples/lists/proxysg.cpl samples/logs/panos-day.log
pinspot verify --for proxysg samples/lists/proxysg.cpl samples/logs/panos-day.log
