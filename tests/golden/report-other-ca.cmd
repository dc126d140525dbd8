# A CA that signs nothing of this capture.
pinspot --utc -i samples/captures/network.ca.pem samples/captures/pinning-12.pcap.gz |
	awk 'NR <= 2; /^NOTES/ { notes = 1 } notes'
