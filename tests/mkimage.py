"""The work of mkimage.sh, where the grammar stands."""

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile

CREATED = "2024-01-01T00:00:00Z"


def fail(text):
    sys.exit("mkimage: " + text)


class Layer:
    def __init__(self, command):
        self.command = command
        self.entries = []  # (path, TarInfo type, payload)

    def add(self, path, kind, payload=b""):
        self.entries.append((path.strip("/"), kind, payload))

    def tree(self, root):
        if not os.path.isdir(root):
            fail(root + " is no folder")
        for folder, folders, files in os.walk(root):
            folders.sort()
            inside = os.path.relpath(folder, root)
            if inside != ".":
                self.add(inside, tarfile.DIRTYPE)
            for name in sorted(files):
                with open(os.path.join(folder, name), "rb") as f:
                    self.add(os.path.normpath(os.path.join(inside, name)), tarfile.REGTYPE, f.read())

    def tar(self, prefix=""):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            for path, kind, payload in self.entries:
                info = tarfile.TarInfo(prefix + path)
                info.type = kind
                info.mode = 0o755 if kind == tarfile.DIRTYPE else 0o644
                info.mtime = 1704067200
                if kind == tarfile.REGTYPE:
                    info.size = len(payload)
                    tar.addfile(info, io.BytesIO(payload))
                else:
                    info.linkname = payload.decode() if payload else ""
                    tar.addfile(info)
        return out.getvalue()


def parse(case):
    image = {"platform": "linux/amd64", "name": "example.com/%s:latest" % os.path.basename(case), "layers": []}
    layers = image["layers"]
    with open(os.path.join(case, "Layerfile"), encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            word, _, rest = line.partition(" ")
            first, _, second = rest.partition(" ")
            if word in ("platform", "name"):
                image[word] = rest
                continue
            if word == "layer":
                layers.append(Layer(rest or "COPY . /"))
                continue
            if not layers:
                fail("Layerfile:%d: %s before the first layer" % (number, word))
            if word == "tree":
                layers[-1].tree(os.path.join(case, rest))
            elif word == "dir":
                layers[-1].add(rest, tarfile.DIRTYPE)
            elif word == "file":
                layers[-1].add(first, tarfile.REGTYPE, (second + "\n").encode())
            elif word == "symlink":
                layers[-1].add(first, tarfile.SYMTYPE, second.encode())
            elif word == "hardlink":
                layers[-1].add(first, tarfile.LNKTYPE, second.encode())
            elif word == "whiteout":
                folder, name = os.path.split(rest.strip("/"))
                layers[-1].add(os.path.join(folder, ".wh." + name), tarfile.REGTYPE)
            elif word == "opaque":
                layers[-1].add(os.path.join(rest.strip("/"), ".wh..wh..opq"), tarfile.REGTYPE)
            else:
                fail("Layerfile:%d: %s is no statement" % (number, word))
    return image


def compress(data, how):
    if how == "gzip":
        return gzip.compress(data, mtime=0)
    if how == "zstd":
        return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
    if how == "none":
        return data
    return fail(how + " is no compression")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def as_json(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def config_of(image, tars):
    os_name, arch, *variant = image["platform"].split("/")
    config = {
        "created": CREATED,
        "os": os_name,
        "architecture": arch,
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest(t) for t in tars]},
        "history": [{"created": CREATED, "created_by": layer.command} for layer in image["layers"]],
    }
    if variant:
        config["variant"] = variant[0]
    return as_json(config)


def oci(image, how):
    """The files of a layout, by path."""
    tars = [layer.tar() for layer in image["layers"]]
    suffix = {"none": "", "gzip": "+gzip", "zstd": "+zstd"}[how]
    files = {}

    def blob(data, media):
        files["blobs/sha256/" + digest(data)] = data
        return {"mediaType": media, "digest": "sha256:" + digest(data), "size": len(data)}

    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": blob(config_of(image, tars), "application/vnd.oci.image.config.v1+json"),
        "layers": [
            blob(compress(t, how), "application/vnd.oci.image.layer.v1.tar" + suffix) for t in tars
        ],
    }
    entry = blob(as_json(manifest), manifest["mediaType"])
    entry["annotations"] = {"org.opencontainers.image.ref.name": image["name"].rpartition(":")[2]}
    files["index.json"] = as_json({"schemaVersion": 2, "manifests": [entry]})
    files["oci-layout"] = as_json({"imageLayoutVersion": "1.0.0"})
    return files


def docker(image, old):
    tars = [layer.tar() for layer in image["layers"]]
    config = config_of(image, tars)
    files = {}
    names = []
    for t in tars:
        name = digest(t) + "/layer.tar" if old else "blobs/sha256/" + digest(t)
        files[name] = t
        names.append(name)
    config_name = digest(config) + ".json" if old else "blobs/sha256/" + digest(config)
    files[config_name] = config
    files["manifest.json"] = as_json([{"Config": config_name, "RepoTags": [image["name"]], "Layers": names}])
    return files


def write_folder(out, files):
    for path, data in files.items():
        full = os.path.join(out, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as f:
            f.write(data)


def write_tar(out, files):
    layer = Layer("")
    for path in sorted(files):
        layer.add(path, tarfile.REGTYPE, files[path])
    with open(out, "wb") as f:
        f.write(layer.tar())


def merged(image):
    together = Layer("")
    seen = {}
    for layer in image["layers"]:
        for entry in layer.entries:
            if ".wh." in entry[0]:
                fail("a root file system cannot be made of layers with whiteouts")
            seen[entry[0]] = entry
    together.entries = list(seen.values())
    return together


def write_rootfs_folder(out, layer):
    for path, kind, payload in layer.entries:
        full = os.path.join(out, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if kind == tarfile.DIRTYPE:
            os.makedirs(full, exist_ok=True)
        elif kind == tarfile.SYMTYPE:
            os.symlink(payload.decode(), full)
        elif kind == tarfile.LNKTYPE:
            os.link(os.path.join(out, payload.decode()), full)
        else:
            with open(full, "wb") as f:
                f.write(payload)


def main():
    if len(sys.argv) != 5:
        fail("usage: mkimage.sh CASE FORM COMPRESSION OUT")
    case, form, how, out = sys.argv[1:]
    image = parse(case.rstrip("/"))
    if form in ("oci", "rootfs-dir"):
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
    if form == "oci":
        write_folder(out, oci(image, how))
    elif form == "oci-tar":
        write_tar(out, oci(image, how))
    elif form in ("docker", "docker-old"):
        write_tar(out, docker(image, form == "docker-old"))
    elif form == "rootfs-dir":
        write_rootfs_folder(out, merged(image))
    elif form == "rootfs":
        with open(out, "wb") as f:
            f.write(compress(merged(image).tar(), how))
    else:
        fail(form + " is no form")


if __name__ == "__main__":
    main()
