# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/block-page.ca.pem samples/captures/block-page.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
