# shellcheck shell=sh disable=SC2317
# Layers read in part, by their tables of contents (eStargz, zstd:chunked): the same report by a few of the bytes,
# and by all of them where anything about the table is wrong. On a real registry, with images as other tools make them.
. tests/lib.sh
. tests/servers/registry.sh

needs "$(servers_missing)"
SOURCE_DATE_EPOCH=1704067200 SCANSTEP_DEBUG_RETRY_MS=5 SCANSTEP_REGISTRY_PLAIN_HTTP=1
export SOURCE_DATE_EPOCH SCANSTEP_DEBUG_RETRY_MS SCANSTEP_REGISTRY_PLAIN_HTTP
# The registry, skopeo and buildah are half of this case's time: no threads that wait for work, and less collecting.
GOMAXPROCS=1 GOGC=400
export GOMAXPROCS GOGC

registry_start open || exit 1
open=127.0.0.1:$PORT
open_port=$PORT
faults_start faults "$open_port" || exit 1
faults=127.0.0.1:$PORT

# What is wrong with the first layer, and why it is not read in part then: FORMAT DAMAGE PATTERN
bad_rows()
{
	cat <<-'EOF'
		estargz annotation has the digest sha256:
		estargz offset var/lib/dpkg/status
		estargz beyond outside of the layer
		estargz negative offset is no size
		estargz inner outside of the layer
		estargz-inner inner-off var/lib/dpkg/status
		estargz size bytes have the digest
		estargz huge larger than the limit
		estargz digest its bytes have the digest
		estargz no-digest has no digest
		estargz sha512 no sha256 digest
		estargz type unknown type 'sparse'
		estargz dotdot a path with ..
		estargz nul line [0-9]*
		estargz twice a path comes twice
		estargz twice-device a path comes twice
		estargz below below a link
		estargz stray a piece of no file
		estargz link without a target
		estargz lost not UTF-8
		estargz case other tools read as
		estargz entries a member 'Entries' that other tools read as 'entries'
		estargz version a member 'Version'
		estargz zeros more than 1048576 bytes of zeros
		estargz many-zeros larger than the limit of 536870912 bytes, with the files before it
		estargz none-left no entries
		estargz footer where it cannot
		estargz-pieces size do not fit together
		estargz-pieces no-digest has no digest
		zstd annotation has the digest sha256:
		zstd position line 1, column 1: neither a JSON object nor a list
		zstd offset var/lib/dpkg/status
		zstd digest its bytes have the digest
		zstd-pieces chunk-type unknown type
		zstd-pieces digest its bytes have the digest
	EOF
}

{
	cat <<-'EOF'
		t/estargz debian estargz
		t/pieces debian estargz-pieces
		t/zstd debian zstd
		t/old debian zstd-old
		t/zeros debian zstd-pieces
		t/alpine alpine estargz
		t/apk alpine zstd-pieces
		t/linked linked estargz
		t/chain linked zstd
		t/inner debian estargz-inner none 1200
		bad/none debian estargz none 60
		bad/other-estargz debian estargz other-table 60
		bad/other-zstd debian zstd other-table 60
		bad/malformed debian zstd malformed 60
		bad/cut debian estargz cut 60
		bad/bytes debian zstd bytes 60
		bad/omitted debian estargz omitted 60
		bad/borrowed debian estargz borrowed 60
	EOF
	bad_rows | sed 's|^\([^ ]*\) \([^ ]*\) .*|bad/\1-\2 debian \1 \2 60|'
} >"$TMPDIR/images"
python3 tests/mkchunked.py --push "$open" <"$TMPDIR/images" >"$TMPDIR/sizes" || exit 1

# scan REPORT REFERENCE [OPTION...]: quick, as nothing is kept
scan()
{
	report=$1
	reference=$2
	shift 2
	"$SCANSTEP" scan -v --no-cache --fail-on none --allow-incomplete "$@" -o "json=$report" "$reference"
}

# whole REFERENCE: the report that reading it in part must give
whole()
{
	WHOLES=$((WHOLES + 1))
	check "$1: is scanned whole" scan "$TMPDIR/whole$WHOLES.json" "$1" --whole-layers
	check_no_text "$1: whole" '"toc": "' "$TMPDIR/whole$WHOLES.json"
}

# same NAME REFERENCE: it is the same report; which one process finds for all of them, in compare
same()
{
	SAMES=$((SAMES + 1))
	check "$1: is scanned" scan "$TMPDIR/part.json" "$2"
	cp "$TMPDIR/stderr" "$TMPDIR/said"
	cp "$TMPDIR/part.json" "$TMPDIR/part$SAMES.json"
	echo "whole$WHOLES part$SAMES $1" >>"$TMPDIR/pairs"
}

