# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/pinning-12.ca.pem samples/captures/pinning-12.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
