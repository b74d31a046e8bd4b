# shellcheck shell=sh
# The advisory database: built from all kinds of input, refused when it is anything but whole, never half.
#
# tests/fixtures/db holds the documents; tests/drivers/match.c matches packages without an image.
. tests/lib.sh

MATCH=$BUILD/tests/drivers/match
DOCS=$PWD/tests/fixtures/db
DB=$TMPDIR/advisories.sqlite
umask 022

build()
{
	"$SCANSTEP" db build --db "$@"
}

# matched DB: the findings and gaps of the fixture's packages as lines
matched()
{
	"$MATCH" "$1" debian 12 bookworm <"$DOCS/packages.tsv"
}

# ---- One database ----

odd=$TMPDIR/$(printf 'caf\351.sqlite')
check "at a path that is no UTF-8" build "$odd" --from "$DOCS/feeds"
check "it is at this path" "$SCANSTEP" db status --db "$odd"
rm "$odd"

check "a folder of documents" build "$DB" --from "$DOCS/feeds"
check_text "it tells of each feed" '^debian  *1 document, 6 statements' "$TMPDIR/stdout"
check_text "it tells what was skipped, and why" '^skipped  *1 (undetermined)' "$TMPDIR/stdout"
check_text "it counts what no feed knows" '^left out  *1 file' "$TMPDIR/stdout"
check "what no feed knows" build "$DB" -v --from "$DOCS/feeds"
check_text "is named with -v" "no feed knows '$DOCS/feeds/" "$TMPDIR/stderr"
check_text "it says where the database is and how large" "^database  *$DB, [0-9]* bytes" "$TMPDIR/stdout"

check "matching" matched "$DB"
check_same "findings and gaps" "$DOCS/findings.tsv" "$TMPDIR/stdout"

check "status" "$SCANSTEP" db status --db "$DB"
check_text "status: source" '^source  *file$' "$TMPDIR/stdout"
check_text "status: path" "^path  *$DB\$" "$TMPDIR/stdout"
check_text "status: age" '^built  *20[0-9-]*T[0-9:]*Z (0 days ago)$' "$TMPDIR/stdout"
check_text "status: counts" '^statements  *[0-9]' "$TMPDIR/stdout"
check_text "status: feeds" '^feed  *osv, [0-9]* statement$' "$TMPDIR/stdout"
check_text "status: ecosystems" '^ecosystem  *alpine:v3.18$' "$TMPDIR/stdout"

# ---- The same facts, however they come: the same bytes ----

at=1700000000
cp -R "$DOCS/feeds" "$TMPDIR/feeds"
same()
{
	name=$1
	shift
	if "$MATCH" build $at "$TMPDIR/other" "$@" >"$TMPDIR/stdout" 2>&1; then
		check_same "$name: the same database" "$TMPDIR/first" "$TMPDIR/other"
	else
		fail "$name" <"$TMPDIR/stdout"
	fi
	rm -f "$TMPDIR/other"
}
"$MATCH" build $at "$TMPDIR/first" "$TMPDIR/feeds" >"$TMPDIR/stdout" 2>&1
same "built again" "$TMPDIR/feeds"
same "given twice" "$TMPDIR/feeds" "$TMPDIR/feeds" "$TMPDIR/feeds/tracker.json"
(cd "$TMPDIR" && tar cf feeds.tar feeds && gzip -k feeds.tar && zstd -q feeds.tar && zip -qr feeds.zip feeds)
same "a tar" "$TMPDIR/feeds.tar"
same "a tar in gzip" "$TMPDIR/feeds.tar.gz"
same "a tar in zstd" "$TMPDIR/feeds.tar.zst"
same "a zip" "$TMPDIR/feeds.zip"
mkdir "$TMPDIR/packed"
for f in "$TMPDIR"/feeds/*; do
	gzip -c "$f" >"$TMPDIR/packed/${f##*/}"
