pinspot suggest --for umbrella samples/logs/panos-day.log
pinspot suggest -q --for umbrella samples/logs/panos-day.log | pinspot whatif --for umbrella - samples/logs/panos-day.log
pinspot whatif --for umbrella samples/lists/umbrella.json samples/logs/panos-day.log
pinspot verify --for umbrella samples/lists/umbrella.json samples/logs/panos-day.log
