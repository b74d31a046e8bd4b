# scanstep on Debian 12, built from this tree. The image holds the program and the libraries it needs.
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends make
COPY . /src
WORKDIR /src
RUN sh tests/deps.sh $(make -s print-build-packages) && make && make install DESTDIR=/out PREFIX=/usr

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libarchive13 libcurl4 libisal2 libjansson4 \
    libsqlite3-0 libssl3 libyaml-0-2 libzstd1 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/ /
# Any user may run it: the cache goes where SCANSTEP_CACHE_DIR says, a folder that a pipeline can mount.
ENV SCANSTEP_CACHE_DIR=/cache
RUN mkdir -m 1777 /cache /reports
USER 65534:65534
WORKDIR /reports
ENTRYPOINT ["scanstep"]
CMD ["--help"]
