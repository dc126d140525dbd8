pinspot suggest --for zscaler samples/logs/panos-day.log
pinspot suggest -q --for zscaler samples/logs/panos-day.log | pinspot whatif --for zscaler - samples/logs/panos-day.log
pinspot whatif --for zscaler samples/lists/zscaler.txt samples/logs/panos-day.log
pinspot verify --for zscaler samples/lists/zscaler.txt samples/logs/panos-day.log
