for command in scan explain suggest whatif verify rules formats history ack; do
	pinspot help $command | sed -n 1,3p
done
# Both ways are one.
pinspot suggest --help
for words in '--help all' help 'help scan' 'help verify' 'help ack'; do
	pinspot $words | awk 'length($0) > 80'
done
