"""Images whose layers can be read in part, of two layers, as stargz-snapshotter and containers/storage would write them

    mkchunked.py OUT ROOT FORMAT [DAMAGE [FILES]]     an OCI layout in the folder OUT; says the size of its layers
    mkchunked.py --push HOST:PORT                     for every line "NAME ROOT FORMAT [DAMAGE [FILES]]" of standard
                                                      input NAME:1 in a registry without logins; says "NAME SIZE"

ROOT     debian: dpkg's status, and status.d, of which the second layer removes a file and changes the status.
         alpine: apk's database, names that begin with "./".
         linked: dpkg's status is a symbolic link to a hard link to a file elsewhere.
FORMAT   estargz; estargz-inner: several files in one gzip member; estargz-pieces: files in pieces of 4 KiB;
         zstd; zstd-old: with the annotations' older names; zstd-pieces: pieces of 4 KiB, zeros among them
DAMAGE   what is wrong with the first layer: see the functions named damage_NAME. "none" is nothing.
FILES    how many files nobody wants lie in the first layer, of 8000 bytes each: 600
"""

import ctypes
import ctypes.util
import functools
import gzip
import hashlib
import http.client
import io
import json
import os
import random
import struct
import sys
import tarfile

CREATED = "2024-01-01T00:00:00Z"
PIECE = 4096
OCI = "application/vnd.oci.image."
NAMES = {"0": "reg", "1": "hardlink", "2": "symlink", "3": "char", "5": "dir", "6": "fifo"}
FILE, HARD, SOFT, NODE, DIR = "0", "1", "2", "3", "5"


# Most files are in many images, so what is made of their bytes is made once.
@functools.lru_cache(None)
def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


# ---- What is in the layers: (name, type, bytes or target)

def stanza(name, version):
    return ("Package: %s\nStatus: install ok installed\nVersion: %s\nArchitecture: amd64\nSource: %s\n"
            "Description: a package\n more of it\n\n" % (name, version, name)).encode()


def status(count, version):
    return b"".join(stanza("package%d" % i, "%s.%d-1" % (version, i)) for i in range(count))


@functools.lru_cache(None)
def filler(folder, count):
    dice = random.Random(folder)
    entries = [(folder + "/", DIR, b"")]
    for i in range(count):
        entries.append(("%s/file%d" % (folder, i), FILE, dice.randbytes(8000)))
        if i % 40 == 0:
            entries.append(("%s/link%d" % (folder, i), SOFT, b"file%d" % i))
    return entries


ALPINE_RELEASE = b'ID=alpine\nVERSION_ID=3.20.1\nPRETTY_NAME="Alpine Linux v3.20"\n'
OS_RELEASE = b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
DEBIAN = [("bin", SOFT, b"usr/bin"), ("etc/", DIR, b""), ("etc/os-release", SOFT, b"../usr/lib/os-release"),
          ("usr/", DIR, b""), ("usr/lib/", DIR, b""), ("usr/lib/os-release", FILE, OS_RELEASE), ("var/", DIR, b""),
          ("var/lib/", DIR, b""), ("var/lib/dpkg/", DIR, b"")]


