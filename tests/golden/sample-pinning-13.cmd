# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/pinning-13.ca.pem samples/captures/pinning-13.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
