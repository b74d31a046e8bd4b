# shellcheck shell=sh
# A registry that breaks in every way, by fixed seeds: tests/chaos_runs.py. CHAOS_SEEDS says how many, CHAOS_SEED one of
# them.
. tests/lib.sh
. tests/servers/registry.sh

needs "$(servers_missing)"

# A password that no other text holds; bcrypt, cost 4, of it.
REGISTRY_PASSWORD='Canary/7:%+sings'
REGISTRY_HTPASSWD='robin:$2b$04$abcdefghijklmnopqrstuuNw1qZb9LTLov2WPj4XJyWC3U6zg0r0q'

# large FOLDER BYTES N: a file that does not compress, so that there is much to cut; N makes it another one.
large()
{
	mkdir -p "$1"
	head -c "$2" /dev/zero | openssl enc -aes-128-ctr -K "$(printf '%032d' "$3")" -iv "$(printf '%032d' 0)" >"$1/large"
}
fixtures=tests/fixtures/image
mkdir "$TMPDIR/one" "$TMPDIR/three" "$TMPDIR/amd64" "$TMPDIR/arm64"
cp -R $fixtures/debian/layer0 "$TMPDIR/one"
printf 'layer all\ntree layer0\n' >"$TMPDIR/one/Layerfile"
cp -R $fixtures/distroless/layer0 $fixtures/distroless/layer1 "$TMPDIR/three"
large "$TMPDIR/three/middle/opt" 300000 1
cp $fixtures/distroless/Layerfile "$TMPDIR/three"
printf 'layer COPY\ntree middle\n' >>"$TMPDIR/three/Layerfile"
for arch in amd64 arm64; do
	cp -R $fixtures/debian/layer0 "$TMPDIR/$arch"
	large "$TMPDIR/$arch/data/srv" 90000 2
	printf 'platform linux/%s\nlayer\ntree data\nlayer\ntree layer0\nfile etc/hostname %s\n' $arch $arch \
		>"$TMPDIR/$arch/Layerfile"
done

# Its layers are read in part, as long as the registry gives parts.
python3 tests/mkchunked.py "$TMPDIR/oci-parts" debian estargz none 40 >/dev/null || exit 1

registry_start anon || exit 1
anon=$PORT
for image in parts:1 one:1 three:1 amd64:amd64 arm64:arm64; do
	[ -d "$TMPDIR/oci-${image%:*}" ] ||
		sh tests/mkimage.sh "$TMPDIR/${image%:*}" oci gzip "$TMPDIR/oci-${image%:*}" || exit 1
	case $image in
	a*) registry_push "$TMPDIR/oci-${image%:*}" "127.0.0.1:$anon/many:${image#*:}" || exit 1 ;;
	*) registry_push "$TMPDIR/oci-${image%:*}" "127.0.0.1:$anon/$image" || exit 1 ;;
	esac
done
python3 tests/servers/index.py "127.0.0.1:$anon" many 1 amd64 arm64 >/dev/null || exit 1

# The same storage for all; what has been pushed is read alone from here on.
for name in basic token; do
	mkdir -p "$TMPDIR/$name"
	cp -R "$TMPDIR/anon/storage" "$TMPDIR/$name/storage"
done
registry_start basic basic || exit 1
basic=$PORT
registry_start token token || exit 1
token=$PORT

"$SCANSTEP" db build --db "$TMPDIR/advisories.sqlite" --from tests/fixtures/db/feeds >/dev/null || exit 1
mkdir "$TMPDIR/runs"
CANARY=$REGISTRY_PASSWORD python3 tests/chaos_runs.py "$SCANSTEP" "$TMPDIR/runs" "$TMPDIR/advisories.sqlite" \
	"$anon" "$basic" "$token" "$TOKEN_PORT"
exit
