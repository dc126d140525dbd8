# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/network.ca.pem samples/captures/network.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
