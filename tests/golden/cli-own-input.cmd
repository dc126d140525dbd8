# What is read is not written to, by whatever name.
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
cp samples/logs/panos.log "$dir/log.csv"
ln -s log.csv "$dir/link.csv"
cd "$dir" || exit 2
pinspot -o link.csv log.csv
echo "exit $?"
pinspot --invalid-lines log.csv .
echo "exit $?"
cmp log.csv "$OLDPWD/samples/logs/panos.log"
