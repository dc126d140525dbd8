# What is hidden is neither counted, nor cured, nor to be done.
day='-i samples/captures/office-day.ca.pem samples/captures/office-day.pcap.gz'
show() {
	echo "\$ pinspot $*"
	# shellcheck disable=SC2086 # split on purpose
	pinspot "$@" $day | sed '/^WHY/,/^$/d'
}
show --class pinning
show --client 10.77.0.23
show --host '*.tallow-health.example' --min-confidence confirmed
show --until 2020-01-01
