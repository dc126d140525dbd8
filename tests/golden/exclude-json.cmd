pinspot suggest -q -f json samples/logs/panos-day.log
pinspot whatif -f json samples/lists/panos.set samples/logs/panos-day.log
pinspot verify -f json samples/lists/registry.csv samples/logs/panos-day.log
