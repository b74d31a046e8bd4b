# shellcheck shell=sh
# The largest report: in every format, what is kept, what is said to be left out, and that it reads back.
. tests/lib.sh

format=$BUILD/tests/drivers/format

# FINDINGS PACKAGES MESSAGES: a report of 2,000 vulnerabilities, and of so many gaps and of notices, as our own json.
huge()
{
	awk -v n="$1" -v packages="$2" -v messages="$3" 'BEGIN {
		print "{\"schema_version\": \"1.0\", \"tool\": {\"name\": \"scanstep\", \"version\": \"0.1.0\"},"
		print "\"scanned_at\": \"2026-11-22T08:00:00Z\", \"verdict\": {\"passed\": true, \"exit_status\": 0}, \"summary\": {},"
		print "\"image\": {\"reference\": \"huge.tar\", \"name\": \"huge.tar\", \"tag\": null, \"digest\": null, \"platform\": null, \"distro\": null, \"layers\": []},"
		print "\"database\": {\"source\": \"file\", \"built\": \"2026-11-20T04:10:00Z\", \"feeds\": []},"
		print "\"policy\": {\"fail_on\": \"none\", \"allow_empty\": false, \"allow_incomplete\": false}, \"notices\": ["
		for (i = 0; i < messages; i++)
			printf "%s{\"kind\": \"other\", \"text\": \"notice %d\"}\n", i ? "," : "", i
		print "], \"gaps\": ["
		for (i = 0; i < messages; i++)
			printf "%s{\"kind\": \"unread\", \"packages\": 0, \"layer\": null, \"path\": \"a/%d\", \"reason\": \"no reason\"}\n", i ? "," : "", i
		print "], \"packages\": ["
		for (i = 0; i < packages; i++)
			printf "%s{%s, \"layer\": null}\n", i ? "," : "", package(i)
		print "], \"findings\": ["
		split("critical high medium low negligible unknown", severity, " ")
		for (i = 0; i < n; i++) {
			id = sprintf("CVE-2026-%04d", i % 2000)
			printf "%s{\"id\": \"%s\", \"title\": \"Title of %s\", \"details\": null, \"url\": null, \"feed\": \"debian\", \"kev\": null, \"cwes\": [], \"epss\": null, ", \
				i ? "," : "", id, id
			printf "\"aliases\": [\"DSA-%d-1\", \"GHSA-%d\"], ", i % 2000, i % 2000
			printf "\"cvss\": {\"vector\": null, \"score\": 5}, \"severity\": \"%s\", \"state\": \"unfixed\", \"standing\": \"open\", \"fixed_version\": null, ", \
				severity[i % 6 + 1]
			printf "\"decision\": null, \"fingerprint\": \"\", \"layer\": null, \"package\": {%s}}\n", package(int(i * packages / n))
		}
		print "]}"
	}
	function package(i)
	{
		return sprintf("\"type\": \"deb\", \"name\": \"package-%d\", \"version\": \"1.%d-1\", \"arch\": \"amd64\", \"source_name\": \"package-%d\", " \
			"\"source_version\": \"1.%d-1\", \"purl\": \"pkg:deb/debian/package-%d@1.%d-1\", \"path\": \"var/lib/dpkg/status\"", i, i, i, i, i, i)
	}'
}

# name, input: as that format into $TMPDIR/huge.NAME
rendered()
{
	status=0
	"$format" "$1" <"$2" >"$TMPDIR/huge.$1" 2>"$TMPDIR/why" || status=$?
	if [ "$status" -eq 0 ]; then pass "50,000 findings as $1"; else fail "50,000 findings as $1" <"$TMPDIR/why"; fi
}

huge 50000 5000 0 >"$TMPDIR/stored.json"
rendered table "$TMPDIR/stored.json"
check_count "the table has a row of each" 50000 '^  [a-z]* *CVE-2026-' "$TMPDIR/huge.table"
rendered sarif "$TMPDIR/stored.json"
check_count "sarif has 5,000 results" 5000 '"ruleId"' "$TMPDIR/huge.sarif"
check_count "the worst" "$(($(grep -c '"id": "CVE' "$TMPDIR/huge.sarif") + 5000))" '"level": "error"' "$TMPDIR/huge.sarif"
check_text "and says how many are left out" '45000 of 50000 results are left out' "$TMPDIR/huge.sarif"

# As much of everything as a report holds.
huge 50000 100000 10000 >"$TMPDIR/stored.json"
check_count "the input has no fingerprints" 0 '"fingerprint": "[0-9a-f]\{32\}"' "$TMPDIR/stored.json"
rendered json "$TMPDIR/stored.json"
check_count "json has all" 50000 '"fingerprint": "[0-9a-f]\{32\}"' "$TMPDIR/huge.json"
check_count "and all packages" 150000 '"source_name"' "$TMPDIR/huge.json"
check_count "and all notices" 10000 '"notice ' "$TMPDIR/huge.json"
check_count "and all gaps" 10000 '"no reason"' "$TMPDIR/huge.json"
cp "$TMPDIR/huge.json" "$TMPDIR/first.json"
rendered json "$TMPDIR/first.json"
check_same "and reads back to the same bytes" "$TMPDIR/first.json" "$TMPDIR/huge.json"
huge 0 0 10001 >"$TMPDIR/stored.json"
check_status 2 "one more is refused" "$SCANSTEP" convert "$TMPDIR/stored.json"
check_text "and it says of what" '/notices: has more than 10000 elements' "$TMPDIR/stderr"
finish
