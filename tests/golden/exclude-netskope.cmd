pinspot suggest --for netskope samples/logs/panos-day.log
pinspot suggest -q --for netskope samples/logs/panos-day.log | pinspot whatif --for netskope - samples/logs/panos-day.log
pinspot whatif --for netskope samples/lists/netskope.txt samples/logs/panos-day.log
pinspot verify --for netskope samples/lists/netskope.txt samples/logs/panos-day.log
