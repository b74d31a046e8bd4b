# shellcheck shell=sh disable=SC2317
# The archives of every builder give exactly the packages of the image that was built: real ones where the builder is
# installed (buildah, podman, skopeo, umoci, dockerd), and tests/builders.py's where it is not to be had.
. tests/lib.sh
if ! command -v python3 >/dev/null; then
	skip_all "python3 makes the archives, and is not installed"
fi

CASE=tests/fixtures/image/layers
OTHER=tests/fixtures/image/alpine
OUT=$TMPDIR/out
mkdir "$OUT"
for name in layers alpine; do
	grep -v '^#' "tests/fixtures/image/$name/packages.tsv" >"$TMPDIR/$name.layers"
	cut -f 1-7 "$TMPDIR/$name.layers" >"$TMPDIR/$name.all"
done

# what, packages ("layers" or "alpine"), "layers": each in its layer, "all": whichever that is; scan's arguments
holds()
{
	what=$1 packages=$TMPDIR/$2.$3 option=
	[ "$3" = all ] && option=--no-layers
	shift 3
	rm -f "$TMPDIR/report.json"
	check_status 0 "$what" "$SCANSTEP" scan --no-cache --platform linux/amd64 -o "json=$TMPDIR/report.json" "$@"
	python3 tests/packages.py "$TMPDIR/report.json" $option >"$TMPDIR/got" 2>&1
	check_same "$what: its packages" "$packages" "$TMPDIR/got"
}

# what, archive of both images, their names
several()
{
	check_status 3 "$1 of two images: one has to be chosen" "$SCANSTEP" scan --no-cache "$2"
	check_text "$1 of two images: both are named" "choose one by --image: $3, $4\$" "$TMPDIR/stderr"
	holds "$1, the first" layers layers --image "$3" "$2"
	holds "$1, the second" alpine layers --image "$4" "$2"
}

# ---- What cannot run here ----

check "the archives are made" python3 tests/builders.py "$CASE" "$OTHER" "$OUT"
cp "$TMPDIR/stdout" "$TMPDIR/names"
while read -r name; do
	case $name in
	*-several) several "$name" "$OUT/$name" example.com/app:1.0 example.com/other:2.0 ;;
	*-shared) holds "$name" layers layers --image example.com/app:1.0 "$OUT/$name" ;;
	*) holds "$name" layers layers "$OUT/$name" ;;
	esac
done <"$TMPDIR/names"

# ---- What can ----

sh tests/mkimage.sh "$CASE" oci gzip "$TMPDIR/first"
sh tests/mkimage.sh "$OTHER" oci gzip "$TMPDIR/second"
sh tests/mkimage.sh "$CASE" docker-old none "$TMPDIR/first.tar"
sh tests/mkimage.sh "$OTHER" docker-old none "$TMPDIR/second.tar"

copy()
{
	HOME=$TMPDIR skopeo --insecure-policy --tmpdir "$TMPDIR" copy -q "$@" >"$TMPDIR/log" 2>&1 || cat "$TMPDIR/log"
}

if command -v skopeo >/dev/null; then
	copy "oci:$TMPDIR/first" "docker-archive:$OUT/sk.docker:example.com/app:1.0"
	copy "oci:$TMPDIR/first" "oci-archive:$OUT/sk.oci-archive:1.0"
	copy "oci:$TMPDIR/first" "oci:$OUT/sk.oci:1.0"
	copy "oci:$TMPDIR/first" "dir:$OUT/sk.dir"
	copy --dest-decompress "oci:$TMPDIR/first" "dir:$OUT/sk.dir-plain"
	copy --format v2s2 "oci:$TMPDIR/first" "dir:$OUT/sk.dir-docker"
	for form in docker oci-archive oci dir dir-plain dir-docker; do
		holds "skopeo's $form" layers layers "$OUT/sk.$form"
	done
	copy "docker-archive:$OUT/nerdctl-save" "oci-archive:$OUT/sk.again"
	holds "skopeo's copy of nerdctl's archive" layers layers "$OUT/sk.again"
	mkdir "$TMPDIR/platforms" && tar -C "$TMPDIR/platforms" -xf "$OUT/buildx-oci-platforms"
	copy --all "oci:$TMPDIR/platforms" "dir:$OUT/sk.dir-all"
	copy --all "oci:$TMPDIR/platforms" "oci-archive:$OUT/sk.oci-all"
	for form in dir-all oci-all; do
		holds "skopeo's $form" layers layers "$OUT/sk.$form"
	done
	check_status 0 "skopeo's dir of all platforms: another one" \
		"$SCANSTEP" scan --no-cache --platform linux/arm64 "$OUT/sk.dir-all"
	check_status 3 "skopeo's dir of all platforms: one that it has not" \
		"$SCANSTEP" scan --no-cache --platform linux/s390x "$OUT/sk.dir-all"
	# The folder is a stranger's, too.
	blob=$(find "$OUT/sk.dir" -type f -size +0 ! -name manifest.json ! -name version | sort | head -n 1)
	mv "$blob" "$TMPDIR/stolen" && ln -s "$TMPDIR/stolen" "$blob"
	check_status 3 "a link in skopeo's dir is not followed" "$SCANSTEP" scan --no-cache "$OUT/sk.dir"
	check_text "and it says so" 'is a symbolic link' "$TMPDIR/stderr"
	echo "Directory Transport Version: 2.0" >"$OUT/sk.dir-plain/version"
	check_status 3 "skopeo's dir of another version" "$SCANSTEP" scan --no-cache "$OUT/sk.dir-plain"