def debian(files):
    first = filler("usr/share", files // 2) + DEBIAN + [
        ("dev/null", NODE, b""), ("etc/empty", FILE, b""), ("var/lib/dpkg/status", FILE, status(60, 1)),
        ("var/lib/dpkg/status.d/", DIR, b""), ("var/lib/dpkg/status.d/kept", FILE, stanza("kept", "2-1")),
        ("var/lib/dpkg/status.d/gone", FILE, stanza("gone", "2-1"))] + filler("var/share", files - files // 2)
    second = [("var/lib/dpkg/", DIR, b""), ("var/lib/dpkg/status", FILE, status(60, 1) + stanza("new", "3-1")),
              ("var/lib/dpkg/status.d/.wh.gone", FILE, b"")] + filler("opt", 60)
    return [first, second]


def alpine(files):
    database = b"".join(b"C:Q1%027d=\nP:apkg%d\nV:1.%d-r0\nA:x86_64\nS:100\nI:200\nT:a package\no:apkg%d\n\n"
                        % (i, i, i, i) for i in range(40))
    entries = [("etc/", DIR, b""), ("etc/os-release", FILE, ALPINE_RELEASE),
               ("lib/", DIR, b""), ("lib/apk/db/installed", FILE, database)] + filler("usr/share", files)
    return [[("./" + n, t, b) for n, t, b in entries], [("./opt/x", FILE, b"x"), ("./opt/y", SOFT, b"x")]]


def linked(files):
    first = DEBIAN + filler("usr/share", files) + [
        ("opt/real/status", FILE, status(50, 4)), ("opt/db/status", HARD, b"opt/real/status"),
        ("var/lib/dpkg/status", SOFT, b"/opt/db/status")]
    return [first, [("opt/z", FILE, b"z")]]


# ---- Layers

def head(name, kind, payload):
    info = tarfile.TarInfo(name)
    info.type = kind.encode()
    info.mode = 0o755 if kind == DIR else 0o644
    info.mtime = 1704067200
    info.size = len(payload) if kind == FILE else 0
    info.linkname = payload.decode() if kind in (HARD, SOFT) else ""
    return info.tobuf(tarfile.GNU_FORMAT)


def padding(payload):
    return b"\0" * (-len(payload) % 512)


def pieces_of(payload, size, zeros):
    """(offset, length, is zeros) of each piece."""
    at = 0
    while at < len(payload):
        n = min(size, len(payload) - at)
        yield at, n, zeros and not payload[at:at + n].strip(b"\0")
        at += n


class Layer:
    """The bytes of a layer as they grow, and its table."""

    def __init__(self, compress, inner=0, piece=0, zeros=False):
        self.compress = compress
        self.inner = inner  # files up to this size share members
        self.piece = piece
        self.zeros = zeros
        self.blob = bytearray()
        self.open = bytearray()  # of the member under way
        self.tar = io.BytesIO()
        self.entries = []

    def put(self, data):
        self.open += data
        self.tar.write(data)

    def flush(self):
        if self.open:
            self.blob += self.compress(bytes(self.open))
            self.open.clear()

    def add(self, name, kind, payload):
        entry = {"name": name, "type": NAMES[kind], "mode": 0o755 if kind == DIR else 0o644}
        if kind in (HARD, SOFT):
            entry["linkName"] = payload.decode()
        self.entries.append(entry)
        self.put(head(name, kind, payload))
        if kind != FILE or not payload:
            return
        entry["size"] = len(payload)
        entry["digest"] = sha(payload)
        if self.inner and len(payload) <= self.inner:
            entry.update(offset=len(self.blob), innerOffset=len(self.open), chunkDigest=sha(payload))
            self.put(payload + padding(payload))
            if len(self.open) > 65536:
                self.flush()
            return
        self.flush()
        first = len(self.blob)
        pieces = list(pieces_of(payload, self.piece or len(payload), self.zeros))
        for i, (at, length, zeros) in enumerate(pieces):
            one = entry if at == 0 else {"name": name, "type": "chunk"}
            one["offset"] = len(self.blob)
            one["chunkDigest"] = sha(payload[at:at + length])
            if at:
                one["chunkOffset"] = at
                self.entries.append(one)
            if i + 1 < len(pieces):
                one["chunkSize"] = length
            if zeros:
                one["chunkType"] = "zeros"
            self.put(payload[at:at + length])
            self.flush()
        if self.zeros or self.compress is zstd:
            entry["endOffset"] = len(self.blob)
            if len(pieces) == 1:
                del entry["chunkDigest"]
            assert first < len(self.blob)
        self.put(padding(payload))


@functools.lru_cache(None)
def gz(data):
    return gzip.compress(data, 6, mtime=0)


LIBZSTD = ctypes.CDLL(ctypes.util.find_library("zstd") or "libzstd.so.1")
LIBZSTD.ZSTD_compressBound.restype = LIBZSTD.ZSTD_compress.restype = ctypes.c_size_t
LIBZSTD.ZSTD_compress.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]


@functools.lru_cache(None)
def zstd(data):
    room = ctypes.create_string_buffer(LIBZSTD.ZSTD_compressBound(ctypes.c_size_t(len(data))))
    size = LIBZSTD.ZSTD_compress(room, len(room), data, len(data), 3)
    return room.raw[:size]


def table(layer, damage):
    it = damage(layer) if damage else layer.entries
    return json.dumps(it if isinstance(it, dict) else {"version": 1, "entries": it}, indent="\t").encode()


def estargz(layer, damage):
    """The blob and its annotations."""
    landmark = ".no.prefetch.landmark"
    layer.add(landmark, FILE, b"\x0f")
    layer.flush()
    toc = table(layer, damage)
    at = len(layer.blob)
    last = head("stargz.index.json", FILE, toc) + toc + padding(toc) + bytes(1024)
    layer.tar.write(last)
    footer = bytes([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff]) + struct.pack("<H2sH", 26, b"SG", 22) + \
        b"%016xSTARGZ" % at + bytes([1, 0, 0, 0xff, 0xff]) + bytes(8)
    assert len(footer) == 51
    return layer.blob + gz(last) + footer, {"containerd.io/snapshot/stargz/toc.digest": sha(toc)}


