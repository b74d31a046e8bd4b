#!/bin/sh
# Run the container image as an engine does with --read-only: its root cannot be written to, a user without rights,
# no environment but the image's own.
#
#	tests/container/inside.sh [OPTION...] [-- ARGUMENT...]    its entrypoint, with its own arguments or these
#	tests/container/inside.sh --raw [OPTION...] -- COMMAND... a command instead of the entrypoint
#
#	--bind SOURCE=PLACE    a file or folder of this machine at PLACE
#	--tmpfs PLACE          an empty folder in memory
#	--env NAME=VALUE
#	--user UID:GID, --workdir FOLDER    others than the image says
#
# tests/container/run.sh says in CONTAINER_... what the image is. What is mounted here is gone when it ends.

set -eu
if [ -z "${INSIDE:-}" ]; then
	INSIDE=1
	export INSIDE
	exec unshare --mount --propagation private sh "$0" "$@"
fi

root=$TMPDIR/inside
mkdir -p "$root"
mount --bind "$CONTAINER_ROOT" "$root"
mount -o remount,bind,ro "$root"
mount --rbind /proc "$root/proc"
mount -t tmpfs -o mode=755,size=64k tmpfs "$root/dev"
for d in null zero full random urandom; do
	: >"$root/dev/$d"
	mount --bind "/dev/$d" "$root/dev/$d"
done
mount -o remount,ro "$root/dev"

user=$CONTAINER_USER
workdir=$CONTAINER_WORKDIR
own=$CONTAINER_ENV
given=
entrypoint=$CONTAINER_ENTRYPOINT
while [ $# -gt 0 ]; do
	case $1 in
	--bind) mount --bind "${2%%=*}" "$root${2#*=}" ;;
	--tmpfs) mount -t tmpfs -o mode=1777,size=64m tmpfs "$root$2" ;;
	--env) export "${2?}" && given="$given ${2%%=*}" ;;
	--user) user=$2 ;;
	--workdir) workdir=$2 ;;
	--raw) entrypoint= ;;
	--) break ;;
	*) echo "inside.sh: $1?" >&2; exit 2 ;;
	esac
	[ "$1" = --raw ] || shift
	shift
done

# Words and lines of the image's configuration become arguments.
set -f
if [ $# -gt 0 ]; then
	shift
else
	# shellcheck disable=SC2086
	set -- $CONTAINER_CMD
fi
# shellcheck disable=SC2086
set -- $entrypoint "$@"
# A shell of the image changes the folder: chroot starts in the root.
# shellcheck disable=SC2016
set -- "$(command -v setpriv)" --no-new-privs "$(command -v chroot)" --userspec="$user" --groups= "$root" \
	/bin/sh -c 'cd "$0" && exec "$@"' "$workdir" "$@"

# Nothing of this machine's environment, some of the image's, all that was given.
for v in $(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'); do
	case " $given " in
	*" $v "*) ;;
	*) unset "$v" ;;
	esac
done
IFS='
'
for v in $own; do
	case " $given " in
	*" ${v%%=*} "*) ;;
	*) export "${v?}" ;;
	esac
done
exec "$@"
