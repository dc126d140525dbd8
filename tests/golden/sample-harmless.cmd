# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/harmless.ca.pem samples/captures/harmless.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