def skippable(data):
    return struct.pack("<II", 0x184d2a50, len(data)) + data


def zstd_chunked(layer, damage, prefix="io.github.containers"):
    layer.put(bytes(1024))
    layer.flush()
    toc = table(layer, damage)
    packed = zstd(toc)
    at = len(layer.blob) + 8
    split = zstd(b"{}\n")
    footer = struct.pack("<7Q", at, len(packed), len(toc), 1, at + len(packed) + 8, len(split), 3) + b"GNUlInUx"
    blob = layer.blob + skippable(packed) + skippable(split) + skippable(footer)
    return blob, {prefix + ".zstd-chunked.manifest-checksum": sha(packed),
                  prefix + ".zstd-chunked.manifest-position": "%d:%d:%d:1" % (at, len(packed), len(toc))}


FORMATS = {
    "estargz": lambda: Layer(gz),
    "estargz-inner": lambda: Layer(gz, inner=16000),
    "estargz-pieces": lambda: Layer(gz, piece=PIECE),
    "zstd": lambda: Layer(zstd),
    "zstd-old": lambda: Layer(zstd),
    "zstd-pieces": lambda: Layer(zstd, piece=PIECE, zeros=True),
}


# ---- Damage: to the table (its entries, or all of it), which then has the digest that the manifest names

def wanted(layer):
    """The index of the entry of a file that a scan wants."""
    for i, e in enumerate(layer.entries):
        if e["type"] == "reg" and e["name"].lstrip("./").endswith(("dpkg/status", "real/status", "db/installed")):
            return i
    raise KeyError


def changed(**fields):
    def damage(layer):
        entries = [dict(e) for e in layer.entries]
        entries[wanted(layer)].update(fields)
        return entries
    return damage


def damage_offset(layer):
    return changed(offset=layer.entries[wanted(layer)]["offset"] + 7)(layer)


damage_beyond = changed(offset=1 << 50)
damage_negative = changed(offset=-5)
damage_inner = changed(innerOffset=1 << 40)
damage_inner_off = changed(innerOffset=100000)
damage_size = changed(size=10)
damage_huge = changed(size=1 << 50)
damage_digest = changed(digest=sha(b"x"), chunkDigest=sha(b"x"))
damage_no_digest = changed(digest="", chunkDigest="")
damage_sha512 = changed(digest="sha512:" + "0" * 128, chunkDigest="sha512:" + "0" * 128)
damage_type = changed(type="sparse")
damage_chunk_type = changed(chunkType="random")
damage_dotdot = changed(name="var/lib/../../etc/x")
damage_nul = changed(name="var/lib/dpkg/status\0x")


def damage_twice(layer):
    return layer.entries + [{"name": "./" + layer.entries[wanted(layer)]["name"], "type": "reg", "size": 0}]


def damage_twice_device(layer):
    return layer.entries + [{"name": layer.entries[wanted(layer)]["name"], "type": "char"}]


def damage_below(layer):
    return layer.entries + [{"name": "bin/sh", "type": "reg"}]


def damage_stray(layer):
    return [{"name": layer.entries[wanted(layer)]["name"], "type": "chunk", "offset": 5}] + layer.entries


def damage_link(layer):
    return layer.entries + [{"name": "etc/lost", "type": "symlink"}]


def damage_lost(layer):
    return layer.entries + [{"name": "etc/lost\ufffd", "type": "symlink", "linkName": "x"}]


def damage_case(layer):
    return layer.entries + [{"name": "etc/x", "Name": "etc/os-release", "type": "reg"}]


def damage_entries(layer):
    """Go's reader takes the last list, in whatever spelling."""
    return {"version": 1, "entries": damage_omitted(layer), "Entries": layer.entries}


def damage_version(layer):
    return {"version": 1, "Version": 2, "entries": layer.entries}


def zeros(size):
    """120 such files, in a few bytes."""
    return lambda layer: layer.entries + [{"name": "var/lib/dpkg/status.d/%d" % i, "type": "reg", "size": size,
                                           "chunkType": "zeros"} for i in range(120)]


damage_zeros = zeros(4 << 20)
damage_many_zeros = zeros(512 << 20)


def damage_none_left(layer):
    return []


def damage_omitted(layer):
    """Nobody can notice this one: the table is as the manifest names it, but the layer holds more."""
    return [e for e in layer.entries if not e["name"].endswith("status.d/kept")]


# ---- Damage: to what the table or the manifest were made of

