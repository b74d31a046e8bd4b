# shellcheck shell=sh
# Documents from the web: asked for again only when they have changed, kept whole or not at all; what is read by
# default; the refresh that a pipeline begins with.
. tests/lib.sh
. tests/servers/registry.sh
. tests/servers/nginx.sh

needs "$(nginx_missing)"

REFRESH=$BUILD/tests/drivers/refresh
MATCH=$BUILD/tests/drivers/match
DOCS=$PWD/tests/fixtures/db
export SCANSTEP_CACHE_DIR="$TMPDIR/cache"
KEPT=$SCANSTEP_CACHE_DIR/feeds
umask 022

# ---- A real server, and what it tells of its documents ----

www=$TMPDIR/web/www
mkdir -p "$www"
cp "$DOCS/feeds/tracker.json" "$DOCS/feeds/secdb.yaml" "$DOCS/feeds/osv.json" "$www"
(cd "$www" && zip -q osv.zip osv.json)
echo '<html><body>Please log in.</body></html>' >"$www/login"
touch -d '2 days ago' "$www"/*
nginx_start web <<'NGINX' || exit 1
	server {
		listen @PORT@;
		location /both/ { alias www/; }
		location /etag/ { alias www/; add_header Last-Modified ""; }
		location /date/ { alias www/; etag off; }
		location /none/ { alias www/; etag off; add_header Last-Modified ""; if_modified_since off; }
		location /broken/ { return 500; }
		location /never/ { return 304; }
		location /to/ { rewrite ^/to/(.*)$ /both/$1 redirect; }
		location /moved/ {
			root www;
			if (-f $document_root/moved-now) { rewrite ^/moved/(.*)$ /date/$1 redirect; }
			rewrite ^/moved/(.*)$ /both/$1 redirect;
		}
		location /odd/ { alias www/; etag off; add_header Last-Modified ""; add_header ETag "\"a	b\""; }
	}
NGINX
web=http://127.0.0.1:$PORT
seen=0

# build N WANTED-STATUS NAME ADDRESS...: N requests are made by it; they are left in $TMPDIR/asked
build()
{
	n=$1
	status=$2
	name=$3
	shift 3
	check_status "$status" "$name" "$SCANSTEP" db build -v --db "$TMPDIR/db" "$@"
	nginx_requests $((seen + n))
	tail -n +$((seen + 1)) "$LOG" >"$TMPDIR/asked"
	seen=$((seen + n))
	check_count "$name: requests" "$n" '' "$TMPDIR/asked"
}

# the same database as from the file
same()
{
	"$MATCH" "$TMPDIR/db" debian 12 bookworm <"$DOCS/packages.tsv" >"$TMPDIR/got" 2>&1
	check_same "$1: the same database" "$TMPDIR/wanted" "$TMPDIR/got"
}
"$SCANSTEP" db build --db "$TMPDIR/db" "$www/tracker.json" >"$TMPDIR/stdout" 2>&1
"$MATCH" "$TMPDIR/db" debian 12 bookworm <"$DOCS/packages.tsv" >"$TMPDIR/wanted"

size=$(wc -c <"$www/tracker.json")
# cycle NAME WHERE CONDITION: fetched, then not, then changed, and not again
cycle()
{
	touch -d '2 days ago' "$www/tracker.json"
	build 1 0 "$1: the first time" "$web/$2/tracker.json"
	check_text "$1: it is fetched" "^scanstep: $web/$2/tracker.json: $size bytes\$" "$TMPDIR/stderr"
	check_text "$1: without a condition" ' 200 "-" "-"$' "$TMPDIR/asked"
	build 1 0 "$1: the second time" "$web/$2/tracker.json"
	check_text "$1: it is asked for with what is known" " 304 $3\$" "$TMPDIR/asked"
	check_text "$1: it was not modified" "^scanstep: $web/$2/tracker.json: not modified\$" "$TMPDIR/stderr"
	same "$1"
	touch -d '1 day ago' "$www/tracker.json"
	build 1 0 "$1: a changed document" "$web/$2/tracker.json"
	check_text "$1: it is asked for, and comes" " 200 $3\$" "$TMPDIR/asked"
	build 1 0 "$1: after that" "$web/$2/tracker.json"
	check_text "$1: the new one is known" " 304 $3\$" "$TMPDIR/asked"
	same "$1, changed"
}
etag='"\\x22[^"]*\\x22"'
date='"[A-Z][a-z][a-z], [^"]* GMT"'
cycle "ETag and Last-Modified" both "$etag $date"
cycle "ETag alone" etag "$etag \"-\""
cycle "Last-Modified alone" date "\"-\" $date"

build 1 0 "neither" "$web/none/tracker.json"
copies=$(find "$KEPT" -type f | wc -l)
check "nothing of it is kept: there are $copies copies" test "$copies" -eq 3
build 1 0 "neither, again" "$web/none/tracker.json"
check_text "it is fetched again" ' 200 "-" "-"$' "$TMPDIR/asked"

build 1 0 "an ETag with what belongs in no header" "$web/odd/tracker.json"
build 1 0 "is not sent back" "$web/odd/tracker.json"
check_text "not at all" ' 200 "-" "-"$' "$TMPDIR/asked"

# ---- Redirects ----

build 2 0 "redirected" "$web/to/tracker.json"
build 2 0 "redirected again" "$web/to/tracker.json"
check_text "the first address gets no condition" '/to/tracker.json 302 "-" "-"$' "$TMPDIR/asked"
check_text "the second does" "/both/tracker.json 304 $etag" "$TMPDIR/asked"
build 2 0 "another address, redirected" "$web/moved/tracker.json"
: >"$www/moved-now"
build 2 0 "redirected elsewhere from now on" "$web/moved/tracker.json"
check_text "what is known of one place is not said at another" '/date/tracker.json 200 "-" "-"$' "$TMPDIR/asked"

# ---- What cannot be had, and what is none ----

rm -rf "$KEPT" "$TMPDIR/db"
cp "$www/tracker.json" "$www/there.json"
build 1 0 "a document" "$web/both/there.json"
cp "$TMPDIR/db" "$TMPDIR/before"
mv "$www/there.json" "$www/gone.json"
build 1 5 "one that is gone" "$web/both/there.json"
check_text "is named" "'$web/both/there.json': the server answered 404\$" "$TMPDIR/stderr"
check_same "the database is still there" "$TMPDIR/before" "$TMPDIR/db"
mv "$www/gone.json" "$www/there.json"
build 1 0 "once it is back" "$web/both/there.json"
check_text "the copy is still there" ' 304 ' "$TMPDIR/asked"
build 2 5 "a server that fails" "$web/both/there.json" "$web/broken/x.json"
check_text "the document is named" "'$web/broken/x.json': the server answered 500\$" "$TMPDIR/stderr"
check_text "those that came are told" "^scanstep: $web/both/there.json: not modified\$" "$TMPDIR/stderr"
build 1 5 "304 to one who has nothing" "$web/never/x.json"
check_text "is refused" 'the server answered 304$' "$TMPDIR/stderr"
copies=$(find "$KEPT" -type f | wc -l)
build 1 5 "a page to log in" "$web/both/login"
check_text "is told as such" "'$web/both/login': no feed knows what the server sent\$" "$TMPDIR/stderr"
check "and is not kept" test "$(find "$KEPT" -type f | wc -l)" -eq "$copies"
head -c 300 "$DOCS/feeds/tracker.json" >"$www/cut.json"
build 1 5 "a document that was published in parts" "$web/both/cut.json"
check "is not kept" test "$(find "$KEPT" -type f | wc -l)" -eq "$copies"

# ---- Copies that are not what they were ----

for kind in flip cut longer empty text shared link folder fifo; do
	rm -rf "$KEPT"
	build 1 0 "a copy: $kind" "$web/both/tracker.json"
	copy=$(find "$KEPT" -type f)
	case $kind in
	flip) printf x | dd of="$copy" bs=1 seek=400 conv=notrunc 2>/dev/null ;;
	cut) truncate -s -100 "$copy" ;;
	longer) echo >>"$copy" ;;
	empty) : >"$copy" ;;
	text) head -c 5000 /dev/zero | tr '\0' 'x' >"$copy" ;;
	shared) chmod 666 "$copy" ;;
	link) mv "$copy" "$TMPDIR/linked" && ln -s "$TMPDIR/linked" "$copy" ;;
	folder) rm "$copy" && mkdir "$copy" ;;
	fifo) rm "$copy" && mkfifo "$copy" ;;
	esac
	build 1 0 "a copy that is damaged: $kind" "$web/both/tracker.json"
	check_text "$kind: it is fetched without a condition" ' 200 "-" "-"$' "$TMPDIR/asked"
	same "$kind"
	if [ "$kind" = folder ]; then
		check_text "$kind: it is told that it cannot be kept" 'warning: documents are not kept.*irectory' "$TMPDIR/stderr"
		continue
	fi
	build 1 0 "$kind: then it is whole again" "$web/both/tracker.json"
	check_text "$kind: and known" ' 304 ' "$TMPDIR/asked"
done
rm -rf "$KEPT"
build 1 0 "a copy of another address" "$web/both/osv.json"
other=$(find "$KEPT" -type f)
build 1 0 "and one's own" "$web/both/tracker.json"
own=$(find "$KEPT" -type f ! -path "$other")
cp "$other" "$own"
build 1 0 "taken for one's own" "$web/both/tracker.json"
check_text "is not asked with" ' 200 "-" "-"$' "$TMPDIR/asked"
same "nor read"

# ---- A transfer that breaks off ----

python3 tests/servers/files.py "$www" >"$TMPDIR/port" &
SERVERS="$! $SERVERS"
wait_for "$TMPDIR/port" 's/^\([0-9]*\)$/\1/p' $! || exit 1
files=http://127.0.0.1:$PORT
rm -rf "$KEPT"
check "a document of another server" "$SCANSTEP" db build --db "$TMPDIR/db" "$files/dated/tracker.json"
copy=$(find "$KEPT" -type f)
cp "$copy" "$TMPDIR/copy"
cp "$TMPDIR/db" "$TMPDIR/before"
: >"$www/cut-now"
check_status 5 "cut in the middle" "$SCANSTEP" db build --db "$TMPDIR/db" "$files/dated/tracker.json"
check_text "it is told which" "'$files/dated/tracker.json': .*the connection to .* broke" "$TMPDIR/stderr"
check_same "the copy is the old one" "$TMPDIR/copy" "$copy"
check "and alone" test "$(ls -A "$KEPT" | wc -l)" -eq 1
check_same "so is the database" "$TMPDIR/before" "$TMPDIR/db"
rm "$www/cut-now"

# ---- Two at once; without a folder; old copies ----

rm -rf "$KEPT"
build 3 0 "three documents" "$web/both/tracker.json" "$web/both/secdb.yaml" "$web/both/osv.zip"
touch "$www"/*
both()
{
	"$SCANSTEP" db build --db "$TMPDIR/db.$1" "$web/both/tracker.json" "$web/both/secdb.yaml" "$web/both/osv.zip" \
		>"$TMPDIR/told.$1" 2>&1
}
both 1 &
first=$!
both 2 &
second=$!
one=0
wait $first || one=$?
two=0
wait $second || two=$?
check "two builds at once: $one and $two" test "$one$two" = 00
nginx_requests $((seen + 6))
seen=$((seen + 6))
for i in 1 2; do
	"$MATCH" "$TMPDIR/db.$i" debian 12 bookworm <"$DOCS/packages.tsv" >"$TMPDIR/got.$i"
done
check_same "they make the same" "$TMPDIR/got.1" "$TMPDIR/got.2"
build 3 0 "the next" "$web/both/tracker.json" "$web/both/secdb.yaml" "$web/both/osv.zip"
check_count "finds all their copies" 3 ' 304 ' "$TMPDIR/asked"
check "and nothing else is there" test "$(ls -A "$KEPT" | wc -l)" -eq 3

touch -d '40 days ago' "$KEPT"/*
touch "$KEPT/not ours"
touch -d '40 days ago' "$KEPT/not ours"
build 1 0 "after a month" "$web/both/tracker.json"
check "copies that nobody used are gone" test "$(ls -A "$KEPT" | wc -l)" -eq 2

check "without a cache folder" env -u SCANSTEP_CACHE_DIR -u HOME -u XDG_CACHE_HOME \
	"$SCANSTEP" db build --db "$TMPDIR/db" "$web/both/tracker.json"
seen=$((seen + 1))
rm -rf "$KEPT"
mkdir "$KEPT"
chmod 777 "$KEPT"
build 1 0 "a folder that others may write to" "$web/both/tracker.json"
check_text "is told" "warning: documents are not kept.*/feeds' can be written by others" "$TMPDIR/stderr"
check "and left alone" test -z "$(ls -A "$KEPT")"
rmdir "$KEPT"
mkdir "$TMPDIR/mine"
ln -s "$TMPDIR/mine" "$KEPT"
build 1 0 "a symbolic link in its place" "$web/both/tracker.json"
check_text "is told, too" "warning: documents are not kept.*/feeds'" "$TMPDIR/stderr"
check "nothing is written through it" test -z "$(ls -A "$TMPDIR/mine")"
rm "$KEPT"

