pinspot -q -i samples/captures/private-store.ca.pem samples/captures/private-store.pcap.gz