def after(blob, layer, notes, how):
    at = layer.entries[wanted(layer)]["offset"]
    blob = bytes(blob)
    if how == "annotation":
        notes = {k: "sha256:" + "0" * 64 if v.startswith("sha256:") else v for k, v in notes.items()}
    elif how == "malformed":
        notes = {k: "x" for k in notes}
    elif how == "position":
        notes = {k: v if v.startswith("sha256:") else "8:100:100:1" for k, v in notes.items()}
    elif how == "cut":
        blob = blob[:-60]
    elif how == "bytes":  # the wanted file's own: any reader of the whole layer ends there, too
        blob = blob[:at + 30] + bytes([blob[at + 30] ^ 1]) + blob[at + 31:]
    elif how == "footer":
        blob = blob[:-35] + b"00000000ffffffff" + blob[-19:]
    else:
        return None
    return blob, notes


@functools.lru_cache(None)
def layer_of(root, files, i, form, how):
    entries = globals()[root](files)[i]
    layer = FORMATS[form]()
    for e in entries:
        layer.add(*e)
    damage = globals().get("damage_" + how.replace("-", "_"))
    writer = estargz if form.startswith("estargz") else zstd_chunked
    if form == "zstd-old":
        blob, notes = zstd_chunked(layer, damage, "io.containers")
    else:
        blob, notes = writer(layer, damage)
    if how == "other-table":  # piece and table changed together, but not the annotation
        was = notes
        layer = FORMATS[form]()
        for name, kind, payload in entries:
            layer.add(name, kind, payload.replace(b"package1\n", b"packageX\n"))
        blob, notes = writer(layer, None)
        notes = {k: was[k] if v.startswith("sha256:") else v for k, v in notes.items()}
    elif how != "none" and not damage:
        blob, notes = after(blob, layer, notes, how)
    return bytes(blob), notes, sha(layer.tar.getvalue())


# ---- Images

class Image:
    """Its blobs by their digests, and the manifest's descriptor."""

    def __init__(self, root, form, how="none", files="600"):
        self.blobs = {}
        layers = []
        diff_ids = []
        for i in range(len(globals()[root](0))):
            damage = how if i == 0 and how != "borrowed" else "none"
            data, notes, diff_id = layer_of(root, int(files), i, form, damage)
            if how == "borrowed" and i > 0:  # every layer names the first one's table
                notes = layers[0]["annotations"]
            diff_ids.append(diff_id)
            media = "layer.v1.tar+" + ("gzip" if form.startswith("estargz") else "zstd")
            layers.append(self.blob(data, media, annotations=notes))
        self.size = sum(d["size"] for d in layers)
        config = {"created": CREATED, "os": "linux", "architecture": "amd64",
                  "rootfs": {"type": "layers", "diff_ids": diff_ids}}
        manifest = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                    "config": self.blob(json.dumps(config).encode(), "config.v1+json"), "layers": layers}
        self.manifest = self.blob(json.dumps(manifest).encode(), "manifest.v1+json",
                                  annotations={"org.opencontainers.image.ref.name": "latest"})

    def blob(self, data, media, **more):
        self.blobs[sha(data)] = data
        return {"mediaType": OCI + media, "digest": sha(data), "size": len(data), **more}

    def write(self, out):
        os.makedirs(os.path.join(out, "blobs/sha256"), exist_ok=True)
        for digest, data in self.blobs.items():
            with open(os.path.join(out, "blobs/sha256", digest[7:]), "wb") as f:
                f.write(data)
        for name, value in (("index.json", {"schemaVersion": 2, "manifests": [self.manifest]}),
                            ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
            with open(os.path.join(out, name), "w", encoding="utf-8") as f:
                json.dump(value, f)

    def push(self, registry, name):
        for digest, data in self.blobs.items():
            if digest != self.manifest["digest"]:
                place = request(registry, "POST", "/v2/%s/blobs/uploads/" % name, b"", 202)
                place += ("&" if "?" in place else "?") + "digest=" + digest
                request(registry, "PUT", place, data, 201, "application/octet-stream")
        request(registry, "PUT", "/v2/%s/manifests/1" % name, self.blobs[self.manifest["digest"]], 201,
                self.manifest["mediaType"])


def request(registry, method, place, body, wanted, media=None):
    """The answer's Location."""
    registry.request(method, place, body, {"Content-Type": media} if media else {})
    answer = registry.getresponse()
    text = answer.read()
    if answer.status != wanted:
        raise SystemExit("%s %s: %d %s" % (method, place, answer.status, text[:200]))
    return answer.headers["Location"]


def main():
    if sys.argv[1] != "--push":
        image = Image(*sys.argv[2:])
        image.write(sys.argv[1])
        print(image.size)
        return
    registry = http.client.HTTPConnection(sys.argv[2])
    for line in sys.stdin:
        name, *what = line.split()
        image = Image(*what)
        image.push(registry, name)
        print(name, image.size)


main()
