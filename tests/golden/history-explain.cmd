# A host, a finding, a host that works, and one that was never seen.
state=$(mktemp -d) || exit 1
trap 'rm -rf "$state"' EXIT
pinspot --state "$state" samples/logs/panos-day.log >/dev/null
pinspot ack f-84f42f67 --until 2027-12-01 --reason 're-enrolment is planned' \
    --state "$state"
pinspot explain api.bank.example --state "$state"
pinspot explain f-84f4 --state "$state" --width 70
pinspot explain mail.shop.example --state "$state" --ascii
pinspot explain nosuch.example --state "$state"
pinspot explain api.bank.example --state "$state" --anonymize
pinspot explain api.bank.example
