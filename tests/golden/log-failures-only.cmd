# A log that holds failures only, as PAN-OS writes it unless it is told otherwise:
# eight clients reject the same two hosts, and one rejects fourteen.
line=$(sed -n 1p samples/logs/panos.log)
refuse() {
	printf '%s\n' "$line" | sed "s/192\.0\.2\.44/10.0.0.$1/; s/client\.dropbox\.com/$2/; s/09:15:02\.118/09:$3.000/"
}
log() {
	for client in 1 2 3 4 5 6 7 8; do
		refuse $client api.bank.example 1$client:00
		refuse $client sync.notes.example 1$client:30
	done
	for host in a b c d e f g h i j k l m n; do
		refuse 9 www.$host-shop.example 20:15
	done
}
log | pinspot -
log | pinspot suggest -
