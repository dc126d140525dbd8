# the right layout, its name, one that no line has, and one that names nothing
for f in '%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt' squid '%>a %Ss %ru' 'a b'; do
	pinspot scan --handshakes --format csv --squid-format "$f" samples/logs/squid.log 2>&1 | cut -c 1-70
done
