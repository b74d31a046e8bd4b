# Readers on the databases of real images, against what other programs say of them. The data lies
# beside the tree; without it this case is skipped.
. tests/lib.sh

READER=$BUILD/tests/drivers/reader
DATA=../shared/data
[ -d "$DATA/debian" ] && [ -d "$DATA/images" ] || skip_all "there is no $DATA beside the tree"

# read_into OUT ROW PATH FILE COLUMNS: those columns of the driver's packages, sorted; gaps as they are
read_into()
{
	"$READER" "$2" "$3" "$4" >"$TMPDIR/all"
	cut -f "$5" "$TMPDIR/all" | LC_ALL=C sort >"$1"
	grep '^gap\|^error' "$TMPDIR/all" >"$TMPDIR/gaps"
}

no_gaps()
{
	check_same "$1: no gap" /dev/null "$TMPDIR/gaps"
}

# manifest.tsv: package version arch status source source_version
for archive in "$DATA"/debian/*.tar.zst; do
	name=${archive##*/}
	name=${name%.tar.zst}
	zstd -dc "$archive" | tar -x -C "$TMPDIR" -f -
	columns=$(head -n 1 "$TMPDIR/$name/manifest.tsv" | tr '\t' '\n' | grep -n '^\(package\|version\|arch\|source\|source_version\)$' |
		cut -d : -f 1 | paste -s -d , -)
	case $columns in
	1,2,3,5,6) wanted=3-7 ;;
	*) wanted=3,4,6,7 ;;
	esac
	tail -n +2 "$TMPDIR/$name/manifest.tsv" | cut -f "$columns" | LC_ALL=C sort >"$TMPDIR/wanted"
	read_into "$TMPDIR/got" dpkg var/lib/dpkg/status "$TMPDIR/$name/status" "$wanted"
	check_same "$name: packages" "$TMPDIR/wanted" "$TMPDIR/got"
	no_gaps "$name"
	"$READER" os-release etc/os-release "$TMPDIR/$name/os-release" >"$TMPDIR/os"
	case $name in
	sid-*) release='^distro.debian..forky' ;;
	*ubuntu-18.04) release='^distro.ubuntu.18.04.bionic' ;;
	*) release="^distro.debian.[0-9]*.${name%%-*}" ;;
	esac
	check_text "$name: release" "$release" "$TMPDIR/os"
done

# The Ubuntu packages that have findings: package version source source_version
tail -n +2 "$DATA/expected/ubuntu-18.04-golden.tsv" | cut -f 1-4 | LC_ALL=C sort -u >"$TMPDIR/wanted"
read_into "$TMPDIR/got" dpkg var/lib/dpkg/status "$TMPDIR/synth-ubuntu-18.04/status" 3,4,6,7
LC_ALL=C comm -23 "$TMPDIR/wanted" "$TMPDIR/got" >"$TMPDIR/missing"
check "synth-ubuntu-18.04: there are packages with findings" test -s "$TMPDIR/wanted"
check_same "synth-ubuntu-18.04: and all of them are read" /dev/null "$TMPDIR/missing"

# packages-*.tsv: package version arch origin
for archive in "$DATA"/images/alpine-*.tar.gz; do
	name=${archive##*/}
	name=${name%.tar.gz}
	tail -n +2 "$DATA/expected/packages-$name.tsv" >"$TMPDIR/wanted"
	tar -xzf "$archive" -O ./lib/apk/db/installed >"$TMPDIR/installed"
	read_into "$TMPDIR/got" apk lib/apk/db/installed "$TMPDIR/installed" 3,4,5,6
	check_same "$name: packages" "$TMPDIR/wanted" "$TMPDIR/got"
	no_gaps "$name"
	version=${name#alpine-}
	version=${version%-*}
	case $version in
	edge-*) version="[0-9.]*_alpha${version#edge-}" ;;
	esac
	# In newer images etc/os-release is a symbolic link, which is empty here.
	tar -xzf "$archive" -O ./etc/os-release >"$TMPDIR/os-release"
	[ -s "$TMPDIR/os-release" ] || tar -xzf "$archive" -O ./usr/lib/os-release >"$TMPDIR/os-release"
	"$READER" os-release etc/os-release "$TMPDIR/os-release" >"$TMPDIR/os"
	check_text "$name: release" "^distro.alpine.$version	" "$TMPDIR/os"
done

finish
