pinspot -q --max-bad 20 samples/logs/panos.log >/dev/null; echo "up to 20 %: $?"
pinspot -q --max-bad 10 samples/logs/panos.log >/dev/null; echo "up to 10 %: $?"
