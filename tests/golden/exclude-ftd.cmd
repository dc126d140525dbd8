pinspot suggest --for ftd samples/logs/panos-day.log
pinspot suggest -q --for ftd samples/logs/panos-day.log | pinspot whatif --for ftd - samples/logs/panos-day.log
pinspot whatif --for ftd samples/lists/ftd.txt samples/logs/panos-day.log
pinspot verify --for ftd samples/lists/ftd.txt samples/logs/panos-day.log
