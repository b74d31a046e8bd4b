"""Archives as the programs write them that cannot run here: python3 tests/builders.py CASE OTHER FOLDER

CASE and OTHER are folders of tests/fixtures/image. Makes FOLDER/NAME for each builder() below of the image CASE, always
the same bytes, and prints NAME. What is a fact of a program (names, order, links, spellings) stands in its docstring;
layers and configs are those of mkimage.py. "several" in a name: OTHER is in the archive as well.
"""

import gzip
import io
import os
import subprocess
import sys
import tarfile

import mkimage
from mkimage import as_json, digest

OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."
TAG = "example.com/app:1.0"
OTHER_TAG = "example.com/other:2.0"
BUILDERS = []


def builder(function):
    BUILDERS.append(function)
    return function


class Image:
    """Layers as tars and their config, and how a builder stores the layers."""

    def __init__(self, case, tag):
        parsed = mkimage.parse(case)
        self.tag = tag
        self.tars = [layer.tar() for layer in parsed["layers"]]
        self.config = mkimage.config_of(parsed, self.tars)

    def v1_ids(self):
        """The folders of Docker's old form: a name for each layer that depends on those below it."""
        ids, parent = [], ""
        for tar in self.tars:
            parent = digest((parent + digest(tar)).encode())
            ids.append(parent)
        return ids


class Archive:
    """A tar, written in order; Go's and Java's writers end it with two blocks of zeros, Python's and GNU tar with more."""

    def __init__(self, record=512):
        self.out = io.BytesIO()
        self.record = record
        self.seen = set()

    def put(self, name, data=b"", kind=tarfile.REGTYPE, link="", mode=0o644):
        if name in self.seen:
            return
        self.seen.add(name)
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.mode = kind, link, mode
        info.size = len(data)
        self.out.write(info.tobuf(tarfile.USTAR_FORMAT if len(name) < 100 else tarfile.PAX_FORMAT))
        self.out.write(data + bytes(-len(data) % 512))

    def folder(self, name):
        self.put(name, kind=tarfile.DIRTYPE, mode=0o755)

    def done(self):
        size = self.out.tell() + 1024
        return self.out.getvalue() + bytes(1024 + -size % self.record)


def gz(data):
    return gzip.compress(data, mtime=0)


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


def entry(config, tags, layers, **more):
    return dict({"Config": config, "RepoTags": tags, "Layers": layers}, **more)


# ---- Docker ----


def docker_old(images):
    """
    Docker 1.10 to 24: a folder for each layer with VERSION, json and layer.tar, in order of their names; the layer of an
    image that an earlier one has as well is a link to it; config, repositories and manifest.json behind them.
    """
    files, entries, repositories, first = {}, [], {}, {}
    for image in images:
        names, parent = [], None
        for v1, tar in zip(image.v1_ids(), image.tars):
            names.append(v1 + "/layer.tar")
            if v1 + "/" in files:
                continue
            about = {"id": v1, "created": "1970-01-01T00:00:00Z", "os": "linux"}
            files[v1 + "/"] = None
            files[v1 + "/VERSION"] = b"1.0"
            files[v1 + "/json"] = as_json(about | ({"parent": parent} if parent else {}))
            files[v1 + "/layer.tar"] = "../" + first[tar] if tar in first else tar
            first.setdefault(tar, v1 + "/layer.tar")
            parent = v1
        files[digest(image.config) + ".json"] = image.config
        entries.append(entry(digest(image.config) + ".json", [image.tag], names))
        repository, tag = image.tag.rsplit(":", 1)
        repositories[repository] = {tag: image.v1_ids()[-1]}
    files["manifest.json"] = as_json(entries)
    files["repositories"] = as_json(repositories)
    archive = Archive()
    for name, data in sorted(files.items()):
        if data is None:
            archive.folder(name)
        elif isinstance(data, str):
            archive.put(name, kind=tarfile.SYMTYPE, link=data, mode=0o777)
        else:
            archive.put(name, data)
    return archive.done()


@builder
def docker_1_10(image, other):
    return docker_old([image])


@builder
def docker_24_several(image, other):
    return docker_old([image, other])


