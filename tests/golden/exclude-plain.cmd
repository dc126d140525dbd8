pinspot suggest --for plain samples/logs/panos-day.log
pinspot suggest -q --for plain samples/logs/panos-day.log | pinspot whatif --for plain - samples/logs/panos-day.log
pinspot whatif --for plain samples/lists/plain.txt samples/logs/panos-day.log
pinspot verify --for plain samples/lists/plain.txt samples/logs/panos-day.log
