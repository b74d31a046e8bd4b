"""Archives and layouts of images, good and hostile: python3 tests/mkarchive.py FOLDER

Makes FOLDER/NAME for each case() below, always the same bytes. What must come of each is in
tests/fixtures/archive/cases.tsv; the image is the same wherever it can be: two small layers.
"""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

OUT = sys.argv[1]
OCI = "application/vnd.oci.image."
DOCKER = "application/vnd.docker."
HEX = "0123456789abcdef" * 4


def case(build):
    name = build.__name__.replace("_", "-")
    result = build()
    path = os.path.join(OUT, name)
    if isinstance(result, dict):
        for member, data in result.items():
            full = os.path.join(path, member)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as f:
                f.write(data)
    elif result is not None:
        with open(path, "wb") as f:
            f.write(result)
    return build


def text(value):
    return json.dumps(value, separators=(",", ":")).encode()


def sha(data):
    return hashlib.sha256(data).hexdigest()


def entry(name, data=b"", kind=tarfile.REGTYPE, link="", **more):
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname, info.mtime = kind, len(data), link, 1704067200
    for key, value in more.items():
        setattr(info, key, value)
    return info, data


def tar(entries, form=tarfile.GNU_FORMAT, end=True):
    """Of a dict of files or a list of entry()."""
    if isinstance(entries, dict):
        entries = [entry(name, data) for name, data in entries.items()]
    out = io.BytesIO()
    for info, data in entries:
        out.write(info.tobuf(form, "utf-8", "surrogateescape"))
        out.write(data + b"\0" * (-len(data) % 512))
    return out.getvalue() + (b"\0" * 10240 if end else b"")


LAYERS = [tar({"etc/os-release": b"ID=test\n" * 100}), tar({"etc/.wh.x": b"", "bin/y": b"y" * 3000})]


def config(layers=LAYERS, platform="linux/amd64", **more):
    os_name, arch, *variant = platform.split("/")
    c = {
        "os": os_name,
        "architecture": arch,
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + sha(x) for x in layers]},
        "history": [{"created_by": "FROM base"}, {"created_by": "ENV x", "empty_layer": True}]
        + [{"created_by": "RUN %d" % i} for i in range(1, len(layers))],
    }
    if variant:
        c["variant"] = variant[0]
    c.update(more)
    return c


# ---- docker save ----


def docker(layers=LAYERS, tags=("example.com/app:1",), stored=None, conf=None, names=None):
    conf = text(conf if conf is not None else config(layers))
    names = names or [sha(x) + "/layer.tar" for x in layers]
    files = {sha(conf) + ".json": conf}
    for name, data in zip(names, stored or layers):
        files[name] = data
    files["manifest.json"] = text([{"Config": sha(conf) + ".json", "RepoTags": list(tags), "Layers": names}])
    return files


def docker_with(**members):
    """The usual archive with members of manifest.json's first image changed; None takes one away."""
    files = docker()
    m = json.loads(files["manifest.json"])
    m[0].update(members)
    m[0] = {k: v for k, v in m[0].items() if v is not None}
    files["manifest.json"] = text(m)
    return files


def blob_image(layers=LAYERS, conf=None, tag="example.com/app:1", **more):
    """Of one image, as Docker since 25 stores it: its blobs, the entry of index.json, that of manifest.json."""
    conf = text(conf if conf is not None else config())
    names = ["blobs/sha256/" + sha(x) for x in LAYERS]
    m = text({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
              "config": {"mediaType": OCI + "config.v1+json", "digest": "sha256:" + sha(conf), "size": len(conf)},
              "layers": [{"mediaType": OCI + "layer.v1.tar", "digest": "sha256:" + sha(x), "size": len(x)}
                         for x in layers]})
    files = dict(zip(names, LAYERS)) | {"blobs/sha256/" + sha(x): x for x in (conf, m)}
    d = {"mediaType": OCI + "manifest.v1+json", "digest": "sha256:" + sha(m), "size": len(m)}
    if tag:
        d["annotations"] = {"io.containerd.image.name": tag, "org.opencontainers.image.ref.name": tag.split(":")[-1]}
    d.update(more)
    return files, d, {"Config": "blobs/sha256/" + sha(conf), "RepoTags": [tag] if tag else None, "Layers": names}


def both(images, index=None):
    """docker save and OCI layout at once; index: the images of index.json, if they are others."""
    files = {}
    for blobs, _, _ in images + (index or []):
        files |= blobs
    files["index.json"] = text({"schemaVersion": 2, "manifests": [d for _, d, _ in index or images]})
    files["oci-layout"] = text({"imageLayoutVersion": "1.0.0"})
    files["manifest.json"] = text([m for _, _, m in images])
    return tar(files)