# The pairs of reports, without what tells how they were had, and of which bytes
compare()
{
	python3 - "$TMPDIR" <<-'EOF' || exit 1
		import json, os, sys
		os.chdir(sys.argv[1])
		for name in sorted({name for line in open("pairs") for name in line.split()[:2]}):
		    r = json.load(open(name + ".json"))
		    numbers = {layer["digest"]: i for i, layer in enumerate(r["image"]["layers"])}
		    r["image"]["layers"] = len(numbers)
		    for p in r["packages"] + r["gaps"] + r["findings"]:
		        p["layer"] = numbers.get(p["layer"])
		    r["notices"] = [n for n in r["notices"] if n["kind"] != "layers-in-part"]
		    r["image"]["name"] = r["image"]["reference"] = r["image"]["digest"] = ""
		    json.dump(r, open(name, "w"), indent=1)
	EOF
	while read -r one other name; do
		check_same "$name: the report of the whole layers" "$TMPDIR/$one" "$TMPDIR/$other"
	done <"$TMPDIR/pairs"
}
WHOLES=0
SAMES=0

# fetched NAME: bytes of blobs of this repository that the registry gave in parts, and the digests' count
fetched()
{
	sed -n "s|.*\"GET /v2/$1/blobs/[^\"]*\" 206 \([0-9]*\) .*|\1|p" "$TMPDIR/open/log" | awk '{ n += $1 } END { print n + 0 }'
}

# packages N NAME: so many are in the last report
packages()
{
	check_count "$2" "$1" '^      "purl": ' "$TMPDIR/part.json"
}

# ---- What is right

# good NAME ROOT FORMAT PACKAGES TOC
good()
{
	whole "$open/$1:1"
	same "$3, $2" "$open/$1:1"
	check_no_text "$3, $2: nothing speaks against it" 'not read in part' "$TMPDIR/said"
	check_count "$3, $2: both layers were read in part" 2 "^ *\"toc\": \"$5\"\$" "$TMPDIR/part.json"
	check_text "$3, $2: the report tells" \
		"2 of 2 layers were read in part, by their tables of contents ($5): a table" "$TMPDIR/part.json"
	bytes=$(fetched "$1")
	size=$(sed -n "s|^$1 ||p" "$TMPDIR/sizes")
	if [ "$bytes" -gt 0 ] && [ "$((bytes * 20))" -lt "$size" ]; then
		pass "$3, $2: less than 5 % of the bytes"
	else
		echo "$bytes of $size bytes" >"$TMPDIR/why"
		fail "$3, $2: less than 5 % of the bytes" <"$TMPDIR/why"
	fi
	packages "$4" "$3, $2: all packages"
}

# status 61, status.d/kept; status.d/gone went with a whiteout
good t/estargz debian estargz 62 eStargz
check_count "a request for the footer, one for the table, one for all files" 6 \
	'"GET /v2/t/estargz/blobs/[^"]*" 206 ' "$TMPDIR/open/log"
good t/pieces debian estargz-pieces 62 eStargz
good t/zstd debian zstd 62 zstd:chunked
check_count "one for the table, one for all files" 4 '"GET /v2/t/zstd/blobs/[^"]*" 206 ' "$TMPDIR/open/log"
good t/old debian zstd-old 62 zstd:chunked
good t/zeros debian zstd-pieces 62 zstd:chunked
good t/alpine alpine estargz 40 eStargz
good t/apk alpine zstd-pieces 40 zstd:chunked
good t/linked linked estargz 50 eStargz
good t/chain linked zstd 50 zstd:chunked
# Of several files in one member the others come too: not 5 %.
whole "$open/t/inner:1"
same "estargz-inner" "$open/t/inner:1"
check_count "estargz-inner: both layers were read in part" 2 '^ *"toc": "eStargz"$' "$TMPDIR/part.json"
packages 62 "estargz-inner: all packages"

