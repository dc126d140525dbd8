# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/office-day.ca.pem samples/captures/office-day.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
