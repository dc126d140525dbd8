# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/browser-reject.ca.pem samples/captures/browser-reject.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
