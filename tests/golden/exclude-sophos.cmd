pinspot suggest --for sophos samples/logs/panos-day.log
pinspot suggest -q --for sophos samples/logs/panos-day.log | pinspot whatif --for sophos - samples/logs/panos-day.log
pinspot whatif --for sophos samples/lists/sophos.txt samples/logs/panos-day.log
pinspot verify --for sophos samples/lists/sophos.txt samples/logs/panos-day.log
