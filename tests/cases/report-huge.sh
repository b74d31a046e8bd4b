# shellcheck shell=sh
# 50,000 findings in every format: what is kept, what is said to be left out, and that it reads back.
. tests/lib.sh

format=$BUILD/tests/drivers/format

# A report of n findings of 2,000 vulnerabilities in n / 10 packages, as our own json.
huge()
{
	awk -v n="$1" 'BEGIN {
		print "{\"schema_version\": \"1.0\", \"tool\": {\"name\": \"scanstep\", \"version\": \"0.1.0\"},"
		print "\"scanned_at\": \"2026-11-22T08:00:00Z\", \"verdict\": {\"passed\": true, \"exit_status\": 0}, \"summary\": {},"
		print "\"image\": {\"reference\": \"huge.tar\", \"name\": \"huge.tar\", \"digest\": null, \"platform\": null, \"distro\": null, \"layers\": []},"
		print "\"database\": {\"source\": \"file\", \"built\": \"2026-11-20T04:10:00Z\", \"feeds\": []},"
		print "\"policy\": {\"fail_on\": \"none\", \"allow_empty\": false, \"allow_incomplete\": false}, \"notices\": [], \"gaps\": [],"
		print "\"packages\": ["
		for (i = 0; i < n / 10; i++)
			printf "%s{%s, \"layer\": null}\n", i ? "," : "", package(i)
		print "], \"findings\": ["
		split("critical high medium low negligible unknown", severity, " ")
		for (i = 0; i < n; i++) {
			id = sprintf("CVE-2026-%04d", i % 2000)
			printf "%s{\"id\": \"%s\", \"title\": \"Title of %s\", \"details\": null, \"url\": null, \"feed\": \"debian\", \"aliases\": [], ", \
				i ? "," : "", id, id
			printf "\"cvss\": null, \"severity\": \"%s\", \"state\": \"unfixed\", \"standing\": \"open\", \"fixed_version\": null, ", \
				severity[i % 6 + 1]
			printf "\"why\": null, \"fingerprint\": \"\", \"layer\": null, \"package\": {%s}}\n", package(int(i / 10))
		}
		print "]}"
	}
	function package(i)
	{
		return sprintf("\"type\": \"deb\", \"name\": \"package-%d\", \"version\": \"1.%d-1\", \"arch\": \"amd64\", \"source_name\": \"package-%d\", " \
			"\"source_version\": \"1.%d-1\", \"purl\": \"pkg:deb/debian/package-%d@1.%d-1\", \"path\": \"var/lib/dpkg/status\"", i, i, i, i, i, i)
	}'
}

huge 50000 >"$TMPDIR/stored.json"
for name in table json sarif; do
	"$format" "$name" <"$TMPDIR/stored.json" >"$TMPDIR/huge.$name" 2>"$TMPDIR/why"
	status=$?
	if [ "$status" -eq 0 ]; then pass "50,000 findings as $name"; else fail "50,000 findings as $name" <"$TMPDIR/why"; fi
done

count()
{
	grep -c -e "$1" "$2" >"$TMPDIR/count"
	echo "$3" >"$TMPDIR/number"
	check_same "$4" "$TMPDIR/number" "$TMPDIR/count"
}
count '^  [a-z]* *CVE-2026-' "$TMPDIR/huge.table" 50000 "the table has a row of each"
count '"fingerprint": "[0-9a-f]\{32\}"' "$TMPDIR/stored.json" 0 "the input has no fingerprints"
count '"ruleId"' "$TMPDIR/huge.sarif" 5000 "sarif has 5,000 results"
count '"level": "error"' "$TMPDIR/huge.sarif" "$(($(grep -c '"id": "CVE' "$TMPDIR/huge.sarif") + 5000))" "the worst"
check_text "and says how many are left out" '45000 of 50000 results are left out' "$TMPDIR/huge.sarif"
"$format" json <"$TMPDIR/stored.json" >"$TMPDIR/first.json"
count '"fingerprint": "[0-9a-f]\{32\}"' "$TMPDIR/first.json" 50000 "json has all"
"$format" json <"$TMPDIR/first.json" >"$TMPDIR/again.json"
check_same "and reads back to the same bytes" "$TMPDIR/first.json" "$TMPDIR/again.json"
finish
