# Where the server refuses, no client rejects: the table has a column for it.
sample=samples/captures/client-auth
pinspot explain www.nimbus-files.example -i $sample.ca.pem $sample.pcap.gz |
	sed -n '/^WHY/,/fingerprint/p; /^CONTRAST/,/^$/p'