OTHER = config(history=[{"created_by": "FROM other"}, {"created_by": "RUN other"}])


@case
def both_agree():
    return both([blob_image()])


@case
def both_differ():
    return both([blob_image()], [blob_image(conf=OTHER, tag=None)])


@case
def both_differ_beside():
    """One entry leads to the same image, another that carries its name does not."""
    return both([blob_image()], [blob_image(), blob_image(conf=OTHER)])


@case
def both_differ_platform():
    """An index of the platform that manifest.json's image has leads elsewhere."""
    inner = blob_image(conf=OTHER, platform={"os": "linux", "architecture": "amd64"})
    files, _, m = blob_image()
    index = text({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": [inner[1]]})
    d = {"mediaType": OCI + "index.v1+json", "digest": "sha256:" + sha(index), "size": len(index)}
    return both([(files, None, m)], [({"blobs/sha256/" + sha(index): index} | inner[0], d, None)])


@case
def both_platforms():
    """As containerd saves it: an index of which only this platform's blobs are there."""
    inner = blob_image(tag=None, platform={"os": "linux", "architecture": "amd64"})
    absent = {"mediaType": OCI + "manifest.v1+json", "digest": "sha256:" + HEX, "size": 9,
              "platform": {"os": "linux", "architecture": "arm64"}}
    index = text({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": [absent, inner[1]]})
    d = {"mediaType": OCI + "index.v1+json", "digest": "sha256:" + sha(index), "size": len(index)}
    return both([(inner[0], None, inner[2])], [({"blobs/sha256/" + sha(index): index}, d, None)])


@case
def both_several():
    return both([blob_image(), blob_image(conf=OTHER, tag="example.com/other:2")])


@case
def both_swapped():
    images = [blob_image(), blob_image(conf=OTHER, tag="example.com/other:2")]
    return both(images, [blob_image(conf=OTHER), blob_image(tag="example.com/other:2")])


@case
def both_unnamed_twin():
    """The same manifest stands before, where nothing names it."""
    return both([blob_image()], [blob_image(conf=OTHER, tag=None), blob_image(conf=OTHER)])


def both_other_manifest(change, **more):
    """A manifest that carries the image's name, leads to another and was changed."""
    files, d, _ = blob_image(conf=OTHER)
    m = json.loads(files.pop("blobs/sha256/" + d["digest"][7:]))
    change(m)
    m = text(m)
    files["blobs/sha256/" + sha(m)] = m
    return both([blob_image()], [(files, d | {"digest": "sha256:" + sha(m), "size": len(m)} | more, None)])


@case
def both_artifact_type():
    return both_other_manifest(lambda m: m.update(artifactType="application/x-thing"))


@case
def both_layer_type():
    return both_other_manifest(lambda m: m["layers"][0].update(mediaType="application/tar"))


@case
def both_no_layers_differ():
    return both_other_manifest(lambda m: m.update(layers=[]))


@case
def both_attestation_note():
    """What is annotated as an attestation is loaded all the same."""
    other = blob_image(conf=OTHER)
    other[1]["annotations"]["vnd.docker.reference.type"] = "attestation-manifest"
    return both([blob_image()], [blob_image(tag="example.com/other:2"), other])


@case
def both_unknown_platform():
    other = blob_image(conf=OTHER, platform={"os": "unknown", "architecture": "unknown"})
    return both([blob_image()], [blob_image(tag=None), other])


@case
def both_unknown_type():
    return both([blob_image()], [blob_image(tag=None), blob_image(conf=OTHER, mediaType="application/x-thing")])


@case
def both_type_case():
    other = blob_image(conf=OTHER, mediaType="application/x-thing", MediaType=OCI + "manifest.v1+json")
    return both([blob_image()], [blob_image(tag=None), other])


@case
def both_foreign_name():
    """An image by a name that manifest.json does not know."""
    return both([blob_image()], [blob_image(), blob_image(conf=OTHER, tag="example.com/app:latest")])


@case
def both_foreign_name_agrees():
    return both([blob_image()], [blob_image(), blob_image(tag="example.com/app:latest")])


@case
def both_second_tag():
    """The image has two names; the second leads elsewhere."""
    files, d, m = blob_image()
    m["RepoTags"].append("example.com/app:2")
    return both([(files, d, m)], [(files, d, None), blob_image(conf=OTHER, tag="example.com/app:2")])


@case
def both_ref_name_alone():
    """By its reference it is the archive's second image, by the name that containerd takes it is none."""
    images = [blob_image(), blob_image(conf=OTHER, tag="example.com/other:2")]
    third = blob_image(conf=config(history=[]), tag="example.com/third:3")
    third[1]["annotations"]["org.opencontainers.image.ref.name"] = "example.com/other:2"
    return both(images, images + [third])


@case
def both_no_blob():
    files, d, m = blob_image()
    files.pop("blobs/sha256/" + d["digest"][7:])
    return both([(files, d, m)])


@case
def both_index_twice():
    return tar([entry("index.json", b"{}")], end=False) + both_agree()


@case
def docker_old():
    return tar(docker())


@case
def docker_25():
    """25.0.0: the OCI part has no layers."""
    return both([blob_image(layers=[])])


@case
def docker_dot():
    return tar({"./" + name: data for name, data in docker().items()})


@case
def docker_pax():
    """Every spelling of a path that means the same."""
    spellings = ["%s", "/%s", ".//%s", "././%s"]
    files = docker()
    return tar({spellings[i % 4] % name: files[name] for i, name in enumerate(files)}, tarfile.PAX_FORMAT)


@case
def docker_long():
    deep = "d" * 90 + "/" + "e" * 90 + "/layer%d.tar"
    return tar(docker(names=[deep % 1, deep % 2]))


@case
def docker_long_pax():
    deep = "\u00e9" * 60 + "/" + "e" * 190 + "/layer%d.tar"
    return tar(docker(names=[deep % 1, deep % 2]), tarfile.PAX_FORMAT)


@case
def docker_links():
    """As skopeo writes it: blobs by digest, <id>/layer.tar a symbolic link, manifest.json last."""
    files = docker()
    m = json.loads(files.pop("manifest.json"))
    entries = []
    for name in m[0]["Layers"]:
        blob = name.replace("/layer.tar", ".tar")
        entries += [entry(blob, files.pop(name)), entry(name, kind=tarfile.SYMTYPE, link="../" + blob)]
    entries += [entry(name, data) for name, data in files.items()]
    return tar(entries + [entry("manifest.json", text(m))])


@case
def docker_hardlink():
    files = docker()
    names = json.loads(files["manifest.json"])[0]["Layers"]
    first = files.pop(names[0])
    return tar([entry("kept", first), entry(names[0], kind=tarfile.LNKTYPE, link="./kept", size=len(first))]
               + [entry(n, d) for n, d in files.items()])


@case
def docker_circle():
    files = docker()
    names = json.loads(files["manifest.json"])[0]["Layers"]
    files.pop(names[0])
    return tar([entry(names[0], kind=tarfile.SYMTYPE, link="../b"),
                entry("b", kind=tarfile.SYMTYPE, link=names[0])] + [entry(n, d) for n, d in files.items()])


@case
def docker_link_outside():
    files = docker()
    names = json.loads(files["manifest.json"])[0]["Layers"]
    files.pop(names[0])
    return tar([entry(names[0], kind=tarfile.SYMTYPE, link="../../../etc/passwd")]
               + [entry(n, d) for n, d in files.items()])


@case
def docker_sparse():
    files = docker()
    names = json.loads(files["manifest.json"])[0]["Layers"]
    first = files.pop(names[0])
    return tar([entry(names[0], first, kind=tarfile.GNUTYPE_SPARSE)] + [entry(n, d) for n, d in files.items()])


@case
def docker_duplicate():
    """A layer twice: the later one counts."""
    files = docker()
    names = json.loads(files["manifest.json"])[0]["Layers"]
    return tar([entry(names[0], b"not this one")] + [entry(n, d) for n, d in files.items()])


@case
def docker_two_manifests():
    files = docker()
    return tar([entry("./manifest.json", files["manifest.json"])] + [entry(n, d) for n, d in files.items()])


@case
def docker_two_configs():
    conf = text(config())
    files = docker_with(Config="x.json") | {"x.json": conf}
    return tar([entry("x.json", conf.replace(b"RUN 1", b"RUN 2"))] + [entry(n, d) for n, d in files.items()])


@case
def docker_dots():
    """Go makes manifest.json of it."""
    return tar([entry("x/../manifest.json", b"[]")] + [entry(n, d) for n, d in docker().items()])


@case
def docker_long_beside_pax():
    files = docker()
    hidden = files.pop("manifest.json")
    pax = b"14 path=decoy\n"
    return tar([entry(n, d) for n, d in files.items()]
               + [entry("x", b"manifest.json\0", kind=tarfile.GNUTYPE_LONGNAME), entry("x", pax, kind=tarfile.XHDTYPE),
                  entry("z", hidden)])


@case
def docker_pax_empty():
    """An empty path counts for nothing."""
    files = docker()
    pax = entry("x", b"8 path=\n", kind=tarfile.XHDTYPE)
    return tar([e for n, d in files.items() for e in (pax, entry(n, d))])


@case
def docker_pax_nul():
    pax = entry("x", b"24 path=manifest.json\0x\n", kind=tarfile.XHDTYPE)
    return tar([pax, entry("z", b"[]")] + [entry(n, d) for n, d in docker().items()])


@case
def docker_sparse_name():
    pax = b"33 GNU.sparse.name=manifest.json\n"
    return tar([entry("x", pax, kind=tarfile.XHDTYPE), entry("z", b"[]")] + [entry(n, d) for n, d in docker().items()])


@case
def docker_size_nul():
    """NULs before a size: to who reads it as 0, the member's bytes are a manifest.json."""
    hidden = tar({"manifest.json": b"[]"}, end=False)
    header = bytearray(tar([entry("z", hidden)], end=False)[:512])
    header[124:136] = b"\0\0\0\0%07o\0" % len(hidden)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + hidden + docker_old()


@case
def docker_size_words():
    data = bytearray(docker_old())
    data[124:136] = b"0000 0001000"
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


@case
def docker_name_long():
    return tar(docker(tags=["example.com/" + "a" * 5000 + ":1"]))


@case
def docker_same_layer():
    """One member for two layers, under two names."""
    layers = [LAYERS[0]] * 2
    files = docker(layers, stored=[gzip.compress(x, mtime=0) for x in layers], names=["a/layer.tar", "b/layer.tar"])
    files.pop("b/layer.tar")
    return tar([entry(n, d) for n, d in files.items()] + [entry("b/layer.tar", kind=tarfile.SYMTYPE, link="../a/layer.tar")])


@case
def gzip_zeros():
    return gzip.compress(b"\0" * 100000, mtime=0)


@case
def gzip_text():
    return gzip.compress(b"no tar\n" * 10000, mtime=0)


@case
def docker_gz_layers():
    return tar(docker(stored=[gzip.compress(x, mtime=0) for x in LAYERS]))


@case
def docker_gzip():
    return gzip.compress(docker_old(), mtime=0)


@case
def docker_gzip_twice():
    return gzip.compress(docker_gzip(), mtime=0)


@case
def docker_gzip_cut():
    return docker_gzip()[:-20]


@case
def docker_zstd():
    return subprocess.run(["zstd", "-q", "-c"], input=docker_old(), stdout=subprocess.PIPE, check=True).stdout


@case
def docker_xz():
    return b"\xfd7zXZ\0" + b"\0" * 600


@case
def docker_several():
    other = config(LAYERS[:1], platform="linux/arm64")
    a, b = docker(), docker(LAYERS[:1], ("docker.io/library/other:2", "other:latest"), conf=other)
    return tar(a | b | {"manifest.json": text(json.loads(a["manifest.json"]) + json.loads(b["manifest.json"]))})


@case
def docker_no_tags():
    return tar(docker_with(RepoTags=None))


@case
def docker_no_config():
    files = docker()
    return tar({n: d for n, d in files.items() if n == "manifest.json" or not n.endswith(".json")})


@case
def docker_wrong_config():
    return tar({n: d.replace(b"RUN 1", b"RUN 2") for n, d in docker().items()})


@case
def docker_config_outside():
    return tar(docker_with(Config="sha256:../../../../etc/passwd"))


@case
def docker_layer_outside():
    return tar(docker_with(Layers=["../../../../../etc/passwd", "../../etc/passwd"]))


@case
def docker_layer_absolute():
    return tar(docker_with(Layers=["/etc/passwd", "/etc/passwd"]))


@case
def docker_config_empty():
    return tar({"x.json": b"{}", "manifest.json": text([{"Config": "x.json", "RepoTags": None, "Layers": []}])})


@case
def docker_scratch():
    conf = config([])
    return tar(docker([], conf=conf))


@case
def docker_count():
    return tar(docker_with(Layers=["a", "b", "c"]))


@case
def docker_layers_10000():
    conf = config(LAYERS[:1] * 10000, history=[])
    return tar(docker(LAYERS[:1] * 10000, names=["l/layer.tar"] * 10000, conf=conf))


@case
def docker_null():
    return tar(docker_with(Layers=[None, None]))


@case
def docker_case():
    return tar(docker_with(layers=["x"]))


@case
def docker_twice():
    files = docker()
    files["manifest.json"] = files["manifest.json"].replace(b'"Layers":', b'"Layers":["x"],"Layers":')
    return tar(files)


@case
def docker_empty_list():
    return tar({"manifest.json": b"[]"})


@case
def docker_not_json():
    return tar({"manifest.json": b"<html>please sign in</html>"})


@case
def docker_large():
    return tar({"manifest.json": b"[" + b" " * (4 << 20) + b"]"})


@case
def docker_no_layer():
    files = docker()
    files.pop(json.loads(files["manifest.json"])[0]["Layers"][1])
    return tar(files)


@case
def docker_cut():
    files = docker()
    last = json.loads(files["manifest.json"])[0]["Layers"][1]
    data = files.pop(last)
    return tar(files | {last: data}, end=False)[:-2048]


@case
def docker_damaged():
    data = bytearray(docker_old())
    data[3] ^= 1
    return bytes(data)


@case
def docker_damaged_later():
    data = bytearray(docker_old())
    at = data.index(b"manifest.json")
    data[at + 20] ^= 1
    return bytes(data)


@case
def docker_size_huge():
    files = docker()
    first, *rest = [entry(n, d) for n, d in files.items()]
    first[0].size = 1 << 62
    return tar([first] + rest)


@case
def docker_size_negative():
    data = bytearray(docker_old())
    data[124:136] = b"\xff" * 12
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


@case
def docker_pax_damaged():
    bad = b"9999999 path=x\n"
    return tar([entry("x", bad, kind=tarfile.XHDTYPE)] + [entry(n, d) for n, d in docker().items()])


@case
def docker_pax_large():
    value = b"y" * (1 << 20)
    return tar([entry("x", b"1048587 p=" + value + b"\n", kind=tarfile.XHDTYPE)]
               + [entry(n, d) for n, d in docker().items()])


@case
def docker_headers():
    return tar([entry("x", b"long", kind=tarfile.GNUTYPE_LONGNAME)] * 20 + [entry(n, d) for n, d in docker().items()])


@case
def empty():
    return b""


@case
def web_page():
    return b"<!DOCTYPE html><html>sign in</html>" * 100


@case
def only_tar():
    return LAYERS[0]


# ---- OCI layouts ----


class Layout:
    def __init__(self):
        self.files = {"oci-layout": text({"imageLayoutVersion": "1.0.0"})}

    def blob(self, data, media, **more):
        self.files["blobs/sha256/" + sha(data)] = data
        d = {"mediaType": media, "digest": "sha256:" + sha(data), "size": len(data)}
        d.update(more)
        return d

    def manifest(self, platform="linux/amd64", layers=LAYERS, conf=None, change=None, entry_more=None, **more):
        m = {
            "schemaVersion": 2,
            "mediaType": OCI + "manifest.v1+json",
            "config": self.blob(text(conf if conf is not None else config(layers, platform)), OCI + "config.v1+json"),
            "layers": [self.blob(gzip.compress(x, mtime=0), OCI + "layer.v1.tar+gzip") for x in layers],
        }
        m.update(more)
        m = {k: v for k, v in m.items() if v is not None}
        data = text(m)
        if change:
            data = change(data)
        return self.blob(data, m.get("mediaType") or OCI + "manifest.v1+json", **(entry_more or {}))

    def index(self, entries, **more):
        return self.blob(text({"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": entries}),
                         OCI + "index.v1+json", **more)

    def done(self, entries, folder=False, change=None):
        data = text({"schemaVersion": 2, "manifests": entries})
        self.files["index.json"] = change(data) if change else data
        return self.files if folder else tar(self.files)


def platform(p):
    os_name, arch, *variant = p.split("/")
    ret = {"os": os_name, "architecture": arch}
    if variant:
        ret["variant"] = variant[0]
    return ret


def named(name):
    return {"org.opencontainers.image.ref.name": name}


def of_platform(layout, p, notes=None, **more):
    return layout.manifest(p, entry_more={"platform": platform(p)} | ({"annotations": notes} if notes else {}), **more)


def simple(folder=False, index_change=None, **more):
    layout = Layout()
    return layout.done([layout.manifest(**more)], folder, index_change)


@case
def oci_tar():
    return simple()


@case
def oci_folder():
    return simple(folder=True)


@case
def oci_gzip():
    return gzip.compress(simple(), mtime=0)


@case
def oci_dot():
    layout = Layout()
    layout.done([layout.manifest()])
    return tar({"./" + n: d for n, d in layout.files.items()})


@case
def oci_index():
    layout = Layout()
    attestation = layout.manifest(layers=[], conf={}, entry_more={
        "platform": platform("unknown/unknown"), "annotations": {"vnd.docker.reference.type": "attestation-manifest"}})
    nested = layout.index([of_platform(layout, p) for p in
                           ("linux/s390x", "linux/arm/v6", "linux/arm/v5", "linux/arm64/v8", "linux/amd64")] + [attestation])
    return layout.done([nested])


@case
def oci_foreign():
    layout = Layout()
    return layout.done([of_platform(layout, "linux/s390x")])


@case
def oci_attestations():
    layout = Layout()
    one = layout.manifest(entry_more={"platform": platform("unknown/unknown")})
    return layout.done([one, one])


@case
def oci_no_platforms():
    layout = Layout()
    return layout.done([layout.manifest("linux/s390x"), layout.manifest("linux/arm64"), layout.manifest("linux/amd64")])


@case
def oci_same_platform():
    layout = Layout()
    return layout.done([layout.manifest(), layout.manifest(layers=LAYERS[:1])])


@case
def oci_names():
    layout = Layout()
    return layout.done([
        layout.manifest(entry_more={"annotations": named("1.0")}),
        layout.manifest(layers=LAYERS[:1], entry_more={"annotations": named("docker.io/library/other:2.0")})])


def full(name):
    return {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.split(":")[-1]}


def two_images(first=None, second=None):
    """For one platform, each with these annotations."""
    layout = Layout()
    return layout.done([
        of_platform(layout, "linux/amd64", notes=first),
        of_platform(layout, "linux/amd64", conf=OTHER, notes=second)])


@case
def oci_two_unnamed():
    return two_images()


@case
def oci_one_unnamed():
    return two_images(None, named("1.0"))


@case
def oci_same_tag():
    """Of two repositories, as containerd calls them."""
    return two_images(full("example.com/app:1"), full("example.com/other:1"))


@case
def oci_same_name():
    return two_images(named("1.0"), named("1.0"))


@case
def oci_same_manifest():
    """One image by two names, and once more without."""
    layout = Layout()
    return layout.done([of_platform(layout, "linux/amd64", notes=n) for n in (None, full("example.com/app:1"), named("2"))])


@case
def oci_one_platform_unsaid():
    """Only its config says that the second is for the same platform."""
    layout = Layout()
    return layout.done([of_platform(layout, "linux/amd64"), layout.manifest(conf=OTHER)])


@case
def oci_other_platform_unsaid():
    layout = Layout()
    return layout.done([of_platform(layout, "linux/amd64"), layout.manifest("linux/s390x")])


@case
def oci_index_same_platform():
    """In an index below the layout's own the first counts, as in a registry."""
    layout = Layout()
    return layout.done([layout.index([of_platform(layout, "linux/amd64", conf=OTHER), of_platform(layout, "linux/amd64")])])


@case
def oci_attestation_note():
    """An annotation does not make an attestation of what is for a platform."""
    layout = Layout()
    note = {"vnd.docker.reference.type": "attestation-manifest"}
    return layout.done([layout.index([of_platform(layout, "linux/amd64", conf=OTHER, notes=note),
                                      of_platform(layout, "linux/amd64")])])


@case
def oci_attestation_unsaid():
    """One without a platform is told by what it holds."""
    layout = Layout()
    note = {"vnd.docker.reference.type": "attestation-manifest"}
    statement = layout.blob(b"{}", "application/vnd.in-toto+json")
    attestation = layout.manifest(layers=[], conf=config([]), change=lambda d: d.replace(
        b'"layers":[]', b'"layers":' + text([statement])), entry_more={"annotations": note})
    return layout.done([layout.index([attestation, layout.manifest()])])


@case
def oci_type_sentence():
    layout = Layout()
    return layout.done([layout.manifest(mediaType="x: visit https://example.com/ now") | {"mediaType": None}])


@case
def oci_artifact_sentence():
    return simple(artifactType="application/x. Visit example.com")


@case
def oci_two_tags():
    layout = Layout()
    return layout.done([layout.manifest(entry_more={"annotations": named(n)}) for n in ("1.0", "latest")])


@case
def oci_no_entries():
    return Layout().done([])


@case
def oci_digest_path():
    layout = Layout()
    return layout.done([layout.manifest() | {"digest": "sha256:../../../../../etc/passwd"}])


@case
def oci_digest_short():
    layout = Layout()
    return layout.done([layout.manifest() | {"digest": "sha256:zz"}])


@case
def oci_digest_upper():
    layout = Layout()
    d = layout.manifest()
    return layout.done([d | {"digest": "sha256:" + d["digest"][7:].upper()}])


@case
def oci_digest_sha512():
    layout = Layout()
    return layout.done([layout.manifest() | {"digest": "sha512:" + HEX + HEX}])


@case
def oci_layer_digest_path():
    return simple(layers=[], conf=config(), change=lambda d: d.replace(
        b'"layers":[]', b'"layers":[{"mediaType":"' + OCI.encode() + b'layer.v1.tar","digest":"sha256:/../x","size":1}]'))


@case
def oci_layer_digest_slash():
    """Of the right length."""
    return simple(layers=[], conf=config(), change=lambda d: d.replace(
        b'"layers":[]', b'"layers":[{"mediaType":"' + OCI.encode() + b'layer.v1.tar","digest":"sha256:../../' + b"a" * 58
        + b'","size":1}]'))


@case
def oci_config_digest_path():
    return simple(change=lambda d: d.replace(b'"digest":"sha256:', b'"digest":"sha256:../', 1))


@case
def oci_index_digest_path():
    layout = Layout()
    d = layout.index([layout.manifest() | {"digest": "sha256:../../../index.json"}])
    return layout.done([d])


@case
def oci_wrong_manifest():
    layout = Layout()
    d = layout.manifest()
    path = "blobs/sha256/" + d["digest"][7:]
    layout.files[path] = layout.files[path].replace(b"gzip", b"gzyp")
    return layout.done([d])


@case
def oci_size_wrong():
    layout = Layout()
    d = layout.manifest()
    return layout.done([d | {"size": d["size"] + 1}])


def size_case(spelling):
    return simple(index_change=lambda d: d[: d.index(b'"size":')] + b'"size":' + spelling + b"}]}")


@case
def oci_size_negative():
    return size_case(b"-1")


@case
def oci_size_float():
    return size_case(b"527.5")


@case
def oci_size_1e400():
    return size_case(b"1e400")


@case
def oci_size_2_64():
    return size_case(b"18446744073709551616")


@case
def oci_size_text():
    return size_case(b'"527"')


@case
def oci_size_large():
    return size_case(b"4194305")


@case
def oci_cycle():
    """Each of two indexes names the other: without a broken SHA-256 one of them cannot verify."""
    layout = Layout()
    a = {"mediaType": OCI + "index.v1+json", "digest": "sha256:" + HEX, "size": 0}
    b = layout.index([a])
    back = text({"schemaVersion": 2, "manifests": [b]})
    layout.files["blobs/sha256/" + HEX] = back
    return layout.done([a | {"size": len(back)}])


@case
def oci_deep():
    layout = Layout()
    d = layout.manifest()
    for _ in range(100):
        d = layout.index([d])
    return layout.done([d])


@case
def oci_deep_enough():
    layout = Layout()
    d = layout.manifest()
    for _ in range(4):
        d = layout.index([d])
    return layout.done([d])


@case
def oci_wide():
    """Indexes without a platform, each of which would have to be tried."""
    layout = Layout()
    return layout.done([layout.index([layout.manifest("linux/s390x", conf=config(LAYERS, "linux/s390x", x="%d" % i))])
                        for i in range(200)])


@case
def oci_many():
    layout = Layout()
    d = layout.manifest()
    return layout.done([d] * 10000)


@case
def oci_polyglot():
    return simple(manifests=[])


@case
def oci_polyglot_index():
    layout = Layout()
    d = layout.manifest(mediaType=OCI + "index.v1+json", manifests=[], layers=[])
    return layout.done([d])


@case
def oci_case():
    return simple(Layers=[])


@case
def oci_case_unicode():
    return simple(change=lambda d: d.replace(b'"layers"', '"layer\u017f":[],"layers"'.encode()))


@case
def oci_case_descriptor():
    return simple(change=lambda d: d.replace(b'"digest"', b'"Digest":"x","digest"', 1))


@case
def oci_case_label():
    """Labels may differ in case alone: they are not ours to read."""
    return simple(conf=config(config={"Labels": {"a": "1", "A": "2"}}))


@case
def oci_twice():
    return simple(change=lambda d: d.replace(b'"layers"', b'"layers":[],"layers"'))


@case
def oci_media_type():
    layout = Layout()
    return layout.done([layout.manifest() | {"mediaType": DOCKER + "distribution.manifest.v2+json"}])


@case
def oci_schema1():
    layout = Layout()
    m = text({"schemaVersion": 1, "name": "x", "fsLayers": [{"blobSum": "sha256:" + HEX}], "history": []})
    return layout.done([layout.blob(m, DOCKER + "distribution.manifest.v1+prettyjws")])


@case
def oci_helm():
    layout = Layout()
    c = layout.blob(b"{}", "application/vnd.cncf.helm.config.v1+json")
    return layout.done([layout.manifest(config=c)])


@case
def oci_cosign():
    """A signature has an image's config, but no file system."""
    layer = text([{"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json", "digest": "sha256:" + HEX, "size": 2}])
    return simple(layers=[], conf=config([]), change=lambda d: d.replace(b'"layers":[]', b'"layers":' + layer))


@case
def oci_artifact_type():
    return simple(artifactType="application/x-sbom")


@case
def oci_unknown_type():
    layout = Layout()
    return layout.done([layout.blob(b"{}", "application/x-thing")])


@case
def oci_config_empty():
    return simple(conf={})


@case
def oci_config_missing():
    layout = Layout()
    d = layout.manifest()
    layout.files.pop("blobs/sha256/" + sha(text(config())))
    return layout.done([d])


@case
def oci_config_wrong():
    layout = Layout()
    d = layout.manifest()
    name = "blobs/sha256/" + sha(text(config()))
    layout.files[name] = layout.files[name].replace(b"RUN 1", b"RUN 2")
    return layout.done([d])


@case
def oci_config_1gb():
    return simple(change=lambda d: d.replace(b'"size":%d' % len(text(config())), b'"size":1073741824'))


@case
def oci_count():
    return simple(conf=config(LAYERS[:1]))


@case
def oci_layers_10000():
    layers = text([{"mediaType": OCI + "layer.v1.tar", "digest": "sha256:" + HEX, "size": 1}] * 10000)
    return simple(layers=[], conf=config([]), change=lambda d: d.replace(b'"layers":[]', b'"layers":' + layers))


@case
def oci_manifest_large():
    return simple(change=lambda d: d + b" " * (41 << 17))


@case
def oci_index_large():
    return simple(index_change=lambda d: d + b" " * (4 << 20))


@case
def oci_no_layer():
    layout = Layout()
    d = layout.manifest()
    layout.files.pop("blobs/sha256/" + sha(gzip.compress(LAYERS[1], mtime=0)))
    return layout.done([d])


@case
def oci_encrypted():
    return simple(change=lambda d: d.replace(b"tar+gzip", b"tar+gzip+encrypted", 1))


@case
def oci_version():
    layout = Layout()
    layout.files["oci-layout"] = text({"imageLayoutVersion": "2.0.0"})
    return layout.done([layout.manifest()])


@case
def oci_two_indexes():
    return tar([entry("index.json", b"{}")], end=False) + simple()


@case
def oci_two_layouts():
    return tar([entry("oci-layout", b"{}")], end=False) + simple()


@case
def oci_no_index():
    return tar(Layout().files)


@case
def oci_null():
    return simple(change=lambda d: b"null")


@case
def oci_nesting():
    return simple(change=lambda d: b'{"config":' + b"[" * 100000 + b"]" * 100000 + b"}")


# ---- folders with more than files ----


def folder_of_links():
    files = simple(folder=True)
    folder = os.path.join(OUT, "oci-folder-layer-link")
    other = os.path.join(OUT, "oci-folder-layer-fifo")
    outer = os.path.join(OUT, "oci-folder-blobs-link")
    layer = "blobs/sha256/" + sha(gzip.compress(LAYERS[1], mtime=0))
    for path in (folder, other, outer):
        for name, data in files.items():
            full = os.path.join(path, name)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as f:
                f.write(data)
    os.rename(os.path.join(folder, layer), os.path.join(OUT, "stolen"))
    os.symlink(os.path.join(OUT, "stolen"), os.path.join(folder, layer))
    os.unlink(os.path.join(other, layer))
    os.mkfifo(os.path.join(other, layer))
    os.rename(os.path.join(outer, "blobs"), os.path.join(OUT, "stolen-blobs"))
    os.symlink("../stolen-blobs", os.path.join(outer, "blobs"))


folder_of_links()


def rootfs_folder():
    root = os.path.join(OUT, "rootfs-folder")
    deep = "usr/" + "l" * 120 + "/" + "m" * 120
    for name, data in (("etc/os-release", b"ID=test\n"), ("etc/passwd", b"x"), ("var/lib/dpkg/status", b"P" * 5000),
                       (deep + "/file", b"deep"), ("bin/sh", b"#!")):
        os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
        with open(os.path.join(root, name), "wb") as f:
            f.write(data)
        os.chmod(os.path.join(root, name), 0o644)
    os.symlink("/etc", os.path.join(root, "outside"))
    os.symlink("../usr/" + "t" * 150, os.path.join(root, "etc/long-link"))
    os.mkfifo(os.path.join(root, "etc/fifo"))


rootfs_folder()
