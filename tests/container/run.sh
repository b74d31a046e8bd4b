#!/bin/sh
# make check-image: builds the container image with buildah, and tries it as an engine would run it.
#
#	tests/container/run.sh [CASE...]
#
# Kept in out/container: the base, which is made anew when it is older than a day, and buildah's storage with the layers
# that take long. Every case (tests/container/image-*.sh) runs as those of tests/cases do, but in a network that reaches
# nothing. The last line is "N passed, N failed", with ", N skipped" behind it if there were any.

set -u
here=tests/container
out=$PWD/out/container
base=localhost/scanstep-base
image=localhost/scanstep-check

if [ "$(id -u)" -ne 0 ] || ! unshare --mount --net true 2>/dev/null; then
	echo "container: NOTHING WAS CHECKED: this needs root, and may make neither mounts nor networks of its own" >&2
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi

stop()
{
	echo "container: $1" >&2
	echo "0 passed, 1 failed"
	exit 1
}

engine()
{
	buildah --root "$out/storage" --runroot "$out/run" "$@"
}

mkdir -p "$out" || exit 1
if [ -z "$(find "$out/base" -mtime -1 2>/dev/null)" ] || ! engine inspect --type image "$base" >/dev/null 2>&1; then
	echo "container: making a base of this machine's own release"
	engine rm --all >/dev/null 2>&1
	engine rmi --all --force >/dev/null 2>&1
	sh "$here/base.sh" "$out/base.tar" >"$out/log" 2>&1 || { tail -n 30 "$out/log"; stop "there is no base"; }
	{
		new=$(engine from scratch) && engine add -q "$new" "$out/base.tar" / && engine commit -q "$new" "$base" &&
			engine rm "$new"
	} >"$out/log" 2>&1 || { tail -n 30 "$out/log"; stop "buildah cannot take the base"; }
	rm "$out/base.tar"
	: >"$out/base"
fi

echo "container: building the image"
make image ENGINE="buildah --root $out/storage --runroot $out/run" ENGINE_FLAGS='--isolation chroot --layers' \
	BASE="$base" TAG="$image" >"$out/log" 2>&1 || { tail -n 30 "$out/log"; stop "it cannot be built"; }

container=$(engine from "$image") || stop "there is no container of it"
trap 'engine rm "$container" >/dev/null' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
CONTAINER_ROOT=$(engine mount "$container") || stop "it cannot be mounted"

# As the image says it: words of its commands, lines of its environment.
config()
{
	engine inspect --type image --format "{{$1}}" "$image"
}
CONTAINER_CONFIG=$out/config.json
engine inspect --type image "$image" >"$CONTAINER_CONFIG"
CONTAINER_USER=$(config .OCIv1.Config.User)
CONTAINER_WORKDIR=$(config .OCIv1.Config.WorkingDir)
CONTAINER_ENV=$(config 'range .OCIv1.Config.Env}}{{println .}}{{end')
CONTAINER_ENTRYPOINT=$(config 'range .OCIv1.Config.Entrypoint}}{{print . " "}}{{end')
CONTAINER_CMD=$(config 'range .OCIv1.Config.Cmd}}{{print . " "}}{{end')
export CONTAINER_ROOT CONTAINER_CONFIG CONTAINER_USER CONTAINER_WORKDIR CONTAINER_ENV CONTAINER_ENTRYPOINT CONTAINER_CMD

# The image as others get it: for its size, and to be scanned itself.
rm -rf "$out/oci"
engine push -q "$image" "oci:$out/oci:scanstep" >"$out/log" 2>&1 || { tail -n 30 "$out/log"; stop "it cannot be stored"; }
CONTAINER_OCI=$out/oci
export CONTAINER_OCI

# The list of what an image holds is made before an engine's own mount points are.
(cd "$CONTAINER_ROOT" && find . -xdev -printf '%m %U:%G %y %s %p %l\n' | LC_ALL=C sort -k 5) >"$out/files"
CONTAINER_FILES=$out/files
export CONTAINER_FILES
for f in hosts resolv.conf; do
	: >"$CONTAINER_ROOT/etc/$f"
done

TEST_SCRIPTS="$here/image-*.sh"
export TEST_SCRIPTS
status=0
# shellcheck disable=SC2016
unshare --mount --propagation private --net \
	sh -c 'ip link set lo up && exec sh tests/run.sh "$@"' run.sh "$out" \
	"$CONTAINER_ROOT/usr/bin/scanstep" "$@" || status=$?
exit "$status"
