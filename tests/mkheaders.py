"""Archives whose tar headers tools read differently: python3 tests/mkheaders.py FOLDER

Makes FOLDER/docker-NAME, an archive of docker save, and FOLDER/oci-NAME, a tar of an OCI layout, for each row of ODD
and FINE below: the row's members in front of a good image's, or behind them (NAME-behind). FOLDER/first-NAME has
them alone, as an engine may send them first. Prints a line for each: NAME, and what the refusal says ("-" for FINE).
Engines read with Go's archive/tar; a row of ODD is something else to it than to other readers, or to those who unpack.
"""

import hashlib
import io
import json
import os
import sys
import tarfile

OUT = sys.argv[1]
USTAR, GNU, V7 = b"ustar\x0000", b"ustar  \0", b"\0" * 8
OCI = "application/vnd.oci.image."


def header(name, size=0, kind=b"0", magic=USTAR, link=b"", prefix=b"", at=()):
    """at: bytes to put at places of their own."""
    h = bytearray(512)
    for place, value in ((0, name), (100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0"),
                         (124, b"%011o\0" % size), (136, b"00000000000\0"), (148, b" " * 8), (156, kind), (157, link),
                         (257, magic), (345, prefix), *at):
        h[place:place + len(value)] = value
    h[148:156] = b"%06o\0 " % sum(h)
    return bytes(h)


def member(name, data=b"", **more):
    return header(name, len(data), **more) + data + b"\0" * (-len(data) % 512)


def pax(*records, kind=b"x"):
    data = b""
    for record in records:
        size = len(record) + 3
        while len(b"%d %s\n" % (size, record)) != size:
            size += 1
        data += b"%d %s\n" % (size, record)
    return member(b"pax", data, kind=kind)


HIDDEN = member(b"hidden", b"{}")
INNER = header(b"inner", 1024)
BASE256 = b"\x80" + b"\0" * 7 + b"\x60\0\0\0"
TOO_LARGE = b"\x80" + b"\xff" * 11

# What is refused: members, and what the sentence says.
PREFIX, SPARSE, SLASH, BELOW = "a prefix in a GNU header", "a sparse file", "a folder's name", "is no folder, but"
BARE = "a size for a member without a body"
ODD = {
    "gnu-prefix": (member(b"config.json", b"{}", magic=GNU, prefix=b"c"), PREFIX),
    "gnu-prefix-digits": (member(b"config.json", b"{}", magic=GNU, prefix=b"1 2"), PREFIX),
    "gnu-prefix-overflow": (member(b"config.json", b"{}", magic=GNU, prefix=b"12345670123\0" + TOO_LARGE), PREFIX),
    "gnu-no-version": (member(b"config.json", b"{}", magic=b"ustar 00", prefix=b"c"), "a prefix under an unknown magic"),
    "sparse-name": (pax(b"GNU.sparse.name=a") + member(b"b", b"{}"), SPARSE),
    "sparse-version": (pax(b"GNU.sparse.name=a", b"GNU.sparse.major=2", b"GNU.sparse.minor=0") + member(b"b", b"{}"), SPARSE),
    "sparse-map": (pax(b"GNU.sparse.name=a", b"GNU.sparse.map=0,2", b"GNU.sparse.numblocks=1", b"GNU.sparse.size=2")
                   + member(b"b", b"{}"), SPARSE),
    "sparse-more": (member(b"hole", b"\0" * 512 + INNER, kind=b"S", magic=GNU, at=[(482, b"\1"), (483, b"%011o\0" % 1024)])
                    + HIDDEN, SPARSE),
    "sparse-old": (member(b"hole", b"x" * 512, kind=b"S", magic=GNU), SPARSE),
    "slash": (member(b"opt/", HIDDEN, kind=b"\0"), SLASH),
    "slash-gnu": (member(b"opt/", HIDDEN, kind=b"\0", magic=GNU), SLASH),
    "slash-v7": (member(b"opt/", HIDDEN, kind=b"\0", magic=V7), SLASH),
    "slash-file": (member(b"opt/", HIDDEN), SLASH),
    "slash-pax": (pax(b"path=opt/") + member(b"opt", HIDDEN, kind=b"\0"), SLASH),
    "slash-pax-size": (pax(b"size=%d" % len(HIDDEN)) + header(b"opt/", 0, kind=b"\0") + HIDDEN, SLASH),
    "slash-long": (member(b"long", b"opt/\0", kind=b"L", magic=GNU) + member(b"x", HIDDEN, kind=b"\0", magic=GNU), SLASH),
    "global-path": (pax(b"path=manifest.json", kind=b"g") + member(b"b", b"{}"), "a global path"),
    "global-size": (pax(b"size=1024", kind=b"g") + member(b"b", b"{}"), "a global path"),
    "global-sparse": (pax(b"GNU.sparse.name=a", kind=b"g") + member(b"b", b"{}"), "a global path"),
    "pax-size-link": (pax(b"size=%d" % len(HIDDEN)) + header(b"a", kind=b"1", link=b"b") + HIDDEN, BARE),
    "pax-size-folder": (pax(b"size=%d" % len(HIDDEN)) + header(b"a/", kind=b"5") + HIDDEN, BARE),
    "pax-solaris": (pax(b"path=manifest.json", kind=b"X") + member(b"b", b"{}"), "a pax header of another kind"),
    "link-long": (member(b"long", b"./" * 2100 + b"tmp\0", kind=b"K", magic=GNU) + header(b"q", kind=b"2", magic=GNU),
                  "a link to too long a path"),
    "no-name": (header(b"/", kind=b"2", link=b"tmp"), "a member without a name"),
    "no-name-file": (member(b"./", b"", kind=b"1", link=b"tmp"), "a member without a name"),
}
# These are of an archive, not of a header: an engine's stream has its layers by their digests.
TREE = {
    "below-link": (header(b"q", kind=b"2", link=b"c") + member(b"q/config.json", b"{}"), BELOW),
    "below-later-link": (member(b"q/config.json", b"{}") + header(b"q", kind=b"2", link=b"d"), BELOW),
    "below-folder-and-link": (header(b"q/", kind=b"5") + member(b"q/deep/config.json", b"{}")
                              + header(b"q", kind=b"2", link=b"d"), BELOW),
    "below-hardlink": (header(b"q", kind=b"1", link=b"c") + member(b"q/config.json", b"{}"), BELOW),
    "below-file": (member(b"q", b"x") + member(b"q-1", b"x") + member(b"q/config.json", b"{}"), BELOW),
    "below-device": (header(b"q", kind=b"3") + member(b"q/config.json", b"{}"), BELOW),
}
# What is read: the same to all.
FINE = {
    "plain": b"",
    "gnu-times": member(b"a", b"x", magic=GNU, prefix=b"14571234567\0" + b"14571234567\0"),
    "gnu-times-base256": member(b"a", b"x", magic=GNU, prefix=BASE256 + b"\xff" * 12),
    "prefix": member(b"a", b"x", prefix=b"some/folder"),
    "prefix-v7": member(b"a", b"x", magic=V7, prefix=b"some/folder"),
    "folder-v7": member(b"opt/", kind=b"\0", magic=V7) + member(b"opt/x", b"x", magic=V7),
    "folder-file": member(b"opt/") + member(b"opt/x", b"x"),
    "folder-size": header(b"opt/", 4096, kind=b"5") + member(b"opt/x", b"x"),
    "root": header(b"./", kind=b"5"),
    "leaf-link": member(b"x/layer.tar", b"x") + header(b"y/layer.tar", kind=b"2", link=b"../x/layer.tar"),
    "like-named": member(b"q", b"x") + member(b"q-1/x", b"x") + member(b"q0/x", b"x"),
    "global-comment": pax(b"comment=0123456789abcdef", kind=b"g"),
    "hardlink-size": member(b"x/layer.tar", b"x") + header(b"y", 512, kind=b"1", link=b"x/layer.tar"),
    "global-empty": pax(b"path=", kind=b"g") + member(b"a", b"x"),
    "pax-twice": pax(b"path=a", b"path=b", b"mtime=1.5") + member(b"c", b"x"),
}


def text(value):
    return json.dumps(value).encode()


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def layer():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        info = tarfile.TarInfo("etc/os-release")
        info.size = 8
        tar.addfile(info, io.BytesIO(b"ID=test\n"))
    return out.getvalue()


LAYER = layer()
CONFIG = text({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [digest(LAYER)]}})


