# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/hsts-preload.ca.pem samples/captures/hsts-preload.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
