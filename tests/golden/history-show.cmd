# A finding without rejections (client-auth), and the two headings.
state=$(mktemp -d) || exit 1
trap 'rm -rf "$state"' EXIT
pinspot --state "$state" samples/logs/panos-day.log >/dev/null
pinspot history show --state "$state" |
	grep -E '^$|^[A-Z]|\\|client-auth|missing-ca'
pinspot ack f-84f42f67 --until 2020-01-01 --reason late --state "$state"