def described(kind, data):
    return {"mediaType": OCI + kind, "digest": digest(data), "size": len(data)}


MANIFEST = text({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                 "config": described("config.v1+json", CONFIG), "layers": [described("layer.v1.tar", LAYER)]})
DOCKER = {"c/config.json": CONFIG, "l/layer.tar": LAYER,
          "manifest.json": text([{"Config": "c/config.json", "RepoTags": ["app:1"], "Layers": ["l/layer.tar"]}])}
LAYOUT = {"oci-layout": text({"imageLayoutVersion": "1.0.0"}),
          "index.json": text({"schemaVersion": 2, "manifests": [described("manifest.v1+json", MANIFEST)]})}
LAYOUT |= {"blobs/sha256/" + digest(x)[7:]: x for x in (LAYER, CONFIG, MANIFEST)}


def put(name, *parts):
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(b"".join(parts))


def links():
    """Ways to a config that a file system and a reader of tars go differently."""
    def archive(config, *members):
        files = {"l/layer.tar": LAYER, "b/f": CONFIG,
                 "manifest.json": text([{"Config": config, "RepoTags": ["app:1"], "Layers": ["l/layer.tar"]}])}
        return b"".join([member(n.encode(), d) for n, d in files.items()]) + b"".join(members) + b"\0" * 1024

    put("link-up-behind-link", archive("x.json", header(b"q", kind=b"2", link=b"deep/er"),
                                       header(b"x.json", kind=b"2", link=b"q/../b/f")))
    put("link-hard-to-soft", archive("a/x", header(b"b/y", kind=b"2", link=b"f"), header(b"a/x", kind=b"1", link=b"b/y")))
    put("link-good", archive("a/x", header(b"a/x", kind=b"2", link=b"../b/f")))
    put("link-good-hard", archive("a/x", header(b"a/x", kind=b"1", link=b"b/f")))


def main():
    rows = [(n, d, says) for n, (d, says) in {**ODD, **TREE}.items()] + [(n, d, "-") for n, d in FINE.items()]
    for name, data, says in rows:
        for form, files in (("docker", DOCKER), ("oci", LAYOUT)):
            good = b"".join(member(n.encode(), d) for n, d in files.items())
            put("%s-%s" % (form, name), data, good, b"\0" * 1024)
            put("%s-%s-behind" % (form, name), good, data, b"\0" * 1024)
        put("first-" + name, data)
        print(name, says, "tree" if name in TREE else "header", sep="\t")
    links()


main()