else
	skip "skopeo's archives" "skopeo is not installed"
fi

if command -v umoci >/dev/null; then
	# umoci's layers are of files that it is given, one a layer.
	made()
	{
		umoci "$@" >"$TMPDIR/log" 2>&1 || cat "$TMPDIR/log"
	}
	made init --layout "$OUT/umoci"
	made new --image "$OUT/umoci:1.0"
	made insert --rootless --image "$OUT/umoci:1.0" "$CASE/layer0/etc" /etc
	made insert --rootless --image "$OUT/umoci:1.0" "$CASE/layer0/var" /var
	for layer in layer1 layer2 layer4; do
		made insert --rootless --image "$OUT/umoci:1.0" "$CASE/$layer/var" /var
	done
	made insert --rootless --whiteout --image "$OUT/umoci:1.0" /usr/bin/perl
	holds "umoci's layout" layers all "$OUT/umoci"
	made unpack --rootless --image "$OUT/umoci:1.0" "$TMPDIR/bundle"
	mkdir -p "$TMPDIR/bundle/rootfs/app" && echo hello >"$TMPDIR/bundle/rootfs/app/hello"
	made repack --image "$OUT/umoci:2.0" "$TMPDIR/bundle"
	holds "umoci's repacked image" layers all --image 2.0 "$OUT/umoci"
else
	skip "umoci's layout" "umoci is not installed"
fi

# Storage of their own, and no mounts: only root can. Its path may not be longer than 50 bytes.
SHORT=$(mktemp -d /tmp/scanstep.XXXXXX)
daemon=
tidy()
{
	if [ "$daemon" ]; then
		kill "$daemon"
		wait "$daemon"
	fi
	rm -rf "$SHORT"
}
trap tidy EXIT
STORE="--root $SHORT/store --runroot $SHORT/run --storage-driver vfs"
engine()
{
	program=$1
	shift
	# shellcheck disable=SC2086  # options have no blanks in them
	TMPDIR=$TMPDIR "$program" $STORE "$@" 2>"$TMPDIR/log" || cat "$TMPDIR/log" >&2
}

# format, image: the layers of the case, each built upon the one before
build()
{
	container=$(engine buildah from scratch)
	for layer in layer0 layer1 layer2 app layer4; do
		case $layer in
		app) engine buildah add -q "$container" "$TMPDIR/hello" /app/hello ;;
		*) engine buildah add -q "$container" "$CASE/$layer" / ;;
		esac
		[ "$layer" != layer2 ] || rm -f "$(engine buildah mount "$container")/usr/bin/perl"
		engine buildah commit -q --format "$1" "$container" "$2"
		engine buildah rm "$container"
		container=$(engine buildah from --pull-never "$2")
	done
	engine buildah rm "$container"
}

echo hello >"$TMPDIR/hello"
if [ "$(id -u)" -ne 0 ]; then
	skip "buildah's and podman's archives" "only root can use their storage here"
elif ! command -v buildah >/dev/null; then
	skip "buildah's archives" "buildah is not installed"
