# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/protocol-mismatch.ca.pem samples/captures/protocol-mismatch.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