# The tar that is made of a table is what it is made of the layer, but for what does not matter.
image=$BUILD/tests/drivers/image
names()
{
	"$image" "$@" >"$TMPDIR/tar.raw" || return
	if gzip -t "$TMPDIR/tar.raw" 2>/dev/null; then
		gzip -dc "$TMPDIR/tar.raw" >"$TMPDIR/tar"
	else
		cp "$TMPDIR/tar.raw" "$TMPDIR/tar"
	fi
	tar tvf "$TMPDIR/tar" | grep -v -e 'stargz.index.json' -e ' usr/share/file' -e ' var/share/file' \
		-e 'landmark' | awk '{ print substr($1, 1, 1), $3, $6, $7, $8, $9 }' >"$TMPDIR/names"
}
check "the tar of a layer" names "$open/t/linked:1" --dump 0
sed '/ usr\/share\/link/d' "$TMPDIR/names" >"$TMPDIR/names.whole"
status_of()
{
	tar xOf "$TMPDIR/tar" opt/real/status
}
status_of >"$TMPDIR/status"
check_status 4 "the tar of its table, all of it wanted" "$image" "$open/t/linked:1" --part 0
check_text "is not made" 'no gain' "$TMPDIR/stderr"
check "the tar of its table" names "$open/t/linked:1" --part 0 --only opt
check_text "links are in it, wanted or not" '^l .*usr/share/link0 -> file0' "$TMPDIR/names"
check_text "and hard links" '^h .*opt/db/status link to opt/real/status' "$TMPDIR/names"
check_no_text "no other file" 'usr/lib/os-release$' "$TMPDIR/names"
check "with what is asked for" status_of
check_same "as it is" "$TMPDIR/status" "$TMPDIR/stdout"

# ---- The cache knows it by the layer's digest and the table's

SCANSTEP_CACHE_DIR=$TMPDIR/cache
export SCANSTEP_CACHE_DIR
check "kept" "$SCANSTEP" scan --fail-on none -o "json=$TMPDIR/first.json" "$open/t/linked:1"
before=$(fetched t/linked)
check "known" "$SCANSTEP" scan --fail-on none -o "json=$TMPDIR/part.json" "$open/t/linked:1"
check_same "the same report" "$TMPDIR/first.json" "$TMPDIR/part.json"
check "nothing was fetched" [ "$before" = "$(fetched t/linked)" ]
check "whole" "$SCANSTEP" scan --fail-on none --whole-layers -o "json=$TMPDIR/part.json" "$open/t/linked:1"
check_no_text "is another thing" '"toc": "' "$TMPDIR/part.json"
# The second layer names the first one's table: what was kept of the first is not taken for it.
for round in 1 2; do
	check "a table that is another layer's, scan $round" "$SCANSTEP" scan --fail-on none -o "json=$TMPDIR/part.json" \
		"$open/bad/borrowed:1"
	packages 62 "scan $round: all packages"
	check_count "scan $round: the first layer alone is read in part" 1 '^ *"toc": "' "$TMPDIR/part.json"
done
unset SCANSTEP_CACHE_DIR

# ---- What is wrong: the first layer is read whole, and the report is the same

# bad FORMAT DAMAGE PATTERN
bad()
{
	same "$1, $2" "$open/bad/$1-$2:1"
	check_text "$1, $2: is told" "^scanstep: layer 1 is not read in part: .*$3" "$TMPDIR/said"
	check_count "$1, $2: the other layer is read in part" 1 '^ *"toc": "' "$TMPDIR/part.json"
	packages 62 "$1, $2: all packages"
}

whole "$open/bad/none:1"
bad_rows >"$TMPDIR/rows"
while read -r format damage pattern; do
	bad "$format" "$damage" "$pattern"
done <"$TMPDIR/rows"

# Piece and table changed together: the manifest names another table.
for format in estargz zstd; do
	whole "$open/bad/other-$format:1"
	same "$format, another table" "$open/bad/other-$format:1"
	check_text "$format, another table: is refused" 'layer 1 is not read in part: .*has the digest' "$TMPDIR/said"
	packages 62 "$format, another table: all packages"
done
# No table is named at all.
whole "$open/bad/none:1"
same "malformed annotations" "$open/bad/malformed:1"
check_no_text "malformed annotations: are none" 'not read in part' "$TMPDIR/said"
packages 62 "malformed annotations: all packages"
# The layer itself is cut: what is left of it is read as it would be without a table.
whole "$open/bad/cut:1"
same "cut" "$open/bad/cut:1"
check_text "cut: is told" 'layer 1 is not read in part: .*does not end as eStargz does' "$TMPDIR/said"
# A byte of a wanted file is another: both ways tell.
whole "$open/bad/bytes:1"
same "changed bytes" "$open/bad/bytes:1"
check_text "changed bytes: are refused in part" 'layer 1 is not read in part: ' "$TMPDIR/said"

