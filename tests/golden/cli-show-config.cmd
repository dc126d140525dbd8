PINSPOT_CONFIG=${TMPDIR:-/tmp}/pinspot-golden.$$
export PINSPOT_CONFIG
printf 'for = panos\nmax-flows = 4096\nwidth = 80\n' >"$PINSPOT_CONFIG"
pinspot --show-config --width 100 --class pinning --class network |
	sed "s,$PINSPOT_CONFIG,CONFIG,"
printf 'fro = panos\n' >"$PINSPOT_CONFIG"
pinspot --show-config 2>&1 | sed "s,$PINSPOT_CONFIG,CONFIG,"
rm "$PINSPOT_CONFIG"
