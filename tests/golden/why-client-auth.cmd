pinspot -i samples/captures/client-auth.ca.pem samples/captures/client-auth.pcap.gz | sed -n '/^WHY/,/what to do/p'
