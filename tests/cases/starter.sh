# The starter advisories that the program carries: step/advisory/starter.tsv is whole, well-formed, tidy and built in.
# shellcheck shell=sh
. tests/lib.sh

STARTER=step/advisory/starter.tsv
tab=$(printf '\t')

# nothing NAME: passes when $TMPDIR/wrong is empty, else its lines say what is wrong.
nothing()
{
	if [ -s "$TMPDIR/wrong" ]; then
		head -n 20 "$TMPDIR/wrong" >"$TMPDIR/why"
		fail "$1" <"$TMPDIR/why"
	else
		pass "$1"
	fi
}

# ---- Its lines ----

head -n 1 "$STARTER" >"$TMPDIR/head"
check_text "the header" '^# scanstep starter advisories 1 20[0-9][0-9]-[01][0-9]-[0-3][0-9]$' "$TMPDIR/head"
check "at most 250,000 bytes" test "$(wc -c <"$STARTER")" -le 250000

LC_ALL=C grep -v '^#' "$STARTER" >"$TMPDIR/lines"
grep "^V$tab" "$TMPDIR/lines" >"$TMPDIR/V"
grep "^A$tab" "$TMPDIR/lines" >"$TMPDIR/A"
vulnerabilities=$(wc -l <"$TMPDIR/V")
statements=$(wc -l <"$TMPDIR/A")
check "150 vulnerabilities at the least, not $vulnerabilities" test "$vulnerabilities" -ge 150

LC_ALL=C grep -n '[^	 -~]' "$STARTER" >"$TMPDIR/wrong"
nothing "printable ASCII only"

awk -F '\t' '
	$1 == "V" && NF == 6 { next }
	$1 == "A" && NF == 5 { next }
	{ print FNR ": " $0 }' "$TMPDIR/lines" >"$TMPDIR/wrong"
nothing "V lines of six fields, A lines of five, nothing else"

awk -F '\t' '{ for (i = 1; i <= NF; i++) if ($i == "" || $i != "-" && $i ~ /^ | $|  /) print FNR ": " $0 }' \
	"$TMPDIR/lines" >"$TMPDIR/wrong"
nothing "no empty field, no stray blank"

cvss='^CVSS:3[.][01]/AV:[NALP]/AC:[LH]/PR:[NLH]/UI:[NR]/S:[UC]/C:[HLN]/I:[HLN]/A:[HLN]$'
awk -F '\t' -v cvss="$cvss" '
	$2 !~ /^CVE-[0-9][0-9][0-9][0-9]-[0-9][0-9][0-9][0-9]+$/ { print "identifier: " $0 }
	$3 != "-" && $3 !~ /^[A-Za-z0-9.-]+( [A-Za-z0-9.-]+)*$/ { print "aliases: " $0 }
	$4 !~ /^(critical|high|medium|low|negligible|-)$/ { print "severity: " $0 }
	$5 != "-" && $5 !~ cvss { print "vector: " $0 }
	$4 == "-" && $5 == "-" { print "neither severity nor vector: " $0 }
	length($6) < 15 || length($6) > 100 || $6 ~ /[.]$/ { print "title: " $0 }' "$TMPDIR/V" >"$TMPDIR/wrong"
nothing "identifiers, aliases, severities, vectors, titles"

awk -F '\t' '
	$2 !~ /^debian:(bullseye|bookworm|trixie)$/ && $2 !~ /^alpine:v3[.](1[0-9]|20)$/ { print "ecosystem: " $0 }
	$3 !~ /^[a-z0-9][a-z0-9.+-]+$/ { print "package: " $0 }
	$4 !~ /^(fixed|unfixed|declined|never)$/ { print "state: " $0 }
	($4 == "fixed") != ($5 != "-") { print "version: " $0 }' "$TMPDIR/A" >"$TMPDIR/wrong"
nothing "ecosystems, packages, states, and a version with fixed alone"

# ---- Every version is one of its scheme ----

