# shellcheck shell=sh
# What the cases of "scanstep ci" share: a CI system's environment, and nothing of the one the tests run in.
#
#	. tests/lib.sh
#	. tests/ci.sh
#	ci [VARIABLE=VALUE]... ARGUMENT...   scanstep ci in the folder $JOB, which stands for a job's checkout
#	new_job                              an empty $JOB
#	check_files NAME WANTED...           these and no other files lie in it
#
# SAMPLE is an image with findings of every severity (the starter set's), CLEAN one without any, BROKEN one
# with a gap: archives, each with an absolute name.

JOB=$TMPDIR/job
SAMPLE=$TMPDIR/sample.tar
CLEAN=$TMPDIR/clean.tar
BROKEN=$TMPDIR/broken.tar
case $SCANSTEP in
/*) PROGRAM=$SCANSTEP ;;
*) PROGRAM=$PWD/$SCANSTEP ;;
esac

ci()
{
	# shellcheck disable=SC2086
	(cd "$JOB" && exec env -i PATH="$PATH" HOME="$HOME" TMPDIR="$TMPDIR" SCANSTEP_CACHE_DIR="$TMPDIR/cache" \
		SCANSTEP_SANDBOX="${SCANSTEP_SANDBOX:-on}" SCANSTEP_OFFLINE=1 \
		${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"} ${UBSAN_OPTIONS:+"UBSAN_OPTIONS=$UBSAN_OPTIONS"} \
		sh -c 'program=$1; shift; while case ${1-} in *=*) case ${1-} in -*) false ;; esac ;; *) false ;; esac
			do export "$1"; shift; done; exec "$program" ci "$@"' sh "$PROGRAM" "$@")
}

new_job()
{
	rm -rf "$JOB"
	mkdir "$JOB"
}

check_files()
{
	name=$1
	shift
	(cd "$JOB" && find . -type f | sed 's/^..//' | LC_ALL=C sort) >"$TMPDIR/got"
	for file; do echo "$file"; done | LC_ALL=C sort >"$TMPDIR/wanted"
	check_same "$name" "$TMPDIR/wanted" "$TMPDIR/got"
}

if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the images, and is not installed"
fi
check "an image with findings" sh tests/mkimage.sh tests/fixtures/image/sample oci-tar gzip "$SAMPLE"
check "one without" sh tests/mkimage.sh tests/fixtures/ci/clean oci-tar gzip "$CLEAN"
check "one with a gap" sh tests/mkimage.sh tests/fixtures/image/corrupt oci-tar gzip "$BROKEN"
new_job
