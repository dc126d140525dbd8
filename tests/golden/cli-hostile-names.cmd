# Names of files and of archives' members can be strangers' words: no terminal
# obeys them, and no shell line that is shown runs them.
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 2
name=$(printf 'a\033[31m\302\233;id\nb.log')
cp "$OLDPWD/samples/logs/panos.log" "$name"
pinspot -v "$name" 2>&1 >/dev/null
tar cf a.tar "$name"
pinspot -v a.tar 2>&1 >/dev/null
pinspot formats --try "$name" | head -n 1
pinspot formats --try a.tar | head -n 2
pinspot "nothing $name"