for scheme in deb:debian apk:alpine; do
	grep "^A$tab${scheme#*:}:" "$TMPDIR/A" | cut -f 5 | grep -v -x -e - | sort -u >"$TMPDIR/versions"
	check "there are ${scheme#*:} versions" test -s "$TMPDIR/versions"
	paste "$TMPDIR/versions" "$TMPDIR/versions" >"$TMPDIR/pairs"
	"$SCANSTEP" compare "${scheme%:*}" <"$TMPDIR/pairs" >"$TMPDIR/answers" 2>&1
	paste "$TMPDIR/answers" "$TMPDIR/versions" | grep -v "^=$tab" >"$TMPDIR/wrong"
	check "as many answers of ${scheme%:*} as versions" \
		test "$(wc -l <"$TMPDIR/answers")" -eq "$(wc -l <"$TMPDIR/versions")"
	nothing "every ${scheme#*:} version is valid"
done

# ---- Order and what is there ----

cut -f 2 "$TMPDIR/V" >"$TMPDIR/ids"
LC_ALL=C sort -u -t - -k 2,2n -k 3,3n "$TMPDIR/ids" >"$TMPDIR/sorted"
check_same "identifiers in order, none twice" "$TMPDIR/sorted" "$TMPDIR/ids"

awk -F '\t' '
	function release(e) {
		if (e ~ /^alpine/)
			return substr(e, 11) + 0
		return index("debian:bullseye debian:bookworm debian:trixie", e) / 100
	}
	$1 == "V" {
		if (id != "" && !said)
			print id ": without a statement"
		id = $2
		said = 0
		next
	}
	id == "" { print "before any vulnerability: " $0 }
	said && (release($2) < last || release($2) == last && $3 <= package) { print id ": order: " $0 }
	seen[id, $2, $3]++ { print id ": twice: " $0 }
	{
		said++
		last = release($2)
		package = $3
	}
	END { if (!said) print id ": without a statement" }' "$TMPDIR/lines" >"$TMPDIR/wrong"
nothing "statements in order, none twice, each vulnerability has one"

cut -f 2 "$TMPDIR/A" | LC_ALL=C sort -u >"$TMPDIR/releases"
{
	for n in 10 11 12 13 14 15 16 17 18 19 20; do
		echo "alpine:v3.$n"
	done
	printf 'debian:%s\n' bookworm bullseye trixie
} >"$TMPDIR/wanted"
check_same "each of the fourteen releases" "$TMPDIR/wanted" "$TMPDIR/releases"

# ---- It is what the program carries ----

check "status without a database" env XDG_CACHE_HOME="$TMPDIR/none" "$SCANSTEP" db status
cp "$TMPDIR/stdout" "$TMPDIR/status"
# count WORD: the number behind it in the status
count()
{
	sed -n "s/^$1  *//p" "$TMPDIR/status" | tr -d ,
}
check_text "status: source" '^source  *starter$' "$TMPDIR/status"
check_text "status: the day of the header" \
	"^built  *$(sed 's/.* //' "$TMPDIR/head")T00:00:00Z" "$TMPDIR/status"
check "status: $vulnerabilities vulnerabilities" test "$(count advisories)" = "$((vulnerabilities))"
check "status: $statements statements" test "$(count statements)" = "$((statements))"
sed -n 's/^ecosystem  *//p' "$TMPDIR/status" | LC_ALL=C sort >"$TMPDIR/releases"
check_same "status: the releases" "$TMPDIR/wanted" "$TMPDIR/releases"

# ---- The sample image has something to show with it ----

check "the sample image" sh tests/mkimage.sh tests/fixtures/image/sample oci-tar gzip "$TMPDIR/sample.tar"
check "a scan of it" env XDG_CACHE_HOME="$TMPDIR/none" \
	"$SCANSTEP" scan --fail-on none -o json="$TMPDIR/report.json" -- "$TMPDIR/sample.tar"
for word in critical high medium; do
	check_text "it finds something $word" "\"severity\": *\"$word\"" "$TMPDIR/report.json"
done
check_text "a well-known one" '"CVE-2023-4911"' "$TMPDIR/report.json"

finish