# In GitLab's jobs there is no umask.
umask 0
build 1 0 "without a umask" "$web/both/tracker.json"
umask 022
check "nobody else can write to the database" test "$(stat -c %a "$TMPDIR/db")" = 644
check "nor to the copies" test "$(stat -c %a "$KEPT" "$KEPT"/* | paste -s -d ' ')" = "700 600"

# ---- Secrets ----

build 1 0 "a secret in a query" "$web/both/tracker.json?token=canary"
check_no_text "is not told" canary "$TMPDIR/stderr"
build 1 0 "and once more" "$web/both/tracker.json?token=canary"
check_text "it was known" ' 304 ' "$TMPDIR/asked"
build 0 2 "a password in an address" "http://robin:canary@127.0.0.1/tracker.json"
check_no_text "is not told" canary "$TMPDIR/stderr"
build 1 0 "a scheme in capitals" "HTTP${web#http}/both/tracker.json?token=canary"
check_text "is the same address" ' 304 ' "$TMPDIR/asked"
for address in HTTPS://robin:canary@127.0.0.1/x ftp://robin:canary@127.0.0.1/x " $web/both/tracker.json?token=canary" \
	http:/robin:canary@127.0.0.1/x hTTps:/robin:canary@127.0.0.1/x " http:/robin:canary@127.0.0.1/x" robin:canary@://x \
	://robin:canary@127.0.0.1 averylongcanarythatisnoscheme://x file:///canary; do
	build 0 2 "no address that is fetched: '$address'" "$address"
	check_no_text "'$address' is not told" canary "$TMPDIR/stderr"
	check_text "'$address': why" ': .*address\|: a feed is fetched from http:// and https://, not from [a-z]*://$' "$TMPDIR/stderr"
