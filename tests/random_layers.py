"""An OCI layout of random layers that quarrel over the same few paths: random_layers.py SEED FOLDER

Databases of packages, links, hard links, whiteouts, opaque folders and replaced folders, so that what
scanstep merges can be compared with what another program unpacks.
"""

import gzip
import hashlib
import io
import json
import os
import random
import sys
import tarfile

FOLDERS = ["var", "var/lib", "var/lib/dpkg", "var/lib/dpkg/status.d", "lib", "lib/apk", "lib/apk/db", "usr",
           "usr/lib", "usr/lib/apk", "usr/lib/apk/db", "data", "data/dpkg", "data/dpkg/status.d", "etc", "x"]
FILES = ["var/lib/dpkg/status", "var/lib/dpkg/status.d/a", "var/lib/dpkg/status.d/b", "data/dpkg/status",
         "data/dpkg/status.d/a", "lib/apk/db/installed", "usr/lib/apk/db/installed", "x/status", "etc/copy"]
LINKS = [("var/lib", "/data"), ("var/lib", "../data"), ("var", "x"), ("lib", "usr/lib"), ("var/lib/dpkg", "/data/dpkg"),
         ("data/dpkg", "../x"), ("var/lib/dpkg/status", "/x/status"), ("var/lib/dpkg/status", "../../../etc/copy"),
         ("lib/apk", "/usr/lib/apk"), ("var/lib/dpkg/status.d", "../../../data/dpkg/status.d"),
         ("var/lib/dpkg/status.d/b", "a"), ("x", "data")]


def record(path, number):
    if "apk" in path:
        return "P:pkg%d\nV:1.%d-r0\nA:x86_64\n\n" % (number % 5, number)
    return "Package: pkg%d\nStatus: install ok installed\nArchitecture: all\nVersion: 1.%d\n\n" % (number % 5, number)


class Layer:
    def __init__(self, rng):
        self.rng = rng
        self.out = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.out, mode="w")
        self.taken = {}

    def add(self, path, kind, data=b"", link=""):
        # One layer never says two things of one path, nor puts things below what is no folder: there the unpackers differ.
        parts = path.split("/")
        for i in range(1, len(parts)):
            if self.taken.get("/".join(parts[:i]), tarfile.DIRTYPE) != tarfile.DIRTYPE:
                return
        if path in self.taken or any(p.startswith(path + "/") for p in self.taken):
            return
        for i in range(1, len(parts)):
            above = "/".join(parts[:i])
            if above not in self.taken and self.rng.random() < 0.8:
                self.entry(above, tarfile.DIRTYPE, b"", "")
        self.entry(path, kind, data, link)

    def entry(self, path, kind, data, link):
        self.taken[path] = kind
        info = tarfile.TarInfo(path)
        info.type = kind
        info.mode = 0o755
        info.size = len(data)
        info.linkname = link
        self.tar.addfile(info, io.BytesIO(data))

    def whiteout(self, path):
        if path in self.taken or any(p.startswith(path + "/") for p in self.taken):
            return
        folder, name = os.path.split(path)
        self.add(os.path.join(folder, ".wh." + name), tarfile.REGTYPE)
        self.taken[path] = tarfile.REGTYPE

    def close(self):
        self.tar.close()
        return self.out.getvalue()


def make_layer(rng, number, last):
    layer = Layer(rng)
    for step in range(rng.randint(1, 4)):
        choice = rng.random()
        if choice < 0.45:
            path = rng.choice(FILES)
            text = "".join(record(path, number * 10 + i) for i in range(rng.randint(1, 3)))
            layer.add(path, tarfile.REGTYPE, text.encode())
        elif choice < 0.65:
            path, target = rng.choice(LINKS)
            layer.add(path, tarfile.SYMTYPE, link=target)
        elif choice < 0.75:
            layer.add(rng.choice(FOLDERS), tarfile.DIRTYPE)
        elif choice < 0.9 and number:
            layer.whiteout(rng.choice(FOLDERS + FILES))
        elif number:
            folder = rng.choice(FOLDERS)
            layer.add(folder, tarfile.DIRTYPE)
            if layer.taken.get(folder) == tarfile.DIRTYPE:
                layer.add(folder + "/.wh..wh..opq", tarfile.REGTYPE)
    if last and "etc" not in layer.taken:
        layer.add("etc/os-release", tarfile.REGTYPE, b"ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n")
    return layer.close()


def main():
    rng = random.Random(int(sys.argv[1]))
    root = sys.argv[2]
    os.makedirs(root + "/blobs/sha256")

    def blob(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        with open(root + "/blobs/sha256/" + digest, "wb") as f:
            f.write(data)
        return {"mediaType": "application/vnd.oci.image." + kind, "digest": "sha256:" + digest, "size": len(data)}

    count = rng.randint(2, 6)
    tars = [make_layer(rng, i, i == count - 1) for i in range(count)]
    config = {"architecture": "amd64", "os": "linux", "config": {},
              "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(t).hexdigest() for t in tars]}}
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": blob(json.dumps(config).encode(), "config.v1+json"),
                "layers": [blob(gzip.compress(t, mtime=0), "layer.v1.tar+gzip") for t in tars]}
    top = blob(json.dumps(manifest).encode(), "manifest.v1+json")
    top["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    with open(root + "/index.json", "w") as f:
        json.dump({"schemaVersion": 2, "manifests": [top]}, f)
    with open(root + "/oci-layout", "w") as f:
        f.write('{"imageLayoutVersion": "1.0.0"}')


main()