@builder
def docker_24_shared(image, other):
    """The same layers upon another base: each of them is a link."""
    upon = Image.__new__(Image)
    upon.tag = OTHER_TAG
    upon.tars = other.tars + image.tars
    upon.config = as_json({"os": "linux", "architecture": "amd64",
                           "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest(t) for t in upon.tars]}})
    return docker_old([upon, image])


class Blobs:
    """Documents and layers under blobs/sha256/, and the descriptors that name them."""

    def __init__(self):
        self.files = {}

    def add(self, data, media, **more):
        self.files["blobs/sha256/" + digest(data)] = data
        return dict({"mediaType": media, "digest": "sha256:" + digest(data), "size": len(data)}, **more)

    def manifest(self, image, how=gz, suffix="+gzip", docker=False, **more):
        config = (DOCKER + "container.image.v1+json") if docker else (OCI + "config.v1+json")
        layer = (DOCKER + "image.rootfs.diff.tar" + suffix.replace("+", ".")) if docker else (OCI + "layer.v1.tar" + suffix)
        kind = (DOCKER + "distribution.manifest.v2+json") if docker else (OCI + "manifest.v1+json")
        m = {"schemaVersion": 2, "mediaType": kind, "config": self.add(image.config, config),
             "layers": [self.add(how(t), layer) for t in image.tars]}
        return self.add(as_json(m), kind, **more), ["blobs/sha256/" + d["digest"][7:] for d in m["layers"]]

    def attestation(self, of):
        """What buildx adds for provenance and SBOM: an image of no platform whose layer is a statement."""
        nothing = as_json({"architecture": "unknown", "os": "unknown", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}})
        statement = self.add(b'{"_type":"https://in-toto.io/Statement/v0.1"}', "application/vnd.in-toto+json",
                             annotations={"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"})
        m = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": self.add(nothing, OCI + "config.v1+json"),
             "layers": [statement]}
        return self.add(as_json(m), OCI + "manifest.v1+json", platform={"architecture": "unknown", "os": "unknown"},
                        annotations={"vnd.docker.reference.digest": of["digest"], "vnd.docker.reference.type": "attestation-manifest"})

    def index(self, entries, **more):
        return self.add(as_json({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": entries}),
                        OCI + "index.v1+json", **more)

    def archive(self, top, entries=None, typed=True, folders=True, more=None):
        """As Docker and containerd order it: by name."""
        files = dict(self.files)
        index = {"schemaVersion": 2, "manifests": top}
        if typed:
            index["mediaType"] = OCI + "index.v1+json"
        files["index.json"] = as_json(index)
        files["oci-layout"] = b'{"imageLayoutVersion":"1.0.0"}'
        if entries is not None:
            files["manifest.json"] = as_json(entries)
        files.update(more or {})
        archive = Archive()
        if folders:
            files |= {"blobs/": None, "blobs/sha256/": None}
        for name, data in sorted(files.items()):
            if data is None:
                archive.folder(name)
            else:
                archive.put(name, data, mode=0o444 if name.startswith("blobs/") else 0o644)
        return archive.done()


def named(tag):
    return {"io.containerd.image.name": tag, "org.opencontainers.image.ref.name": tag.rsplit(":", 1)[1]}


AMD64 = {"architecture": "amd64", "os": "linux"}
ARM64 = {"architecture": "arm64", "os": "linux"}


def plain(data):
    return data


def docker_25(images, sources=True):
    """Docker 25 and later without containerd's store: layers uncompressed; LayerSources says what they are."""
    blobs, top, entries = Blobs(), [], []
    for image in images:
        d, names = blobs.manifest(image, plain, "")
        top.append(d | {"annotations": named(image.tag), "platform": AMD64})
        more = {}
        if sources:
            more["LayerSources"] = {"sha256:" + digest(t): {"mediaType": OCI + "layer.v1.tar", "size": len(t),
                                                            "digest": "sha256:" + digest(t)} for t in image.tars}
        entries.append(entry("blobs/sha256/" + digest(image.config), [image.tag], names, **more))
        for v1 in image.v1_ids():
            blobs.add(as_json({"id": v1, "created": "1970-01-01T00:00:00Z"}), "")
    return blobs.archive(top, entries, more={"repositories": as_json({"example.com/app": {"1.0": "0" * 64}})})


@builder
def docker_28(image, other):
    return docker_25([image])


@builder
def docker_28_several(image, other):
    return docker_25([image, other])


@builder
def docker_25_0_0(image, other):
    """moby #47065: manifests that name no layers."""
    none = Image.__new__(Image)
    none.tars, none.config, none.tag = [], image.config, image.tag
    blobs = Blobs()
    d, _ = blobs.manifest(none)
    names = ["blobs/sha256/" + blobs.add(t, "")["digest"][7:] for t in image.tars]
    return blobs.archive([d | {"annotations": named(TAG)}], [entry("blobs/sha256/" + digest(image.config), [TAG], names)])


@builder
def docker_25_0_0_sizes(image, other):
    """moby #47072: descriptors of layers whose size is wrong."""
    blobs = Blobs()
    layers = [blobs.add(t, OCI + "layer.v1.tar") for t in image.tars]
    m = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": blobs.add(image.config, OCI + "config.v1+json"),
         "layers": [d | {"size": d["size"] + 512} for d in layers]}
    d = blobs.add(as_json(m), OCI + "manifest.v1+json", annotations=named(TAG))
    return blobs.archive([d], [entry("blobs/sha256/" + digest(image.config), [TAG],
                                     ["blobs/sha256/" + x["digest"][7:] for x in layers])])


@builder
def docker_25_by_digest(image, other):
    """moby #47210: docker save NAME@DIGEST names nothing, in the index neither."""
    blobs = Blobs()
    _, names = blobs.manifest(image, plain, "")
    return blobs.archive(None, [entry("blobs/sha256/" + digest(image.config), None, names)])


@builder
def docker_29_containerd(image, other):
    """With containerd's store: the index as it was pulled, of which only this platform's blobs are there."""
    blobs = Blobs()
    d, names = blobs.manifest(image)
    absent = {"mediaType": OCI + "manifest.v1+json", "digest": "sha256:" + "a" * 64, "size": 528, "platform": ARM64}
    top = blobs.index([d | {"platform": AMD64}, absent, blobs.attestation(d)], annotations=named(TAG))
    return blobs.archive([top], [entry("blobs/sha256/" + digest(image.config), [TAG], names)], typed=False)


# ---- What is made of containerd: nerdctl, ctr, buildx ----


@builder
def nerdctl_save(image, other):
    """nerdctl save and ctr image export; layers as they were pulled, types of Docker."""
    blobs = Blobs()
    d, names = blobs.manifest(image, docker=True)
    return blobs.archive([d | {"annotations": named(TAG)}], [entry("blobs/sha256/" + digest(image.config), [TAG], names)],
                         typed=False)


@builder
def ctr_export_skip_manifest_json(image, other):
    blobs = Blobs()
    d, _ = blobs.manifest(image, docker=True)
    return blobs.archive([d | {"annotations": named(TAG)}], typed=False)


@builder
def buildx_docker(image, other):
    """buildx build --output type=docker"""
    blobs = Blobs()
    d, names = blobs.manifest(image, docker=True)
    d |= {"annotations": named(TAG) | {"org.opencontainers.image.created": "2024-01-01T00:00:00Z"}, "platform": AMD64}
    return blobs.archive([d], [entry("blobs/sha256/" + digest(image.config), [TAG], names)])


def buildx(image, other, how, suffix):
    blobs = Blobs()
    one, _ = blobs.manifest(image, how, suffix, platform=AMD64)
    two, _ = blobs.manifest(other, how, suffix, platform=ARM64)
    top = blobs.index([one, two, blobs.attestation(one), blobs.attestation(two)], annotations=named(TAG))
    return blobs.archive([top])


@builder
def buildx_oci_platforms(image, other):
    """buildx build --output type=oci --platform linux/amd64,linux/arm64: an index with attestations for each."""
    return buildx(image, other, gz, "+gzip")


@builder
def buildx_oci_zstd_platforms(image, other):
    """With compression=zstd."""
    return buildx(image, other, zstd, "+zstd")


@builder
def buildx_oci_single(image, other):
    """Of one platform; the index has it and its attestation."""
    blobs = Blobs()
    d, _ = blobs.manifest(image, platform=AMD64)
    return blobs.archive([blobs.index([d, blobs.attestation(d)], annotations=named(TAG))])


@builder
def buildx_oci_plain(image, other):
    """With provenance=false and no name: one manifest that nothing names."""
    blobs = Blobs()
    d, _ = blobs.manifest(image)
    return blobs.archive([d | {"annotations": {"org.opencontainers.image.created": "2024-01-01T00:00:00Z"}}])


# ---- go-containerregistry: kaniko, ko, crane, apko; and bazel's rules_docker ----


def ggcr(images, how=gz):
    """Config "sha256:<hex>", then its layers "<hex>.tar.gz", each once; manifest.json at the end."""
    archive, entries = Archive(), []
    for image in images:
        archive.put("sha256:" + digest(image.config), image.config)
        names = []
        for tar in image.tars:
            data = how(tar)
            names.append(digest(data) + ".tar.gz")
            archive.put(names[-1], data)
        entries.append(entry("sha256:" + digest(image.config), [image.tag], names))
    archive.put("manifest.json", as_json(entries))
    return archive.done()


@builder
def kaniko(image, other):
    """kaniko --tar-path, ko build --tarball, crane pull, apko build"""
    return ggcr([image])


@builder
def kaniko_zstd(image, other):
    """kaniko --compression zstd: named .tar.gz all the same."""
    return ggcr([image], zstd)


@builder
def crane_several(image, other):
    return ggcr([image, other])


@builder
def crane_legacy(image, other):
    """crane pull --format legacy: Docker's old form without folders; LayerSources is there and empty."""
    archive = Archive()
    config = digest(image.config) + ".json"
    archive.put(config, image.config)
    names = []
    for v1, tar in zip(image.v1_ids(), image.tars):
        names.append(v1 + "/layer.tar")
        archive.put(names[-1], tar)
        archive.put(v1 + "/json", as_json({"id": v1}))
        archive.put(v1 + "/VERSION", b"1.0")
    archive.put("manifest.json", as_json([entry(config, [TAG], names, LayerSources={})]))
    archive.put("repositories", as_json({"example.com/app": {"1.0": image.v1_ids()[-1]}}))
    return archive.done()


@builder
def bazel_rules_docker(image, other):
    """Written by Python's tarfile: records of 10 KiB; layers before the config's list."""
    archive = Archive(10240)
    config = digest(image.config) + ".json"
    archive.put(config, image.config)
    names = [v1 + "/layer.tar" for v1 in image.v1_ids()]
    for name, tar in zip(names, image.tars):
        archive.put(os.path.dirname(name) + "/json", b"{}")
        archive.put(name, tar)
    archive.put("repositories", b"{}")
    archive.put("manifest.json", as_json([entry(config, [TAG], names)]))
    return archive.done()


@builder
def bazel_rules_oci(image, other):
    """oci_tarball and oci_load: layers blobs/sha256/<hex>.tar.gz, manifest.json first; a tag of nothing behind the others."""
    archive = Archive(10240)
    names = ["blobs/sha256/" + digest(gz(t)) + ".tar.gz" for t in image.tars]
    archive.put("manifest.json", as_json([entry("blobs/sha256/" + digest(image.config), [TAG, ""], names)]))
    archive.folder("blobs/")
    archive.folder("blobs/sha256/")
    archive.put("blobs/sha256/" + digest(image.config), image.config)
    for name, tar in zip(names, image.tars):
        archive.put(name, gz(tar))
    return archive.done()


# ---- Others ----


@builder
def jib_docker(image, other):
    """jib's buildTar: the config is config.json, which states no digest."""
    archive = Archive()
    names = []
    for tar in image.tars:
        names.append(digest(gz(tar)) + ".tar.gz")
        archive.put(names[-1], gz(tar))
    archive.put("config.json", image.config)
    archive.put("manifest.json", as_json([entry("config.json", [TAG], names)]))
    return archive.done()


@builder
def jib_oci(image, other):
    """With the format OCI: the index calls it by its whole name."""
    blobs = Blobs()
    d, _ = blobs.manifest(image)
    return blobs.archive([d | {"annotations": {"org.opencontainers.image.ref.name": TAG}}], folders=False)


@builder
def nix_streamed(image, other):
    """dockerTools.streamLayeredImage, compressed as its buildLayeredImage is."""
    archive = Archive(10240)
    names = [digest(t) + "/layer.tar" for t in image.tars]
    for name, tar in zip(names, image.tars):
        archive.put(name, tar)
    archive.put(digest(image.config) + ".json", image.config)
    archive.put("manifest.json", as_json([entry(digest(image.config) + ".json", [TAG], names)]))
    return gz(archive.done())


def containers_image(images):
    """
    podman save, buildah push and skopeo copy to docker-archive: layers "<diff_id>.tar", links to them in folders of the old
    form, manifest.json names the former.
    """
    archive, entries = Archive(), []
    for image in images:
        names = []
        for v1, tar in zip(image.v1_ids(), image.tars):
            names.append(digest(tar) + ".tar")
            archive.put(names[-1], tar, mode=0o444)
            archive.put(v1 + "/layer.tar", kind=tarfile.SYMTYPE, link="../" + names[-1])
            archive.put(v1 + "/VERSION", b"1.0")
            archive.put(v1 + "/json", as_json({"id": v1}))
        archive.put(digest(image.config) + ".json", image.config, mode=0o444)
        entries.append(entry(digest(image.config) + ".json", [image.tag], names))
    archive.put("manifest.json", as_json(entries), mode=0o444)
    archive.put("repositories", b"{}", mode=0o444)
    return archive.done()


@builder
def podman(image, other):
    return containers_image([image])


@builder
def podman_several(image, other):
    """podman save --multi-image-archive"""
    return containers_image([image, other])


def main():
    case, other_case, folder = sys.argv[1:]
    image, other = Image(case, TAG), Image(other_case, OTHER_TAG)
    for function in BUILDERS:
        name = function.__name__.replace("_", "-")
        with open(os.path.join(folder, name), "wb") as f:
            f.write(function(image, other))
        print(name)


main()
