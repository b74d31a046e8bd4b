# shellcheck shell=sh
# Findings on real images with real advisories, against what apk and dpkg themselves compare. The data lies
# beside the tree; without it this case is skipped.
. tests/lib.sh

DATA=../shared/data
[ -d "$DATA/advisories" ] && [ -d "$DATA/expected" ] || skip_all "there is no $DATA beside the tree"

SCANSTEP_CACHE_DIR=$TMPDIR/cache
export SCANSTEP_CACHE_DIR

# findings REPORT: package, version and id of each, and the fix
findings()
{
	python3 - "$1" <<'PYTHON' | LC_ALL=C sort
import json, sys
for f in json.load(open(sys.argv[1]))["findings"]:
    print(f["package"]["name"], f["package"]["version"], f["id"], f["fixed_version"] or "", sep="\t")
PYTHON
}

# columns LIST FILE: distinct rows of these columns, without the header
columns()
{
	tail -n +2 "$2" | cut -f "$1" | LC_ALL=C sort -u
}

# scan NAME DB IMAGE: the report is complete, whatever it finds
scan()
{
	rm -f "$TMPDIR/report.json"
	check "$1: scan" "$SCANSTEP" scan --db "$2" -o "json=$TMPDIR/report.json" "$3"
	echo "no report" >"$TMPDIR/found"
	[ ! -f "$TMPDIR/report.json" ] || findings "$TMPDIR/report.json" >"$TMPDIR/found"
}

# ---- Alpine ----

ALPINE=$TMPDIR/alpine.sqlite
check "Alpine's secdb of 2020" "$SCANSTEP" db build --db "$ALPINE" "$DATA/advisories/alpine-secdb-2020.tar.zst"
check_text "all of its 18 documents" '^alpine  *18 documents' "$TMPDIR/stdout"
# The archive holds a Makefile, a README and a script.
check_text "and no other" '^left out  *3 files' "$TMPDIR/stdout"

for expected in "$DATA"/expected/alpine-*.tsv "$DATA"/expected/trivy-alpine-*.tsv; do
	image_name=${expected##*/}
	image_name=${image_name%.tsv}
	case $image_name in
	alpine-*) image=rootfs:$DATA/images/$image_name.tar.gz ;;
	trivy-alpine-integration-*) image=$DATA/images/trivy-integration-alpine-${image_name##*-}.tar.gz ;;
	*) image=$DATA/images/trivy-${image_name#trivy-alpine-}.tar ;;
	esac
	scan "$image_name" "$ALPINE" "$image"
	columns 1,2,5 "$expected" >"$TMPDIR/wanted"
	cut -f 1-3 "$TMPDIR/found" >"$TMPDIR/got"
	check_same "$image_name: findings" "$TMPDIR/wanted" "$TMPDIR/got"
done

# ---- Debian ----

for release in bookworm bullseye trixie; do
	check "Debian $release's advisories" "$SCANSTEP" db build --db "$TMPDIR/$release.sqlite" \
		"$DATA/advisories/debian-derived-$release.json"
done

for expected in "$DATA"/expected/debian-*.tsv; do
	image_name=${expected##*/}
	image_name=${image_name%.tsv}
	set=${image_name#debian-}
	root=$TMPDIR/root/$set
	mkdir -p "$root/etc" "$root/var/lib/dpkg"
	zstd -dc "$DATA/debian/$set.tar.zst" | tar -x -C "$TMPDIR" -f -
	mv "$TMPDIR/$set/os-release" "$root/etc"
	mv "$TMPDIR/$set/status" "$root/var/lib/dpkg"
	scan "$image_name" "$TMPDIR/${set%%-*}.sqlite" "rootfs:$root"
	columns 1,2,6,7 "$expected" >"$TMPDIR/wanted"
	check_same "$image_name: findings and their fixes" "$TMPDIR/wanted" "$TMPDIR/found"
done
# The sets above with security updates have no findings at all: so says the file that was compared.
columns 1,2,6 "$DATA/expected/debian-bookworm-security.tsv" >"$TMPDIR/wanted"
check_same "the set with security updates expects none" /dev/null "$TMPDIR/wanted"

# ---- Ubuntu, which has no feed: said, and no clean report ----

root=$TMPDIR/root/ubuntu
mkdir -p "$root/etc" "$root/var/lib/dpkg"
zstd -dc "$DATA/debian/synth-ubuntu-18.04.tar.zst" | tar -x -C "$TMPDIR" -f -
mv "$TMPDIR/synth-ubuntu-18.04/os-release" "$root/etc" 2>/dev/null ||
	printf 'ID=ubuntu\nVERSION_ID="18.04"\nPRETTY_NAME="Ubuntu 18.04"\n' >"$root/etc/os-release"
mv "$TMPDIR/synth-ubuntu-18.04/status" "$root/var/lib/dpkg"
check_status 4 "Ubuntu" "$SCANSTEP" scan --db "$ALPINE" -o "json=$TMPDIR/report.json" "rootfs:$root"
check_text "one sentence says so" 'no advisory feed covers Ubuntu 18.04[^:]*: [0-9]* packages were not checked (the database holds nothing for ubuntu:[^)]*)' "$TMPDIR/report.json"

finish
