pinspot suggest --for squid samples/logs/panos-day.log
pinspot suggest -q --for squid samples/logs/panos-day.log | pinspot whatif --for squid - samples/logs/panos-day.log
pinspot whatif --for squid samples/lists/squid.txt samples/logs/panos-day.log
pinspot verify --for squid samples/lists/squid.txt samples/logs/panos-day.log
