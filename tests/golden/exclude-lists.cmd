pinspot verify samples/lists/registry.csv samples/logs/panos-day.log
pinspot verify samples/lists/edl.txt samples/logs/panos-day.log
pinspot verify --fail-on not-effective -q samples/lists/panos.set samples/logs/panos-day.log >/dev/null; echo "status $?"
