# Allow-lists of others: tests/fixtures/policy/clair-scanner.tsv, one truth a line, and policy/peers/CASE: files by the names
# that their programs look for, applied to policy/findings.tsv as if found in a checkout, give CASE/out; CASE/image
# holds an image's reference and name. What is hostile and large is made here.
# shellcheck shell=sh
. tests/lib.sh

case $BUILD in
/*) driver=$BUILD/tests/drivers/allowlist ;;
*) driver=$PWD/$BUILD/tests/drivers/allowlist ;;
esac
fixtures=$PWD/tests/fixtures/policy
tab=$(printf '\t')
now=2026-06-15T12:00:00Z

# ---- clair-scanner, line by line ----

while IFS=$tab read -r vector what threshold reference name list findings standings said; do
	case $vector in '#'*) continue ;; esac
	echo "$findings" | tr ',' '\n' | sed 's/^\([a-z]*\):\(.*\)/\1\tp\tp\t\2/' >"$TMPDIR/findings"
	[ "$list" != - ] || list=
	printf '%b' "$list" | (cd "$TMPDIR" && "$driver" - findings "$threshold" "$now" "$reference" "$name") >"$TMPDIR/got" 2>&1
	case $standings in
	error*) sed 's/:.*//' "$TMPDIR/got" >"$TMPDIR/standings" ;;
	*) awk -F '\t' 'NF == 4 { print $1 "=" $4 }' "$TMPDIR/got" >"$TMPDIR/standings" ;;
	esac
	echo "$standings" | tr ',' '\n' >"$TMPDIR/wanted"
	# Where no reason is wanted, any will do.
	paste "$TMPDIR/wanted" "$TMPDIR/standings" | awk -F '\t' '{ if ($1 !~ /=/) sub(/=.*/, "", $2); print $2 }' >"$TMPDIR/compared"
	check_same "vector $vector, $what" "$TMPDIR/wanted" "$TMPDIR/compared"
	if [ "$said" = - ]; then
		check_no_text "vector $vector, $what: nothing is said" '^allowlist' "$TMPDIR/got"
	else
		check_text "vector $vector, $what: said" "$said" "$TMPDIR/got"
	fi
done <"$fixtures/clair-scanner.tsv"

# ---- Files by their names ----

# apply FOLDER: the lists of a folder, as they are found in it, into $TMPDIR/got.
apply()
{
	reference=registry.example/app:1
	name=registry.example/app
	[ ! -f "$1/image" ] || IFS=$tab read -r reference name <"$1/image"
	(
		cd "$1" || exit
		lists=$("$driver" --find .)
		# What bears no such name is the only file there.
		[ -n "$lists" ] || lists=$(find . -type f ! -name out ! -name image | sed 's/^\.\///')
		# shellcheck disable=SC2086
		set -- $lists
		first=$1
		shift
		timeout 60 "$driver" "$first" "$fixtures/findings.tsv" medium "$now" "$reference" "$name" "$@"
	) >"$TMPDIR/got" 2>&1
}

for dir in "$fixtures"/peers/*/; do
	case=${dir%/}
	apply "$case"
	check_same "${case##*/}" "$case/out" "$TMPDIR/got"
done

# Prefixes that are none: a host called registry, and a folder.
while IFS='|' read -r reference key standing; do
	printf 'images: {"%s": {CVE-2024-0001: x}}\n' "$key" >"$TMPDIR/clair-whitelist.yml"
	(cd "$TMPDIR" && "$driver" clair-whitelist.yml "$fixtures/findings.tsv" medium "$now" "$reference" "$reference") >"$TMPDIR/got" 2>&1
	check_text "$reference: '$key' is $standing" "^$standing${tab}openssl" "$TMPDIR/got"
done <<'END'
registry:5000/app:1|registry:5000/app|allowed
registry:5000/app:1|registry|allowed
registry:5000/app:1|app|open
registry:app:1|registry|open
registry:app:1|app|allowed
docker-archive:app.tar|docker-archive|open
docker-archive:app.tar|app.tar|allowed
rootfs:/srv/tree|rootfs|open
rootfs:/srv/tree|/srv/tree|allowed
oci:5000/x|oci|open
oci:5000/x|5000/x|allowed
oci:img:1@sha256:00|img@sha256|allowed
oci/img:1|oci/img|allowed
END