else
	for format in oci docker; do
		build $format "example.com/built-$format:1.0" >"$TMPDIR/build.log" 2>&1
		for form in docker-archive oci-archive oci dir; do
			destination=$form:$OUT/bd.$format.$form
			[ $form != docker-archive ] || destination=$destination:example.com/built:1.0
			engine buildah push -q "example.com/built-$format:1.0" "$destination" >>"$TMPDIR/build.log" 2>&1
			holds "buildah's $form of its format $format" layers layers "$OUT/bd.$format.$form"
		done
	done
	if command -v podman >/dev/null; then
		for form in docker-archive oci-archive oci-dir docker-dir; do
			engine podman save -q --format $form -o "$OUT/pd.$form" example.com/built-oci:1.0 >"$TMPDIR/build.log" 2>&1
			holds "podman's $form" layers layers "$OUT/pd.$form"
		done
		engine podman save -q --compress --format docker-dir -o "$OUT/pd.compressed" example.com/built-docker:1.0 \
			>"$TMPDIR/build.log" 2>&1
		holds "podman's docker-dir --compress" layers layers "$OUT/pd.compressed"
		engine podman load -q -i "$TMPDIR/second.tar" >"$TMPDIR/build.log" 2>&1
		engine podman save -q --multi-image-archive -o "$OUT/pd.several" \
			example.com/built-docker:1.0 example.com/alpine:latest >"$TMPDIR/build.log" 2>&1
		several "podman's --multi-image-archive" "$OUT/pd.several" example.com/built-docker:1.0 example.com/alpine:latest
		# From a pipe, as in podman save app | scanstep scan -
		engine podman save -q example.com/built-docker:1.0 >"$TMPDIR/saved" && mkfifo "$TMPDIR/pipe"
		cat "$TMPDIR/saved" >"$TMPDIR/pipe" &
		holds "podman's archive through a pipe" layers layers "$TMPDIR/pipe"
	else
		skip "podman's archives" "podman is not installed"
	fi
fi

if [ "$(id -u)" -ne 0 ] || ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
	skip "Docker's archives" "dockerd is not installed, or only root could start it"
else
	SOCKET=unix://$SHORT/docker.sock
	dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver=vfs --host "$SOCKET" --pidfile "$TMPDIR/docker.pid" \
		--data-root "$TMPDIR/docker" --exec-root "$TMPDIR/docker.run" >"$TMPDIR/dockerd.log" 2>&1 &
	daemon=$!
	tries=300
	until docker --host "$SOCKET" version >"$TMPDIR/log" 2>&1 || [ $tries -eq 0 ] || ! kill -0 $daemon 2>/dev/null; do
		sleep 0.1
		tries=$((tries - 1))
	done
	if docker --host "$SOCKET" version --format '{{.Server.Version}}' >"$TMPDIR/version" 2>"$TMPDIR/log"; then
		docker="docker $(cat "$TMPDIR/version")"
		# Taken apart and put together again, by the daemon itself.
		docker --host "$SOCKET" load -q -i "$TMPDIR/first.tar" >"$TMPDIR/log" 2>&1
		docker --host "$SOCKET" load -q -i "$TMPDIR/second.tar" >>"$TMPDIR/log" 2>&1
		docker --host "$SOCKET" save -o "$OUT/saved" example.com/layers:latest >>"$TMPDIR/log" 2>&1
		holds "$docker save" layers layers "$OUT/saved"
		docker --host "$SOCKET" save -o "$OUT/saved.both" example.com/layers:latest example.com/alpine:latest >>"$TMPDIR/log" 2>&1
		holds "$docker save of two images, the first" layers layers --image example.com/layers:latest "$OUT/saved.both"
		holds "$docker save of two images, the second" alpine layers --image example.com/alpine:latest "$OUT/saved.both"
		# Where two images share layers upon different bases, one of them has links.
		docker --host "$SOCKET" load -q -i "$OUT/docker-24-shared" >>"$TMPDIR/log" 2>&1
		docker --host "$SOCKET" save -o "$OUT/shared" example.com/other:2.0 example.com/app:1.0 >>"$TMPDIR/log" 2>&1
		tar -tvf "$OUT/shared" >"$TMPDIR/list"
		check_text "$docker save of images that share layers has links" 'layer.tar -> \.\./' "$TMPDIR/list"
		holds "$docker save of images that share layers" layers layers --image example.com/app:1.0 "$OUT/shared"
	else
		cat "$TMPDIR/dockerd.log" >>"$TMPDIR/log"
		skip "Docker's archives" "dockerd does not start here: $(tail -n 1 "$TMPDIR/dockerd.log" | cut -c 1-100)"
	fi
fi
finish