done
build 1 5 "a secret and a failure" "$web/broken/x?token=canary"
check_no_text "do not meet" canary "$TMPDIR/stderr"
check_status 1 "no secret is kept" grep -r canary "$SCANSTEP_CACHE_DIR" "$TMPDIR/db"
find "$SCANSTEP_CACHE_DIR" >"$TMPDIR/names"
check_no_text "nor the name of a server" '127\.0' "$TMPDIR/names"

# ---- What is read by default ----

{
	echo https://security-tracker.debian.org/tracker/data/json
	for n in 10 11 12 13 14 15 16 17 18 19 20 21 22 23; do
		for branch in main community; do
			echo "https://secdb.alpinelinux.org/v3.$n/$branch.json"
		done
	done
	echo https://secdb.alpinelinux.org/edge/main.json
	echo https://secdb.alpinelinux.org/edge/community.json
	echo https://osv-vulnerabilities.storage.googleapis.com/Debian/all.zip
	echo https://osv-vulnerabilities.storage.googleapis.com/Alpine/all.zip
} >"$TMPDIR/documents"
"$SCANSTEP" --list-documents >"$TMPDIR/listed"
check_same "the documents" "$TMPDIR/documents" "$TMPDIR/listed"
check "help of db build" "$SCANSTEP" db build --help
check_text "names the first" 'https://secdb.alpinelinux.org/v3.10/main.json$' "$TMPDIR/stdout"
check_text "and the last" 'https://secdb.alpinelinux.org/edge/community.json$' "$TMPDIR/stdout"

