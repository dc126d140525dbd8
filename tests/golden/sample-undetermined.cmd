# All but the reasons, which have tests of their own.
pinspot --utc -i samples/captures/undetermined.ca.pem samples/captures/undetermined.pcap.gz |
	awk '/^[A-Z]/ { reasons = /^WHY/ } !reasons'
