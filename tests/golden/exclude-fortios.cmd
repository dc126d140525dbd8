pinspot suggest --for fortios samples/logs/panos-day.log
pinspot suggest -q --for fortios samples/logs/panos-day.log | pinspot whatif --for fortios - samples/logs/panos-day.log
pinspot whatif --for fortios samples/lists/fortios.conf samples/logs/panos-day.log
pinspot verify --for fortios samples/lists/fortios.conf samples/logs/panos-day.log