# What nobody can notice, and the report says so.
check "a table that leaves a file out" scan "$TMPDIR/part.json" "$open/bad/omitted:1"
packages 61 "is believed"
check_text "and the report says that it is" 'a table that differs from its layer is not noticed' "$TMPDIR/part.json"
check "--whole-layers" scan "$TMPDIR/part.json" "$open/bad/omitted:1" --whole-layers
packages 62 "reads what is there"
check_no_text "and needs no such words" 'layers-in-part' "$TMPDIR/part.json"
check "--verify-diff-ids" scan "$TMPDIR/part.json" "$open/bad/omitted:1" --verify-diff-ids
packages 62 "reads what is there, too"

# ---- Registries that do not give parts

whole "$open/t/estargz:1"
same "a registry without parts" "$faults/norange/t/estargz:1"
check_count "no layer was read in part" 2 'is not read in part: .*other bytes came' "$TMPDIR/said"
packages 62 "all packages"

# Parts that come a byte now and then, without an end in sight: the deadline is theirs, too.
while read -r drip format place; do
	check_status 3 "$format: $place that takes longer than there is time ($drip)" \
		timeout 60 "$image" "$faults/$drip/t/$format:1" --part 0 --only var/lib/dpkg --deadline 2
	check_text "$format: $place: is told ($drip)" "^error.3.$place: $faults took longer than --timeout allows" "$TMPDIR/stderr"
done <<'EOF'
drip1 estargz its table of contents
drip2 estargz var/lib/dpkg/status
drip1 zstd var/lib/dpkg/status
EOF

# ---- As real tools make them

# A layer of 200 files and a database.
mkdir -p "$TMPDIR/real/tree/usr/share" "$TMPDIR/real/tree/var/lib/dpkg" "$TMPDIR/real/tree/etc"
head -c 3000000 /dev/zero | openssl enc -aes-128-ctr -K "$(printf '%032d' 0)" -iv "$(printf '%032d' 0)" |
	(cd "$TMPDIR/real/tree/usr/share" && split -b 15000 -a 3 -)
i=0
while [ $i -lt 300 ]; do
	printf 'Package: p%d\nStatus: install ok installed\nVersion: 1.%d-1\nArchitecture: amd64\n\n' $i $i
	i=$((i + 1))
done >"$TMPDIR/real/tree/var/lib/dpkg/status"
printf 'ID=debian\nVERSION_ID="12"\n' >"$TMPDIR/real/tree/etc/os-release"
printf 'layer\ntree tree\nsymlink etc/more os-release\n' >"$TMPDIR/real/Layerfile"
sh tests/mkimage.sh "$TMPDIR/real" oci gzip "$TMPDIR/real.oci" || exit 1
if skopeo --insecure-policy --tmpdir "$TMPDIR" copy -q --dest-tls-verify=false --dest-compress \
	--dest-compress-format zstd:chunked "oci:$TMPDIR/real.oci" "docker://$open/real/skopeo:1" >"$TMPDIR/out" 2>&1; then
	whole "$open/real/skopeo:1"
	same "skopeo's zstd:chunked" "$open/real/skopeo:1"
	check_count "skopeo's zstd:chunked: is read in part" 1 '^ *"toc": "zstd:chunked"$' "$TMPDIR/part.json"
	packages 300 "skopeo's zstd:chunked: all packages"
else
	skip "skopeo's zstd:chunked" "this skopeo does not write it: $(head -n 1 "$TMPDIR/out")"
fi
# buildah LOCATION...: with a storage of its own
own_buildah()
{
	buildah --root "$TMPDIR/b" --runroot "$TMPDIR/bb" --storage-driver vfs "$@" >>"$TMPDIR/out" 2>&1
}
: >"$TMPDIR/out"
if ! command -v buildah >/dev/null; then
	skip "buildah's zstd:chunked" "there is no buildah"
elif registry_push "$TMPDIR/real.oci" "$open/real/plain:1" && registry_start other &&
	own_buildah pull --tls-verify=false "docker://$open/real/plain:1" &&
	own_buildah push --tls-verify=false --format oci --compression-format zstd:chunked "$open/real/plain:1" \
		"docker://127.0.0.1:$PORT/real/buildah:1"; then
	# To another registry: the first one has the layer, which buildah then leaves as it is.
	whole "127.0.0.1:$PORT/real/buildah:1"
	same "buildah's zstd:chunked" "127.0.0.1:$PORT/real/buildah:1"
	check_count "buildah's zstd:chunked: is read in part" 1 '^ *"toc": "zstd:chunked"$' "$TMPDIR/part.json"
	packages 300 "buildah's zstd:chunked: all packages"
else
	skip "buildah's zstd:chunked" "this buildah does not write it here: $(tail -n 1 "$TMPDIR/out")"
fi
compare
finish
