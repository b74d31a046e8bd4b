# shellcheck shell=sh disable=SC2086,SC2317
# The same image and the same database give the same bytes in every format, wherever, whenever and however it is run.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the images, and is not installed"
fi

formats=$("$SCANSTEP" --list-formats)
check "an image" sh tests/mkimage.sh tests/fixtures/image/sample oci gzip "$TMPDIR/image"
check "a database" "$SCANSTEP" db build --db "$TMPDIR/advisories.sqlite" --from tests/fixtures/db/feeds

# folder, umask, setting...: the image into every format, in a folder of its own that has the image
scan()
{
	at=$TMPDIR/$1
	mask=$2
	shift 2
	mkdir -p "$at"
	cp -R "$TMPDIR/image" "$TMPDIR/advisories.sqlite" "$at"
	outputs=
	for f in $formats; do
		outputs=$outputs,$f=out.$f
	done
	(
		cd "$at" && umask "$mask" &&
			exec env SOURCE_DATE_EPOCH=1700000000 "SCANSTEP_CACHE_DIR=$at/cache" "SCANSTEP_OUTPUT=${outputs#,}" "$@" \
				"$SCANSTEP" scan --allow-incomplete --db advisories.sqlite image
	)
}

# folder: its reports are those of the first scan
same()
{
	for f in $formats; do
		check_same "$1: $f" "$TMPDIR/first/out.$f" "$TMPDIR/$1/out.$f"
	done
}

check "a scan in all formats" scan first 022 TZ=UTC LC_ALL=C
check_text "has findings" '"fingerprint": "' "$TMPDIR/first/out.json"
check_text "at the time that is given" '"scanned_at": "2023-11-14T22:13:20Z"' "$TMPDIR/first/out.json"
sleep 1 # the clock, which nothing may ask, has gone on
check "elsewhere, by another zone, language and umask" scan other/folder 077 TZ=Pacific/Chatham LC_ALL=C.UTF-8 \
	LANG=de_DE.UTF-8 COLUMNS=40 TERM=xterm-256color HOME=/nowhere USER=other MALLOC_PERTURB_=85
same other/folder
mkdir "$TMPDIR/cached"
cp -R "$TMPDIR/first/cache" "$TMPDIR/cached"
check "from a cache" scan cached 022 TZ=America/St_Johns
same cached
check "without a cache" scan uncached 022 SCANSTEP_NO_CACHE=1
same uncached

# What is stored gives the same reports again.
mkdir "$TMPDIR/stored"
for f in $formats; do
	check "stored, as $f" "$SCANSTEP" convert "$TMPDIR/first/out.json" -o "$f=$TMPDIR/stored/out.$f"
done
same stored
finish
