pinspot suggest --for panos samples/logs/panos-day.log
pinspot suggest -q --for panos samples/logs/panos-day.log | pinspot whatif --for panos - samples/logs/panos-day.log
pinspot whatif --for panos samples/lists/panos.set samples/logs/panos-day.log
pinspot verify --for panos samples/lists/panos.set samples/logs/panos-day.log
