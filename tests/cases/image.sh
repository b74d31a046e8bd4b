# shellcheck shell=sh
# Image sources on good and hostile archives: tests/fixtures/archive/cases.tsv says what must come of each.
. tests/lib.sh

IMAGE=$BUILD/tests/drivers/image
A=$TMPDIR/archives
mkdir "$A"
check "the archives are made" python3 tests/mkarchive.py "$A"

# One row: the fourth field is the arguments, or a prefix ("oci:", "/./") for the path; the last what became of others.
row()
{
	path=$A/$1
	label="$1 $4${5:+ [$5]}"
	case $4 in
	-) args= ;;
	*:) path=$4$path args= ;;
	/./) path=/.$path args= ;;
	*) args=$4 ;;
	esac
	# shellcheck disable=SC2086  # arguments have no blanks in them
	"$IMAGE" "$path" $args >"$TMPDIR/out" 2>"$TMPDIR/err" </dev/null
	got=$?
	# The name of an archive is no reason.
	sed "s|$path||g" "$TMPDIR/err" >"$TMPDIR/reason"
	seen=$TMPDIR/out
	[ "$got" -eq 0 ] || seen=$TMPDIR/reason
	if [ "$got" -eq "$2" ] && grep -q -e "$3" "$seen"; then
		pass "$label"
	else
		{ echo "status $got, wanted $2 and $3"; cat "$TMPDIR/out" "$TMPDIR/err"; } >"$TMPDIR/why"
		fail "$label" <"$TMPDIR/why"
	fi
}

TAB=$(printf '\t')
grep -v '^#' tests/fixtures/archive/cases.tsv >"$TMPDIR/rows"
while IFS=$TAB read -r name status pattern args incident; do
	row "$name" "$status" "$pattern" "$args" "$incident"
done <"$TMPDIR/rows"

for path in "$A"/*; do
	name=${path##*/}
	case $name in
	stolen*) continue ;;
	esac
	grep -q "^$name$TAB" "$TMPDIR/rows" || echo "$name"
done >"$TMPDIR/forgotten"
check_same "each archive has a row" /dev/null "$TMPDIR/forgotten"

# The same image, whichever way it is stored.
"$IMAGE" "$A/docker-old" >"$TMPDIR/docker"
for name in docker-25 docker-dot docker-pax docker-long docker-long-pax docker-links docker-hardlink docker-duplicate \
    docker-pax-empty docker-size-nul both-agree docker-gzip docker-zstd; do
	"$IMAGE" "$A/$name" >"$TMPDIR/other"
	check_same "$name is the image of docker-old" "$TMPDIR/docker" "$TMPDIR/other"
done
"$IMAGE" "$A/oci-tar" | sed 1,2d >"$TMPDIR/oci"
for name in oci-folder oci-gzip oci-dot oci-two-tags oci-deep-enough; do
	"$IMAGE" "$A/$name" | sed 1,2d >"$TMPDIR/other"
	check_same "$name is the image of oci-tar" "$TMPDIR/oci" "$TMPDIR/other"
done
# A digest behind the name is a condition: of the entry, or of what the archive calls it.
zeros=sha256:$(printf '%064d' 0)
"$IMAGE" "$A/oci-names" --image 1.0 | sed -n 's/^digest.//p' >"$TMPDIR/digest"
pinned=$(cat "$TMPDIR/digest")
check "the digest of the image that is called so" "$IMAGE" "$A/oci-names" --image "1.0@$pinned"
check_text "is that image" "^digest.$pinned\$" "$TMPDIR/stdout"
for pin in "oci-names 1.0@$zeros" "oci-names other:2.0@$pinned" "oci-two-tags 1.0@$zeros" "docker-old example.com/app:1@$zeros" \
    "docker-25 example.com/app:1@$zeros" "both-agree example.com/app:1@$zeros"; do
	check_status 3 "another digest: ${pin%@*}" "$IMAGE" "$A/${pin% *}" --image "${pin#* }"
	check_text "another digest: ${pin%@*}: is told" "holds no image '${pin#* }" "$TMPDIR/stderr"
done
# Standard input: a pipe is spooled, a file is used where it is.
for name in docker-old docker-gzip docker-zstd; do
	# shellcheck disable=SC2002  # a pipe is the point
	cat "$A/$name" | "$IMAGE" - >"$TMPDIR/other" 2>&1
	check_same "$name through a pipe" "$TMPDIR/docker" "$TMPDIR/other"
	"$IMAGE" docker-archive:- <"$A/$name" >"$TMPDIR/other" 2>&1
	check_same "$name as standard input" "$TMPDIR/docker" "$TMPDIR/other"
done
mkfifo "$TMPDIR/fifo"
cat "$A/docker-old" >"$TMPDIR/fifo" &
"$IMAGE" "$TMPDIR/fifo" >"$TMPDIR/other" 2>&1
wait
check_same "a named pipe" "$TMPDIR/docker" "$TMPDIR/other"
rm "$TMPDIR/fifo"
"$IMAGE" docker-archive:- </dev/null >"$TMPDIR/other" 2>&1
check_text "empty standard input" 'is empty' "$TMPDIR/other"

# No room for a copy: the machine's fault.
mkdir "$TMPDIR/gone" && rmdir "$TMPDIR/gone"
TMPDIR="$TMPDIR/gone" "$IMAGE" "$A/docker-gzip" >"$TMPDIR/other" 2>&1
check_text "a spool that cannot be made is status 7" '^error.7.' "$TMPDIR/other"

