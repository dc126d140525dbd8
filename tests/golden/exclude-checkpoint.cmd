pinspot suggest --for checkpoint samples/logs/panos-day.log
pinspot suggest -q --for checkpoint samples/logs/panos-day.log | pinspot whatif --for checkpoint - samples/logs/panos-day.log
pinspot whatif --for checkpoint samples/lists/checkpoint.txt samples/logs/panos-day.log
pinspot verify --for checkpoint samples/lists/checkpoint.txt samples/logs/panos-day.log
