#!/bin/sh
# The refresh scripts of contrib/, offline: made-up downloads, a copy of the
# data.  The last line is "N passed, N failed, N skipped".
set -u
export LC_ALL=C
cd "$(dirname "$0")/../.." || exit 2
passed=0 failed=0 skipped=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# check WORDS COMMAND...: the command succeeds
check() {
	words=$1
	shift
	if "$@" > "$tmp/out" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $words"
		cat "$tmp/out"
	fi
}

# shellcheck disable=SC2317 # called by check
refused() {
	! "$@"
}

finish() {
	echo "$passed passed, $failed failed, $skipped skipped"
	exit $((failed > 0))
}

if command -v shellcheck > "$tmp/out"; then
	check "shellcheck" shellcheck -x contrib/refresh-* tests/knowledge/check.sh
else
	skipped=$((skipped + 1))
fi
if ! command -v jq > "$tmp/out"; then
	skipped=$((skipped + 1))
	finish
fi

mkdir -p "$tmp/contrib" "$tmp/src/knowledge"
cp contrib/refresh-* "$tmp/contrib"
cp -R src/knowledge/data "$tmp/src/knowledge"
data=$tmp/src/knowledge/data

# What Chromium would have sent for the list that we have.
awk -F '\t' -v static="$tmp/static.json" -v pins="$tmp/pins.json" '
BEGIN {
	print "// Copyright\n{ \"entries\": [" > static
	print "// Copyright\n{ \"pinsets\": [], \"entries\": [" > pins
}
/^#/ { next }
$2 != "only-pins" {
	below = $2 ~ /exact/ ? "" : ", \"include_subdomains\": true"
	comma = n++ ? "," : ""
	printf "%s{ \"name\": \"%s\", \"mode\": \"force-https\"%s }\n",
	    comma, $1, below > static
}
$2 ~ /pins/ {
	comma = p++ ? "," : ""
	printf "%s{ \"name\": \"%s\", \"pins\": \"google\" }\n",
	    comma, $1 > pins
}
END {
	print "] }" > static
	print "] }" > pins
}' "$data/hsts.txt"

check "refresh-hsts takes what Chromium sends" \
    "$tmp/contrib/refresh-hsts" "$tmp/static.json" "$tmp/pins.json"
grep -v '^#' src/knowledge/data/hsts.txt > "$tmp/before"
grep -v '^#' "$data/hsts.txt" > "$tmp/after"
check "refresh-hsts changes nothing where nothing changed" \
    cmp "$tmp/before" "$tmp/after"
cp "$data/hsts.txt" "$tmp/kept"
{ head -n 1000 "$tmp/static.json"; echo "] }"; } > "$tmp/short.json"
check "refresh-hsts refuses a list that shrank" refused \
    "$tmp/contrib/refresh-hsts" "$tmp/short.json" "$tmp/pins.json"
sed 's/"github.com"/"github.example"/' "$tmp/static.json" > "$tmp/other.json"
check "refresh-hsts refuses a list without github.com" refused \
    "$tmp/contrib/refresh-hsts" "$tmp/other.json" "$tmp/pins.json"
echo '<html>' > "$tmp/page"
check "refresh-hsts refuses a web page" refused \
    "$tmp/contrib/refresh-hsts" "$tmp/page" "$tmp/page"
check "a refused list leaves the old one" cmp "$tmp/kept" "$data/hsts.txt"

cat > "$tmp/suites.csv" <<'EOF'
Value,Description,DTLS-OK,Recommended,Reference
"0x13,0x01",TLS_AES_128_GCM_SHA256,Y,Y,[RFC8446]
"0xC0,0x2F",TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,Y,Y,[RFC5289]
"0xCC,0xA8",TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,Y,Y,[RFC7905]
"0xCC,0xEE",TLS_NEW_WITH_AES_128_GCM_SHA256,Y,N,[RFC9999]
"0xCC,0xEF-FF",Unassigned,,,
EOF
cat > "$tmp/alerts.csv" <<'EOF'
Value,Description,DTLS-OK,Reference,Comment
42,bad_certificate,Y,[RFC8446],
46,certificate_unknown,Y,[RFC8446],
48,unknown_ca,Y,[RFC8446],
122,new_alert,Y,[RFC9999],
123-255,Unassigned,,,
EOF
check "refresh-registries takes IANA's tables" \
    "$tmp/contrib/refresh-registries" "$tmp/suites.csv" "$tmp/alerts.csv"
check "refresh-registries adds the new suite" \
    grep -q '^ccee	TLS_NEW_WITH' "$data/ciphers.txt"
check "refresh-registries adds the new alert" \
    grep -q '^122	new_alert$' "$data/alerts.txt"
check "refresh-registries keeps the spellings" \
    grep -q '^48.*SEC_E_UNTRUSTED_ROOT' "$data/alerts.txt"

cat > "$tmp/ccadb.csv" <<'EOF'
"Owner","Certificate Issuer Organization","More"
"DigiCert","DigiCert Inc","x"
"ISRG","Internet Security Research Group","x"
"New","New Trust Services, Inc.","x"
EOF
check "refresh-issuers takes the report" \
    "$tmp/contrib/refresh-issuers" "$tmp/ccadb.csv"
check "refresh-issuers adds the new one" \
    grep -qx 'New Trust Services, Inc.' "$data/issuers.txt"
check "refresh-issuers refuses a web page" refused \
    "$tmp/contrib/refresh-issuers" "$tmp/page"

cp "$data/apps.json" "$tmp/apps.json"
check "refresh-apps takes a catalogue" \
    "$tmp/contrib/refresh-apps" "$tmp/apps.json"
jq '.apps |= .[:60]' "$tmp/apps.json" > "$tmp/short.json"
check "refresh-apps refuses one that shrank" refused \
    "$tmp/contrib/refresh-apps" "$tmp/short.json"
jq '.apps[0].sources = []' "$tmp/apps.json" > "$tmp/short.json"
check "refresh-apps refuses a row without a source" refused \
    "$tmp/contrib/refresh-apps" "$tmp/short.json"

finish