done
same "each in gzip, whatever its name" "$TMPDIR/packed"
(cd "$TMPDIR/packed" && tar cf ../packed.tar .)
same "in a tar, each in gzip" "$TMPDIR/packed.tar"
mkdir "$TMPDIR/links" "$TMPDIR/links/.git"
ln -s "$TMPDIR/feeds"/* "$TMPDIR/links"
ln -s "$TMPDIR/links" "$TMPDIR/links/loop"
echo '{"openssl":{}}' >"$TMPDIR/links/.git/x"
same "symbolic links, a loop of them, a hidden folder" "$TMPDIR/links"

# ---- What is refused ----

refused()
{
	check_status "$1" "$2" build "$TMPDIR/none" "$4"
	check_text "$2: says why" "$3" "$TMPDIR/stderr"
	check "$2: nothing is left" test ! -e "$TMPDIR/none"
}
refused 2 "a path that is not there" 'No such file' "$TMPDIR/nowhere"
echo "nothing a feed knows" >"$TMPDIR/readme"
refused 5 "no document at all" 'none of the 1 file' "$TMPDIR/readme"
mkdir "$TMPDIR/void"
refused 5 "an empty folder" 'none of the 0 files' "$TMPDIR/void"
head -c 300 "$DOCS/feeds/tracker.json" >"$TMPDIR/cut.json"
refused 5 "a document that is cut off" 'cut.json' "$TMPDIR/cut.json"
size=$(wc -c <"$TMPDIR/feeds.tar.gz")
head -c $((size / 2)) "$TMPDIR/feeds.tar.gz" >"$TMPDIR/cut.tar.gz"
refused 5 "a gzip that is cut off" 'cut.tar.gz' "$TMPDIR/cut.tar.gz"
size=$(wc -c <"$TMPDIR/feeds.zip")
head -c $((size / 3)) "$TMPDIR/feeds.zip" >"$TMPDIR/cut.zip"
refused 5 "a zip that is cut off" 'cut.zip' "$TMPDIR/cut.zip"
check_status 5 "a folder that is not there" build "$TMPDIR/nowhere/db" --from "$DOCS/feeds"
cp "$TMPDIR/feeds.tar" "$TMPDIR/nest"
for i in 1 2 3; do
	(cd "$TMPDIR" && tar cf nest.new nest && mv nest.new nest)
done
refused 5 "archives in archives in archives" 'archives in each other' "$TMPDIR/nest"

# ---- From the web ----

python3 tests/servers/files.py "$TMPDIR" >"$TMPDIR/port" &
server=$!
trap 'kill $server' EXIT
tries=0
until [ -s "$TMPDIR/port" ] || [ $tries -eq 100 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
web=http://127.0.0.1:$(cat "$TMPDIR/port")
same "by http" "$web/feeds.tar.gz"
same "by http, redirected" "$web/to/feeds.zip"
refused 5 "an address without a document" 'answered 404' "$web/nothing"
refused 5 "redirects without end" 'more than 5 redirects' "$web/loop"
refused 5 "an answer that breaks off" 'feeds.tar' "$web/cut/feeds.tar"
refused 2 "an address with a password" 'address' "http://robin:canary@127.0.0.1/x"
check_no_text "the password is not shown" canary "$TMPDIR/stderr"
refused 5 "a secret in a query" 'answered 404' "$web/nothing?token=canary"
check_no_text "the query is not shown" canary "$TMPDIR/stderr"
trap - EXIT
kill $server
wait $server 2>/dev/null

# ---- The default place, and who uses it ----

SCANSTEP_CACHE_DIR=$TMPDIR/cache
export SCANSTEP_CACHE_DIR
check "without any database" "$SCANSTEP" db status
check_text "the starter set is told" '^source  *starter$' "$TMPDIR/stdout"
check "built where a scan looks for it" "$SCANSTEP" db build "$DOCS/feeds"
check "its place" test -f "$TMPDIR/cache/db/advisories.sqlite"
check "status without --db" "$SCANSTEP" db status
check_text "it is the file" '^source  *file$' "$TMPDIR/stdout"
unset SCANSTEP_CACHE_DIR

# ---- Files that are no database of ours, or no longer ----

bad=$TMPDIR/bad
hostile()
{
	check_status 5 "$1" "$SCANSTEP" db status --db "${3-$bad}"
	check_text "$1: says so" "$2" "$TMPDIR/stderr"
	check_status 5 "$1: nor is it matched with" matched "${3-$bad}"
}
hostile "missing" 'there is no advisory database' "$TMPDIR/missing"
hostile "a folder" 'not a regular file' "$TMPDIR/void"
: >"$bad"
hostile "empty" 'is empty' "$bad"
echo "SQLite format, said the text file" >"$bad"
hostile "a text file" 'not an advisory database' "$bad"
size=$(wc -c <"$DB")
for n in 15 100 4095 4096 $((size / 2)) $((size - 1)); do
	head -c $n "$DB" >"$bad"
	hostile "cut off after $n bytes" 'cut off\|not an advisory' "$bad"
done
{ cat "$DB"; echo; } >"$bad"
hostile "longer than it says" 'damaged.*; build it again' "$bad"
python3 - "$bad" <<'PYTHON'
import sqlite3, sys, os
os.unlink(sys.argv[1])
d = sqlite3.connect(sys.argv[1])
d.execute("CREATE TABLE package(ecosystem, name)")
d.commit()
PYTHON
hostile "another program's database" 'not an advisory database' "$bad"
# One bit, everywhere: each page and each part of the header.
python3 - "$DB" "$BUILD/tests/drivers/match" "$bad" <<'PYTHON' >"$TMPDIR/flips" 2>&1
import subprocess, sys
db, match, bad = sys.argv[1:]
good = open(db, "rb").read()
places = list(range(0, 100, 3)) + list(range(100, len(good), 1733))
for n, place in enumerate(places):
    data = bytearray(good)
    data[place] ^= 1 << n % 8
    open(bad, "wb").write(data)
    r = subprocess.run([match, bad, "debian", "12", "bookworm"], stdin=subprocess.DEVNULL, capture_output=True)
    if r.returncode != 5 or not r.stderr:
        print("byte %d: status %d" % (place, r.returncode))
PYTHON
if [ -s "$TMPDIR/flips" ]; then
	fail "a changed bit is found" <"$TMPDIR/flips"
else
	pass "a changed bit is found"
fi
# A database with sound checksums that somebody made: other tables, views, missing facts.
python3 - "$DB" "$bad" "$MATCH" <<'PYTHON' >"$TMPDIR/made" 2>&1
import shutil, sqlite3, struct, subprocess, sys

POLY = 0xC96C5795D7870F42  # CRC-64 of ECMA-182, reflected
TABLE = []
for i in range(256):
    c = i
    for _ in range(8):
        c = c >> 1 ^ (POLY if c & 1 else 0)
    TABLE.append(c)

def stamp(path):
    data = bytearray(open(path, "rb").read())
    for number in range(len(data) // 4096):
        at = number * 4096
        c = (number + 1) ^ 0xFFFFFFFFFFFFFFFF
        for byte in data[at:at + 4088]:
            c = TABLE[(c ^ byte) & 255] ^ c >> 8
        data[at + 4088:at + 4096] = struct.pack(">Q", c ^ 0xFFFFFFFFFFFFFFFF)
    open(path, "wb").write(data)

def attempt(name, want, *statements):
    shutil.copy(sys.argv[1], sys.argv[2])
    d = sqlite3.connect(sys.argv[2])
    for s in statements:
        d.execute(s)
    d.commit()
    d.close()
    stamp(sys.argv[2])
    packages = open("tests/fixtures/db/packages.tsv", "rb")
    r = subprocess.run([sys.argv[3], sys.argv[2], "debian", "12", "bookworm"], stdin=packages, capture_output=True, timeout=20)
    if r.returncode != want:
        print("%s: status %d, %s" % (name, r.returncode, r.stderr))

attempt("unchanged", 0)
attempt("one more table", 5, "CREATE TABLE x(y)")
attempt("a view", 5, "CREATE VIEW v AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT * FROM r")
attempt("a view instead of a table", 5, "DROP TABLE body",
        "CREATE VIEW body AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT n AS number, n AS statements FROM r")
attempt("a missing table", 5, "DROP TABLE advisory")
attempt("no facts", 5, "DELETE FROM meta")
attempt("no feeds", 5, "DELETE FROM feed")
attempt("a feed nobody knows", 5, "UPDATE feed SET name = 'x'")
attempt("another schema", 5, "PRAGMA user_version = 2")
attempt("ecosystems out of order", 5, "UPDATE ecosystem SET name = 'zz' WHERE number = 1")
attempt("statements of noise", 5, "UPDATE body SET statements = randomblob(200)")
attempt("statements of many aliases", 5, "UPDATE body SET statements = x'00000000' || x'024141' || x'024141' || x'00000000' || x'ffffffff0f'")
attempt("a statement without an id", 5, "UPDATE body SET statements = x'000000000000000000000000'")
attempt("statements of text", 5, "UPDATE body SET statements = 'hello'")
PYTHON
if [ -s "$TMPDIR/made" ]; then
	fail "databases that somebody made" <"$TMPDIR/made"
else
	pass "databases that somebody made"
fi

# ---- Age ----

now=$(date +%s)
"$MATCH" build $((now - 6 * 86400)) "$TMPDIR/old" "$DOCS/feeds" >/dev/null
check_status 5 "older than five days" "$MATCH" age "$TMPDIR/old" "$now" 5
check_text "it says since when" 'built on 20' "$TMPDIR/stderr"
check "not older than seven" "$MATCH" age "$TMPDIR/old" "$now" 7
"$MATCH" build $((now + 3 * 86400)) "$TMPDIR/early" "$DOCS/feeds" >/dev/null
check_status 5 "built in the future" "$MATCH" age "$TMPDIR/early" "$now" 5
check_text "it says so" 'in the future' "$TMPDIR/stderr"
check "status of an old one is told all the same" "$SCANSTEP" db status --db "$TMPDIR/old"
check_text "with its age" '(6 days ago)' "$TMPDIR/stdout"

check "SOURCE_DATE_EPOCH is not the day of building" env SOURCE_DATE_EPOCH=86400 "$SCANSTEP" db build --db "$TMPDIR/new" "$DOCS/feeds"
check "so that such a database" "$SCANSTEP" db status --db "$TMPDIR/new"
check_text "is not old" '(0 days ago)' "$TMPDIR/stdout"

# ---- Two at once; killed; no room ----

mkdir "$TMPDIR/shared"
build "$TMPDIR/shared/db" --from "$DOCS/feeds" >"$TMPDIR/one" 2>&1 &
one=$!
build "$TMPDIR/shared/db" --from "$DOCS/feeds" >"$TMPDIR/two" 2>&1 &
two=$!
wait $one
first=$?
wait $two
check "two builders at once" test $first -eq 0 -a $? -eq 0
check "what they leave is whole" "$SCANSTEP" db status --db "$TMPDIR/shared/db"
check "and nothing beside it" test "$(ls -A "$TMPDIR/shared")" = db

# A builder waits for the rest of its input, so it is surely at work when it gets the signal.
waiting()
{
	mkfifo "$TMPDIR/fifo"
	"$SCANSTEP" db build --db "$TMPDIR/shared/db" --from "$TMPDIR/fifo" >/dev/null 2>&1 &
	builder=$!
	exec 9<>"$TMPDIR/fifo"
	head -c 200 "$DOCS/feeds/tracker.json" >&9
	tries=0
	until [ "$(ls -A "$TMPDIR/shared")" != db ] || [ $tries -eq 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	kill -"$1" $builder
	killed=0
	wait $builder || killed=$?
	exec 9>&-
	rm "$TMPDIR/fifo"
}
cp "$TMPDIR/shared/db" "$TMPDIR/before"
waiting KILL
check "killed in the middle" test $killed -eq 137
check_same "the old one is still there" "$TMPDIR/before" "$TMPDIR/shared/db"
check "what it left lies beside it" test "$(ls -A "$TMPDIR/shared" | wc -l)" -eq 2
touch -d '2 days ago' "$TMPDIR/shared"/.scanstep-*
check "the next builder" build "$TMPDIR/shared/db" --from "$DOCS/feeds"
check "removes it once it is old" test "$(ls -A "$TMPDIR/shared")" = db
waiting TERM
check "SIGTERM in the middle" test $killed -eq 143
check "leaves nothing" test "$(ls -A "$TMPDIR/shared")" = db

if [ "$(id -u)" -eq 0 ] && mkdir "$TMPDIR/small" && mount -t tmpfs -o size=16k none "$TMPDIR/small" 2>/dev/null; then
	trap 'umount "$TMPDIR/small"' EXIT
	head -c 4096 /dev/zero >"$TMPDIR/small/db"
	check_status 5 "a full disk" build "$TMPDIR/small/db" --from "$DOCS/feeds"
	check_text "a full disk: says so" 'full\|No space' "$TMPDIR/stderr"
	check "a full disk: the old file is still there, alone" test "$(ls -A "$TMPDIR/small")" = db
	trap - EXIT
	umount "$TMPDIR/small"
else
	skip "a full disk" "only root can mount a small one"
fi

# ---- A database that nobody named, in a cache that others may write to. ----

shared=$TMPDIR/shared-cache
mkdir -p "$shared/db"
cp "$TMPDIR/ok.sqlite" "$shared/db/advisories.sqlite" 2>/dev/null ||
	"$SCANSTEP" db build --db "$shared/db/advisories.sqlite" tests/fixtures/feed/debian/ok-*/in* >"$TMPDIR/why" 2>&1
sh tests/mkimage.sh tests/fixtures/image/debian oci none "$TMPDIR/owned"
if [ "$(id -u)" = 0 ]; then
	chown 65534 "$shared/db/advisories.sqlite"
	check_status 5 "another user's database in the cache is not believed" \
		env "SCANSTEP_CACHE_DIR=$shared" "$SCANSTEP" scan "$TMPDIR/owned"
	check_text "and it is said why" 'belongs to another user' "$TMPDIR/stderr"
	chown 0 "$shared/db/advisories.sqlite"
else
	skip "another user's database" "only root can make one"
fi
chmod 666 "$shared/db/advisories.sqlite"
env "SCANSTEP_CACHE_DIR=$shared" "$SCANSTEP" scan "$TMPDIR/owned" >"$TMPDIR/stdout" 2>&1
check_text "one that others may write to is told" 'advisories.sqlite. can be written by' "$TMPDIR/stdout"

finish
