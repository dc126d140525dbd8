# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/resumption-mismatch.ca.pem samples/captures/resumption-mismatch.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