# ---- In a checkout ----

checkout=$TMPDIR/checkout
mkdir -p "$checkout/.git" "$checkout/lists" "$TMPDIR/elsewhere"
for name in scanstep-allowlist.yml scanstep-allowlist.yaml vulnerability-allowlist.yml clair-whitelist.yml clair-whitelist.yaml \
	.trivyignore .trivyignore.yaml .trivyignore.yml; do
	: >"$checkout/$name"
	echo "$name" >>"$TMPDIR/names"
done
: >"$checkout/whitelist.yml"
(cd "$checkout" && "$driver" --find .) >"$TMPDIR/got"
check_same "all names, in the table's order" "$TMPDIR/names" "$TMPDIR/got"
sed "s|^|$checkout/|" "$TMPDIR/names" >"$TMPDIR/wanted"
"$driver" --find "$checkout" >"$TMPDIR/got"
check_same "and of another folder" "$TMPDIR/wanted" "$TMPDIR/got"

cd "$checkout" || exit 1
rm ./*.y*ml .trivyignore*
: >lists/ours
echo secret >"$TMPDIR/elsewhere/file"
echo secret >.git/config
mkdir clair-whitelist.yml
mkfifo .trivyignore.yml
ln -s lists/ours scanstep-allowlist.yml
ln -s "$TMPDIR/elsewhere/file" scanstep-allowlist.yaml
ln -s .git/config vulnerability-allowlist.yml
ln -s lists clair-whitelist.yaml
ln -s nowhere .trivyignore
ln -s .trivyignore.yaml .trivyignore.yaml
"$driver" --find . >"$TMPDIR/got"
printf '@%s\n' scanstep-allowlist.yml scanstep-allowlist.yaml vulnerability-allowlist.yml clair-whitelist.yaml .trivyignore \
	.trivyignore.yaml >"$TMPDIR/wanted"
check_same "no link, wherever it leads, no folder, no pipe; links are told apart" "$TMPDIR/wanted" "$TMPDIR/got"
rm .trivyignore
echo '//registry.example.com/:_authToken=s3cr3t' >.npmrc
ln -s .npmrc .trivyignore
"$driver" @.trivyignore "$fixtures/findings.tsv" medium "$now" >"$TMPDIR/got"
check_text "a link that was left out is said" \
	'^allowlist-note: the allow-list .trivyignore is a symbolic link and was left out' "$TMPDIR/got"
check_count "and covers nothing" 0 '^allowed' "$TMPDIR/got"
"$driver" .trivyignore "$fixtures/findings.tsv" medium "$now" >"$TMPDIR/got"
check_text "who names it has it read" '^error 2: allow-list .trivyignore: line 1 begins with no identifier' "$TMPDIR/got"
check_no_text "and nothing of it quoted" 'authToken\|s3cr3t\|registry' "$TMPDIR/got"
ln -sf lists/trivy .trivyignore
echo CVE-2024-0001 >lists/trivy
"$driver" .trivyignore "$fixtures/findings.tsv" medium "$now" >"$TMPDIR/got"
check_text "whatever it leads to" "^allowed${tab}openssl" "$TMPDIR/got"
"$driver" --find "$TMPDIR/absent" >"$TMPDIR/got"
check "a folder that is not there" test ! -s "$TMPDIR/got"
cd "$OLDPWD" || exit 1

# ---- Hostile ----

# hostile NAME: $TMPDIR/NAME, applied in a minute at most.
hostile()
{
	(cd "$TMPDIR" && timeout 60 "$driver" "$1" "$fixtures/findings.tsv" medium "$now") >"$TMPDIR/got" 2>&1
}

# refused NAME WHAT PATTERN: it is an error of status 2 that says so.
refused()
{
	hostile "$1"
	check_text "$1: $2" "^error 2: allow-list $1: .*$3" "$TMPDIR/got"
}

for name in clair-whitelist.yml vulnerability-allowlist.yml .trivyignore.yaml; do
	awk 'BEGIN { printf "images: "; for (i = 0; i < 20000; i++) printf "{a: " }' >"$TMPDIR/$name"
	refused "$name" "20,000 open maps" "nested deeper than 32"
	printf 'images: &a {x: {CVE-1: y}}\ngeneral: *a\n' >"$TMPDIR/$name"
	refused "$name" "an anchor" "anchors are not allowed"
	printf 'images: {<<: {CVE-1: y}}\n' >"$TMPDIR/$name"
	refused "$name" "a merge key" "merge keys are not allowed"
	printf 'images: {x: {"CVE-1\\0": y}}\n' >"$TMPDIR/$name"
	refused "$name" "a NUL" "a NUL within a text"
	printf 'images: {x: {CVE-1: caf\351}}\n' >"$TMPDIR/$name"
	refused "$name" "Latin-1" "UTF-8"
	printf 'images: {x: y}\n---\na: b\n' >"$TMPDIR/$name"
	refused "$name" "two documents" "a second document\|images is no map\|it is no map"
	{ head -c 1048577 /dev/zero | tr '\0' '#'; } >"$TMPDIR/$name"
	refused "$name" "a byte more than 1 MiB" "larger than the limit of 1048576 bytes"
	printf '\357\273\277vulnerabilities:\r\n- id: CVE-2024-0002\r\ngeneralallowlist:\r\n  CVE-2024-0002: x\r\ngeneralwhitelist:\r\n' >"$TMPDIR/$name"
	hostile "$name"
	check_text "$name: a mark and CR LF" "^allowed${tab}zlib1g${tab}CVE-2024-0002${tab}" "$TMPDIR/got"
done
head -c 1048577 /dev/zero | tr '\0' '#' >"$TMPDIR/.trivyignore"
refused .trivyignore "a byte more than 1 MiB" "larger than the limit of 1048576 bytes"
head -c 1048577 /dev/zero | tr '\0' '#' >"$TMPDIR/got.in"
"$driver" - "$fixtures/findings.tsv" medium "$now" <"$TMPDIR/got.in" >"$TMPDIR/got"
check_text "WHITELIST: a byte more than 1 MiB" "^error 2: allow-list WHITELIST: larger than the limit" "$TMPDIR/got"

# What is an identifier.
while IFS='|' read -r id is; do
	printf 'CVE-2024-0002\n%b' "$id" >"$TMPDIR/.trivyignore"
	hostile .trivyignore
	if [ "$is" = yes ]; then
		check_no_text "'$id' is an identifier" '^error' "$TMPDIR/got"
	else
		check_text "'$id' is none" '^error 2: allow-list .trivyignore: line 2 begins with no identifier, which is [a-z0-9 ,]*$' "$TMPDIR/got"
	fi
done <<END
RHSA-2020:4007|yes
TEMP-0000001-ABCDEF|yes
DS002|yes
a_b.c|yes
$(printf '%0128d' 0)|yes
$(printf '%0129d' 0)|no
password=hunter2|no
https://bob:hunter2@example.com|no
a/b|no
"CVE-2024-0001"|no
CVE-2024-0001,|no
caf\\303\\251|no
\\0033[31m|no
END

# Many entries, many findings of one id: the time grows with their sum.
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "C%d\n", i; print "CVE-2024-0002" }' >"$TMPDIR/.trivyignore"
hostile .trivyignore
check "100,001 lines" grep -q "^allowed${tab}zlib1g${tab}CVE-2024-0002" "$TMPDIR/got"
awk 'BEGIN { print "# " sprintf("%1000s", "x"); for (i = 0; i < 100000; i++) print "C1 y" }' >"$TMPDIR/.trivyignore"
hostile .trivyignore
check_count "100,000 lines with odd words are said a few times" 11 '^allowlist-note' "$TMPDIR/got"
awk 'BEGIN { for (i = 0; i < 200000; i++) print "#" i }' | head -c 1000000 >"$TMPDIR/.trivyignore"
echo >>"$TMPDIR/.trivyignore"
echo CVE-2024-0002 >>"$TMPDIR/.trivyignore"
hostile .trivyignore
# shellcheck disable=SC2016
check "a comment of 1 MB is cut" awk -F '\t' '$3 == "CVE-2024-0002" && length($4) < 3000 { found = 1 } END { exit !found }' "$TMPDIR/got"
awk 'BEGIN { print "generalwhitelist:"; for (i = 0; i < 100000; i++) printf " %x:\n", i; print " CVE-2024-0002:" }' >"$TMPDIR/clair-whitelist.yml"
hostile clair-whitelist.yml
check "100,001 keys" grep -q "^allowed${tab}zlib1g${tab}CVE-2024-0002" "$TMPDIR/got"
awk 'BEGIN { print "generalwhitelist:"; for (i = 0; i < 100000; i++) print " C: x" }' >"$TMPDIR/clair-whitelist.yml"
hostile clair-whitelist.yml
check_text "100,000 times the same key" "has 99989 more keys twice" "$TMPDIR/got"
awk 'BEGIN { print "images:"; for (i = 0; i < 60000; i++) printf " i%x: {C: }\n", i }' >"$TMPDIR/clair-whitelist.yml"
hostile clair-whitelist.yml
check_text "60,000 images" "names another image" "$TMPDIR/got"
awk 'BEGIN { for (i = 0; i < 60000; i++) printf "k%x: 1\n", i }' >"$TMPDIR/clair-whitelist.yml"
hostile clair-whitelist.yml
check_count "60,000 unknown keys are said a few times" 11 '^allowlist-note' "$TMPDIR/got"

awk 'BEGIN { print "vulnerabilities:"; for (i = 0; i < 1001; i++) print "- {id: C, paths: [a" i "]}" }' >"$TMPDIR/.trivyignore.yaml"
hostile .trivyignore.yaml
check_text "1,001 paths of one id" "^error 2: allow-list .trivyignore.yaml: more than 1000 paths and package URLs for C" "$TMPDIR/got"
awk 'BEGIN { print "vulnerabilities:"; for (i = 0; i < 10001; i++) print "- {id: C" i ", paths: [a" i "]}" }' >"$TMPDIR/many.yml"
refused many.yml "10,001 paths of as many ids" "more than 10000 paths and package URLs in all"
sed '$d' "$TMPDIR/many.yml" >"$TMPDIR/fewer.yml"
hostile fewer.yml
check_no_text "one less" '^error' "$TMPDIR/got"
sed '$d' "$TMPDIR/fewer.yml" >"$TMPDIR/many.yml"
printf 'vulnerabilities: [{id: x, paths: [a, b]}]\n' >"$TMPDIR/more.yml"
(cd "$TMPDIR" && "$driver" many.yml "$fixtures/findings.tsv" medium "$now" r r more.yml) >"$TMPDIR/got" 2>&1
check_text "10,001 of two lists" "^error 2: allow-list more.yml: more than 10000 paths and package URLs in all" "$TMPDIR/got"
sed '$d' "$TMPDIR/.trivyignore.yaml" | sed 's/id: C,/id: CVE-2024-0001,/' >"$TMPDIR/ignore.yml"
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "high\tp%d\topenssl\tCVE-2024-0001\n", i }' >"$TMPDIR/findings"
(cd "$TMPDIR" && timeout 60 "$driver" ignore.yml findings medium "$now") >"$TMPDIR/got" 2>&1
check_count "1,000 paths for 20,000 findings" 20000 '^open' "$TMPDIR/got"
{
	echo vulnerabilities:
	long=$(printf '%0900d' 0)
	awk -v long="$long" 'BEGIN { for (i = 0; i < 1000; i++) print "- {id: CVE-2024-0001, purls: [\"pkg:deb/debian/p" i "@1%3A2.0%2Bb1?arch=" long "\"]}" }'
} >"$TMPDIR/ignore.yml"
(cd "$TMPDIR" && timeout 60 "$driver" ignore.yml findings medium "$now") >"$TMPDIR/got" 2>&1
check_count "1,000 package URLs for 20,000 findings" 20000 '^open' "$TMPDIR/got"
{
	printf 'vulnerabilities: [{id: CVE-2024-0001, paths: ["'
	head -c 340 /dev/zero | sed 's/\o0/**\//g'
	printf '"]}, {id: CVE-2024-0001, paths: ["'
	head -c 500 /dev/zero | sed 's/\o0/*a/g'
	printf '"]}]\n'
} >"$TMPDIR/ignore.yml"
(cd "$TMPDIR" && timeout 60 "$driver" ignore.yml findings medium "$now") >"$TMPDIR/got" 2>&1
check_count "globs of stars for 20,000 findings" 20000 '^open' "$TMPDIR/got"
printf 'vulnerabilities: [{id: C, paths: ["%s"]}]\n' '{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}' >"$TMPDIR/ignore.yml"
refused ignore.yml "64 alternatives" "has too many alternatives"

finish
