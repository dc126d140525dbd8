# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/missing-ca.ca.pem samples/captures/missing-ca.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
