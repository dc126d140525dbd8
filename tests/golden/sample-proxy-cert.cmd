# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/proxy-cert.ca.pem samples/captures/proxy-cert.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
