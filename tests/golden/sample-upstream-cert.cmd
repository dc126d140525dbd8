# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/upstream-cert.ca.pem samples/captures/upstream-cert.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
