# The container image of scanstep: one static program, the certificates it trusts, and a small shell for GitLab's
# script lines. No user is root, nothing but /cache, /result and /tmp can be written to, and --read-only takes those
# away without harm.
#
#	make image [BASE=...] [TAG=...]
#
# BASE is any Debian 12. Who wants the same image again pins it: BASE=debian@sha256:... Debian's libcurl.a wants a
# GSSAPI that cannot be linked, and of ISA-L there is no archive: both are made of Debian's source packages.
# make check-image (tests/container) builds all this and tries it.
ARG BASE=debian:bookworm-slim
# That of step/release.h: the build fails when it is not.
ARG VERSION=0.1.0

FROM ${BASE} AS build
ENV DEBIAN_FRONTEND=noninteractive
# Sources come from where the base has its packages from.
RUN set -eu; \
    for f in /etc/apt/sources.list /etc/apt/sources.list.d/*; do \
        case $f in \
        *.sources) sed -i 's/^Types:.*/Types: deb deb-src/' "$f" ;; \
        *.list) [ ! -f "$f" ] || sed -i -n 'p; s/^deb /deb-src /p' "$f" ;; \
        esac; \
    done; \
    apt-get update -q; \
    apt-get install -q -y --no-install-recommends make dpkg-dev nasm busybox-static

WORKDIR /build
COPY Makefile .
COPY tests/deps.sh tests/
RUN sh tests/deps.sh $(make -s print-build-packages STATIC=yes)

# libcurl for http and https alone, ISA-L for gzip alone; of the version whose headers are installed.
WORKDIR /build/libraries
RUN set -eu; \
    version() { dpkg-query -W -f '${source:Version}' "$1"; }; \
    apt-get source -q "curl=$(version libcurl4-openssl-dev)" "libisal=$(version libisal-dev)"; \
    flags="-O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE"; \
    mkdir lib; \
    make -C libisal-*/ -f Makefile.unx -j"$(nproc)" units='igzip crc' CFLAGS_gcc="$flags" DEBUG= DEBUG_nasm= lib; \
    cp libisal-*/bin/isa-l.a lib/libisal.a; \
    cd curl-*/; \
    ./configure -q CFLAGS="$flags" --disable-shared --with-openssl --with-ca-bundle=/etc/ssl/certs/ca-certificates.crt \
        --without-ca-path --without-zlib --without-brotli --without-zstd --without-libpsl --without-libidn2 \
        --without-nghttp2 --without-librtmp --without-libgsasl --without-libssh2 --disable-openssl-auto-load-config \
        --disable-ftp --disable-file --disable-ldap --disable-ldaps --disable-rtsp --disable-dict --disable-telnet \
        --disable-tftp --disable-pop3 --disable-imap --disable-smb --disable-smtp --disable-gopher --disable-mqtt \
        --disable-manual --disable-cookies --disable-ntlm --disable-tls-srp --disable-doh \
        --disable-mime --disable-netrc --disable-alt-svc --disable-hsts --disable-websockets --disable-libcurl-option; \
    make -C lib -j"$(nproc)"; \
    cp lib/.libs/libcurl.a ../lib

# What is not of this tree: the shell and its commands (nohup, which Jenkins wants, is not among busybox's here), the
# certificates, users, names, and folders for reports.
WORKDIR /image
RUN set -eu; \
    umask 022; \
    mkdir -p usr/bin etc/ssl/certs dev proc sys; \
    ln -s usr/bin bin; \
    cp "$(command -v busybox)" usr/bin/busybox; \
    for a in [ awk base64 basename cat chmod cmp cp cut date diff dirname du echo env expr false find grep gunzip gzip \
        head hostname id kill ln ls mkdir mktemp mv od printf ps pwd readlink realpath rm rmdir sed seq setsid sh \
        sha256sum sleep sort stat tail tar tee test timeout touch tr true uname uniq wc which whoami xargs zcat; do \
        busybox --list | grep -qxF "$a"; \
        ln -s busybox "usr/bin/$a"; \
    done; \
    printf '#!/bin/sh\ntrap "" HUP\nexec "$@"\n' >usr/bin/nohup; \
    chmod 755 usr/bin/nohup; \
    cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/; \
    cp /etc/os-release etc/os-release; \
    printf 'root:x:0:0:root:/:/bin/sh\nscanstep:x:1000:1000:scanstep:/:/bin/sh\n' >etc/passwd; \
    printf 'root:x:0:\nscanstep:x:1000:\n' >etc/group; \
    printf 'passwd: files\ngroup: files\nhosts: files dns\n' >etc/nsswitch.conf; \
    mkdir -m 1777 cache result tmp

# What is linked into the program, for a scanner of this image (as in distroless images) and for a reader of licences.
RUN set -eu; \
    umask 022; \
    mkdir -p usr/share/doc var/lib/dpkg/status.d; \
    cp -rL /usr/share/common-licenses usr/share/; \
    for p in busybox-static ca-certificates libc6-dev "libgcc-$(gcc -dumpversion)-dev" libarchive-dev libbz2-dev \
        libcurl4-openssl-dev libidn2-dev libisal-dev libjansson-dev liblzma-dev libpsl-dev libsqlite3-dev libssl-dev \
        libunistring-dev libyaml-dev libzstd-dev nettle-dev zlib1g-dev; do \
        mkdir "usr/share/doc/$p"; \
        cp "/usr/share/doc/$p/copyright" "usr/share/doc/$p/"; \
        dpkg-query -s "$p" >"var/lib/dpkg/status.d/$p"; \
    done

WORKDIR /build/scanstep
COPY . .
ARG VERSION
ARG SOURCE_DATE_EPOCH=0
RUN set -eu; \
    umask 022; \
    make -j"$(nproc)" STATIC=/build/libraries; \
    strip scanstep; \
    test "$(./scanstep --version)" = "scanstep $VERSION"; \
    cp scanstep /image/usr/bin/; \
    mkdir /image/usr/share/doc/scanstep; \
    cp LICENSE /image/usr/share/doc/scanstep/copyright; \
    find /image -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

FROM scratch
ARG VERSION
LABEL org.opencontainers.image.title="scanstep" \
      org.opencontainers.image.description="Scans a container image for known vulnerabilities, as a step of a pipeline" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /image/ /
ENV PATH=/usr/bin:/bin SCANSTEP_CACHE_DIR=/cache
USER 1000:1000
WORKDIR /result
ENTRYPOINT ["scanstep"]
CMD ["ci"]