# The hosts of all of them are this machine, by a proxy; their certificate is one that --ca-bundle brings.
mirror=$TMPDIR/mirror
while read -r document; do
	path=$mirror/www/${document#https://}
	mkdir -p "${path%/*}"
	case $path in
	*.zip) cp "$www/osv.zip" "$path" ;;
	*alpine*) sed "s/^distroversion:.*/distroversion: $(basename "${path%/*}")/" "$www/secdb.yaml" >"$path" ;;
	*) cp "$www/tracker.json" "$path" ;;
	esac
done <"$TMPDIR/documents"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test -keyout "$mirror/key" -out "$mirror/cert" -addext \
	"subjectAltName=$(sed 's,https://\([^/]*\)/.*,DNS:\1,' "$TMPDIR/documents" | sort -u | paste -s -d ,)" 2>/dev/null
nginx_start mirror <<'NGINX' || exit 1
	server {
		listen @PORT@;
		location / {
			root www/$host;
			if (-f $request_filename.gone) { return 410; }
			if (-f $request_filename.fails) { return 500; }
		}
	}
NGINX
mirror_log=$LOG
set --
for host in security-tracker.debian.org secdb.alpinelinux.org osv-vulnerabilities.storage.googleapis.com; do
	set -- "$@" "https://$host=$PORT,$mirror"
done
internet_start proxy "$@" || exit 1
LOG=$mirror_log
export https_proxy="http://127.0.0.1:$PORT" SCANSTEP_CA_BUNDLE="$mirror/cert"
unset NO_PROXY no_proxy
rm -rf "$SCANSTEP_CACHE_DIR"
seen=0

check "db build alone" "$SCANSTEP" db build
nginx_requests 33
sed 's,^\([^ ]*\) \([^ ]*\) 200 "-" "-",https://\1\2,' "$LOG" >"$TMPDIR/got"
check_same "reads all of them" "$TMPDIR/documents" "$TMPDIR/got"
check_text "and tells how many" '^fetched  *33 documents, 0 not modified$' "$TMPDIR/stdout"
check "db build again" "$SCANSTEP" db build
check_text "has them all" '^fetched  *0 documents, 33 not modified$' "$TMPDIR/stdout"
nginx_requests 66
check_count "by asking" 33 ' 304 ' "$LOG"
check "status" "$SCANSTEP" db status
check_text "all branches are covered" '^ecosystem  *alpine:edge$' "$TMPDIR/stdout"
check_text "the oldest, too" '^ecosystem  *alpine:v3.10$' "$TMPDIR/stdout"
secdb=$mirror/www/secdb.alpinelinux.org
mv "$secdb/edge/community.json" "$mirror/hidden"
cp "$SCANSTEP_CACHE_DIR/db/advisories.sqlite" "$TMPDIR/before"
check_status 5 "a document that is missing" "$SCANSTEP" db build
check_text "stops it by name" "'https://secdb.alpinelinux.org/edge/community.json': the server answered 404" \
	"$TMPDIR/stderr"
check_same "and leaves the database" "$TMPDIR/before" "$SCANSTEP_CACHE_DIR/db/advisories.sqlite"
mv "$mirror/hidden" "$secdb/edge/community.json"

# Releases past their end of life may be taken down.
mv "$secdb/v3.10/main.json" "$mirror/hidden"
: >"$secdb/v3.10/community.json.gone"
check "an old release that is published no more" "$SCANSTEP" db build -v
check_text "is told: 404" '^scanstep: https://secdb.alpinelinux.org/v3.10/main.json: no longer published$' "$TMPDIR/stderr"
check_text "is told: 410" '^scanstep: https://secdb.alpinelinux.org/v3.10/community.json: no longer published$' \
	"$TMPDIR/stderr"
check_text "is counted" '^fetched  *0 documents, 31 not modified, 2 no longer published$' "$TMPDIR/stdout"
check "the database" "$SCANSTEP" db status
check_no_text "is without it" '^ecosystem  *alpine:v3.10$' "$TMPDIR/stdout"
check_text "and has the next one" '^ecosystem  *alpine:v3.11$' "$TMPDIR/stdout"
check_status 5 "named, it must be there" "$SCANSTEP" db build --from https://secdb.alpinelinux.org/v3.10/main.json
check_text "or it is told by name" "'https://secdb.alpinelinux.org/v3.10/main.json': the server answered 404\$" "$TMPDIR/stderr"
check "the refresh" "$REFRESH" $(($(date +%s) + 200000)) 5
check_text "counts it, too" '^made	.*: 0 fetched, 31 not modified, 2 no longer published$' "$TMPDIR/stdout"
# In 2020 it was not past that day.
check_status 5 "while it gets fixes" env SCANSTEP_CACHE_DIR="$TMPDIR/then" "$REFRESH" 1600000000 5
check_text "it must be there" '/v3.10/main.json.: the server answered 404$' "$TMPDIR/stdout"
mv "$mirror/hidden" "$secdb/v3.10/main.json"
rm "$secdb/v3.10/community.json.gone"
: >"$secdb/v3.10/main.json.fails"
check_status 5 "a server that fails is no end of an old release" "$SCANSTEP" db build
check_text "and is named" '/v3.10/main.json.: the server answered 500$' "$TMPDIR/stderr"
rm "$secdb/v3.10/main.json.fails"
check_status 5 "without the certificate" env -u SCANSTEP_CA_BUNDLE "$SCANSTEP" db build
check_text "nobody is believed" 'no TLS with' "$TMPDIR/stderr"
check_status 2 "certificates that are none" "$SCANSTEP" db build --ca-bundle "$www/login"
chmod 777 "$SCANSTEP_CACHE_DIR/db"
check_status 5 "db build in a folder that others may write to" "$SCANSTEP" db build
check_text "is told" "/db' can be written by others\$" "$TMPDIR/stderr"
check "named, it is the user's own affair" "$SCANSTEP" db build --db "$SCANSTEP_CACHE_DIR/db/named" "$www/tracker.json"
chmod 700 "$SCANSTEP_CACHE_DIR/db"
check "db build, and the refresh after it" "$SCANSTEP" db build

# ---- The refresh that a pipeline begins with ----

now=$(date +%s)
day=86400
db=$SCANSTEP_CACHE_DIR/db/advisories.sqlite
# aged SECONDS [FROM]...: the database is one that was built so long ago, of these
aged()
{
	age=$1
	shift
	mkdir -p "$SCANSTEP_CACHE_DIR/db"
	rm -f "$db"
	"$REFRESH" $((now - age)) 5 "$@" >"$TMPDIR/stdout" 2>&1
	cp "$db" "$TMPDIR/before"
}
# refresh WANTED-STATUS NAME PATTERN FROM...
refresh()
{
	status=$1
	name=$2
	pattern=$3
	shift 3
	check_status "$status" "$name" "$REFRESH" "$now" 5 "$@"
	check_text "$name: says so" "$pattern" "$TMPDIR/stdout"
	check "$name: and nothing else" test ! -s "$TMPDIR/stderr"
}
refresh 0 "a database of today" "^recent	advisory database of 20"
aged $((day + 60))
check "a day old" test -s "$db"
refresh 0 "the default documents" '^made	advisory database built from 33 documents: 0 fetched, 33 not modified$'
aged $((day - 60)) "$www/tracker.json" "$www/osv.json"
refresh 0 "almost a day old" '^recent	' "$www/tracker.json" "$www/osv.json"
check_same "is left as it is" "$TMPDIR/before" "$db"
refresh 0 "in another order" '^made	.* from 2 documents' "$www/osv.json" "$www/tracker.json"
refresh 0 "one document less" '^made	.* from 1 documents' "$www/osv.json"
refresh 0 "no other than these" '^recent	' "$www/osv.json"
refresh 0 "back to the default documents" '^made	.* from 33 documents'
refresh 0 "which are known then" '^recent	'
"$MATCH" build "$now" "$db" "$www/osv.json" >"$TMPDIR/stdout" 2>&1
refresh 0 "one that does not say of what it is made" '^made	' "$www/osv.json"
aged $((-3 * day)) "$www/tracker.json"
refresh 0 "built in the future" '^made	' "$www/tracker.json"
rm -rf "$SCANSTEP_CACHE_DIR"
refresh 0 "none yet" '^made	advisory database built from 2 documents: 1 fetched, 0 not modified$' \
	"$www/tracker.json" "$web/both/osv.json"
check "it is there" "$SCANSTEP" db status
echo x >"$db"
refresh 0 "one that is damaged" '^made	' "$www/tracker.json"
aged $((2 * day)) "$DOCS/feeds"
refresh 0 "a server that fails" "^kept	the advisory database is still that of 20.*: '$web/broken/x': the server answered 500\$" \
	"$web/broken/x"
check_same "leaves what is there" "$TMPDIR/before" "$db"
refresh 0 "a path that is not there" '^kept	.*No such file' "$TMPDIR/nowhere"
aged $((6 * day)) "$DOCS/feeds"
refresh 5 "one that is too old" "^error	advisory database .* built on 20.* more than 5 days ago.*: '$web/broken/x': the server answered 500\$" \
	"$web/broken/x"
rm "$db"
refresh 5 "none, and none to be had" "^error	there is no advisory database, and no new one could be built: '$web/broken/x': the server answered 500\$" \
	"$web/broken/x"
check_status 0 "--db" env SCANSTEP_DB=x "$REFRESH" "$now" 5 "$web/broken/x"
check_text "is not made anew" '^none	-$' "$TMPDIR/stdout"
check_status 0 "--offline" env SCANSTEP_OFFLINE=1 "$REFRESH" "$now" 5 "$web/broken/x"
check_text "nor is any then" '^none	-$' "$TMPDIR/stdout"
check_status 5 "no cache folder" env -u SCANSTEP_CACHE_DIR "$REFRESH" "$now" 5 "$www/tracker.json"
check_text "is told" '^error	there is no folder for the advisory database: set SCANSTEP_CACHE_DIR' "$TMPDIR/stdout"

rm -rf "$SCANSTEP_CACHE_DIR"
sh tests/mkimage.sh tests/fixtures/image/debian oci none "$TMPDIR/image"
# ci NAME [VARIABLE=VALUE]...: a pipeline of no platform
ci()
{
	name=$1
	shift
	check "$name" env -u GITLAB_CI -u GITHUB_ACTIONS -u JENKINS_URL -u IMAGE_TO_SCAN "$@" \
		"$SCANSTEP" ci -v --allow-incomplete "$TMPDIR/image"
}
ci "scanstep ci" "SCANSTEP_FROM=$web/both/tracker.json,$www/osv.json"
check_text "builds a database" '^scanstep: advisory database built from 2 documents: 1 fetched, 0 not modified$' "$TMPDIR/stderr"
check_no_text "and takes it" 'starter set' "$TMPDIR/stdout"
mv "$www/tracker.json" "$www/away.json"
ci "scanstep ci again" "SCANSTEP_FROM=$web/both/tracker.json,$www/osv.json"
check_text "takes that of today" '^scanstep: advisory database of 20' "$TMPDIR/stderr"
check_no_text "and asks nobody, who would say 404" '404' "$TMPDIR/stderr"
mv "$www/away.json" "$www/tracker.json"
cp "$db" "$TMPDIR/before"
ci "scanstep ci with other documents, which cannot be had" "SCANSTEP_FROM=$web/broken/x"
check_text "takes that of today, and says so" 'WARNING: the advisory database is still that of 20' "$TMPDIR/stdout"
check_same "which is as it was" "$TMPDIR/before" "$db"
ci "scanstep ci with other documents" "SCANSTEP_FROM=$www/osv.json"
check_text "makes it of them" '^scanstep: advisory database built from 1 documents' "$TMPDIR/stderr"
aged $((2 * day)) "$DOCS/feeds"
ci "scanstep ci with an old one and without a server" "SCANSTEP_FROM=$web/broken/x"
check_text "takes the old one, and says so" 'WARNING: the advisory database is still that of 20' "$TMPDIR/stdout"
check_text "and why" "'$web/broken/x': the server answered 500\$" "$TMPDIR/stdout"

mkdir -p "$KEPT"
chmod 777 "$KEPT"
refresh 0 "documents that cannot be kept" "^trouble	documents are not kept for the next time: '.*/feeds' can be written by others\$" "$www/tracker.json"
chmod 700 "$KEPT"
rm -rf "$SCANSTEP_CACHE_DIR/db"
mkdir "$TMPDIR/theirs"
ln -s "$TMPDIR/theirs" "$SCANSTEP_CACHE_DIR/db"
refresh 5 "a folder that is a symbolic link" "^error	.*cannot open '.*/db'" "$www/tracker.json"
check "nothing is written through it" test -z "$(ls -A "$TMPDIR/theirs")"
rm "$SCANSTEP_CACHE_DIR/db"
mkdir "$SCANSTEP_CACHE_DIR/db"
echo precious >"$TMPDIR/theirs/file"
ln -s "$TMPDIR/theirs/file" "$db"
refresh 0 "a database that is a symbolic link" '^made	' "$www/tracker.json"
check "is replaced, not written through" test "$(cat "$TMPDIR/theirs/file")" = precious
aged $((2 * day)) "$DOCS/feeds"
chmod 777 "$SCANSTEP_CACHE_DIR/db"
refresh 0 "a folder that others may write to" "^kept	.*/db' can be written by others\$" "$www/tracker.json"
chmod 700 "$SCANSTEP_CACHE_DIR/db"
if [ "$(id -u)" = 0 ]; then
	aged 60 "$www/tracker.json"
	chown 65534 "$db"
	refresh 0 "another user's database is not believed" '^made	' "$www/tracker.json"
	check "the new one is ours" test "$(stat -c %u "$db")" = 0
	chown 65534 "$SCANSTEP_CACHE_DIR/db"
	rm "$db"
	refresh 5 "another user's folder" "^error	.*/db' belongs to another user\$" "$www/tracker.json"
	check "is not written to" test -z "$(ls -A "$SCANSTEP_CACHE_DIR/db")"
else
	skip "another user's database" "only root can make one"
fi

finish
