# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/client-auth.ca.pem samples/captures/client-auth.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