TMPDIR="$TMPDIR/gone" "$IMAGE" "$A/gzip-zeros" >"$TMPDIR/other" 2>&1
check_text "what is no tar is refused before it is copied" '^error.3.*is no tar archive' "$TMPDIR/other"

# One member of two layers: its digest is that of the compressed bytes for both.
"$IMAGE" "$A/docker-same-layer" | grep '^layer' | cut -f 4 | sort -u >"$TMPDIR/got"
gzip -dc "$A/docker-gzip" | "$IMAGE" - >"$TMPDIR/other"
check "two layers of one member have one digest" test "$(wc -l <"$TMPDIR/got")" -eq 1
check_no_text "which is not that of the tar" "$(cat "$TMPDIR/got")" "$TMPDIR/other"

# A folder as a root filesystem: what it says, GNU tar reads.
"$IMAGE" "rootfs:$A/rootfs-folder" --dump 0 >"$TMPDIR/root.tar"
mkdir "$TMPDIR/root"
check "GNU tar unpacks the folder's tar" tar -C "$TMPDIR/root" --no-same-owner -xf "$TMPDIR/root.tar"
(cd "$A/rootfs-folder" && find . ! -type p | LC_ALL=C sort) >"$TMPDIR/wanted"
(cd "$TMPDIR/root" && find . | LC_ALL=C sort) >"$TMPDIR/got"
check_same "it holds all but the fifo" "$TMPDIR/wanted" "$TMPDIR/got"
check "and the same bytes" cmp "$A/rootfs-folder/var/lib/dpkg/status" "$TMPDIR/root/var/lib/dpkg/status"
check_status 0 "and the same links" test "$(readlink "$A/rootfs-folder/etc/long-link")" = "$(readlink "$TMPDIR/root/etc/long-link")"
"$IMAGE" "rootfs:$A/rootfs-folder" --dump 0 --only etc/os-release | tar -tf - >"$TMPDIR/got"
printf 'etc\netc/os-release\n' >"$TMPDIR/wanted"
sed 's|/$||' "$TMPDIR/got" >"$TMPDIR/got.plain"
check_same "only what matters is in it" "$TMPDIR/wanted" "$TMPDIR/got.plain"
if [ "$(id -u)" -ne 0 ]; then
	chmod 0 "$A/rootfs-folder/etc/passwd"
	check_status 4 "a file that cannot be read is told" "$IMAGE" "rootfs:$A/rootfs-folder" --dump 0
else
	skip "a file that cannot be read is told" "root reads everything"
fi

# What other tools write.
if command -v skopeo >/dev/null && command -v umoci >/dev/null; then
	"$IMAGE" "$A/oci-tar" | grep '^layer' | cut -f 2-4,6 >"$TMPDIR/wanted"
	copy()
	{
		HOME=$TMPDIR skopeo --insecure-policy --tmpdir "$TMPDIR" copy -q "$@" >"$TMPDIR/skopeo" 2>&1
	}
	copy "oci:$A/oci-folder" "oci:$TMPDIR/sk-oci:1.0"
	copy "oci:$A/oci-folder" "oci-archive:$TMPDIR/sk-oci.tar:1.0"
	copy "oci:$A/oci-folder" "docker-archive:$TMPDIR/sk-docker.tar:example.com/sk:1.0"
	for form in sk-oci sk-oci.tar; do
		"$IMAGE" "$TMPDIR/$form" >"$TMPDIR/out"
		grep '^layer' "$TMPDIR/out" | cut -f 2-4,6 >"$TMPDIR/got"
		check_same "skopeo's $form" "$TMPDIR/wanted" "$TMPDIR/got"
	done
	"$IMAGE" "$TMPDIR/sk-docker.tar" >"$TMPDIR/out"
	grep '^layer' "$TMPDIR/out" | cut -f 6 >"$TMPDIR/got"
	cut -f 4 "$TMPDIR/wanted" >"$TMPDIR/ids"
	check_same "skopeo's docker-archive" "$TMPDIR/ids" "$TMPDIR/got"
	check_text "its layers are whole" '^bytes.1.*whole' "$TMPDIR/out"
	check_text "its name" '^name.example.com/sk$' "$TMPDIR/out"
	umoci init --layout "$TMPDIR/umoci" >"$TMPDIR/log" 2>&1 &&
	    umoci new --image "$TMPDIR/umoci:one" >>"$TMPDIR/log" 2>&1 &&
	    umoci insert --rootless --image "$TMPDIR/umoci:one" "$A/oci-tar" /file >>"$TMPDIR/log" 2>&1
	check "umoci's layout" "$IMAGE" "$TMPDIR/umoci"
	check_text "its layer is whole" '^bytes.0.*whole' "$TMPDIR/stdout"
	umoci tag --image "$TMPDIR/umoci:one" two >>"$TMPDIR/log" 2>&1
	check "two tags of one image" "$IMAGE" "$TMPDIR/umoci"
else
	skip "archives of skopeo and umoci" "they are not installed"
fi

# Nothing of a spool stays behind.
find "$TMPDIR" -maxdepth 1 -name '*scanstep-*' >"$TMPDIR/left"
check_same "no temporary file is left" /dev/null "$TMPDIR/left"
finish
