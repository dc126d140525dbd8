# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/private-store.ca.pem samples/captures/private-store.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
