pinspot suggest --for cloudswg samples/logs/panos-day.log
pinspot suggest -q --for cloudswg samples/logs/panos-day.log | pinspot whatif --for cloudswg - samples/logs/panos-day.log
pinspot whatif --for cloudswg samples/lists/cloudswg.txt samples/logs/panos-day.log
pinspot verify --for cloudswg samples/lists/cloudswg.txt samples/logs/panos-day.log
