#!/usr/bin/env python3
"""
Hostile layers, made here and never kept: one function an attack.

    hostile_layers.py DRIVER PROGRAM FOLDER [ATTACK...]
    hostile_layers.py --seeds FOLDER

The second form writes the small layers alone, as what a fuzzer begins with. DRIVER prints one layer's inventory, PROGRAM is scanstep, FOLDER is for the layers. ATTACK narrows it to names that
begin so ("A12"); an attack that made a name for itself carries it ("CVE-2022-2879"). HOSTILE_HUGE=1 runs what takes minutes, too. Prints TAP.

Every layer holds beside its attack a good os-release and a good dpkg status of one package, bash: so the answer is
0 with exactly that package, or 4 with a reason that says what was attacked, never 0 with anything less.
"""
import gzip
import hashlib
import json
import os
import queue
import re
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

MEMORY_MOST = 200 << 10  # KiB that a process may take; AddressSanitizer's shadow is not counted
SEED_MOST = 64 << 10
WORKERS = 2
SANITIZED = os.environ.get("SCANSTEP_SANDBOX") == "off"

# ---- tar by hand ----


def number(value, width):
    """Octal, or base 256 where that is too short."""
    if value < 8 ** (width - 1):
        return b"%0*o\0" % (width - 1, value)
    return bytes([0x80 | (value >> (8 * (width - 1)))]) + value.to_bytes(width, "big")[1:]


def header(name, size=0, kind=b"0", link=b"", mode=0o644, raw_size=None, tail=b"", magic=b"ustar\00000"):
    head = bytearray(512)
    for at, field in (
        (0, name[:100]),
        (100, number(mode, 8)),
        (108, number(0, 8)),
        (116, number(0, 8)),
        (124, raw_size if raw_size is not None else number(size, 12)),
        (136, number(0, 12)),
        (148, b" " * 8),
        (156, kind),
        (157, link[:100]),
        (257, magic),
        (345, tail),
    ):
        head[at : at + len(field)] = field
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head)


def padded(data):
    return data + bytes(-len(data) % 512)


def entry(name, data=b"", **options):
    name = name.encode() if isinstance(name, str) else name
    return header(name, options.pop("size", len(data)), **options) + padded(data)


def link(name, target):
    return entry(name, kind=b"2", link=target.encode())


def hardlink(name, target):
    return entry(name, kind=b"1", link=target.encode())


def folder(name):
    return entry(name + "/", kind=b"5", mode=0o755)


def pax(records, kind=b"x"):
    """records: bytes as they are, or pairs."""
    if not isinstance(records, bytes):
        text = b""
        for key, value in records:
            rest = b" " + key + b"=" + value + b"\n"
            n = len(rest)
            while n != len(rest) + len(str(n)):
                n = len(rest) + len(str(n))
            text += str(n).encode() + rest
        records = text
    return entry("pax", records, kind=kind)


END = bytes(1024)
OS_RELEASE = b'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n'


def status(*packages):
    return b"".join(
        b"Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\nDescription: x\n\n" % p
        for p in packages or [(b"bash", b"5.2.15-2+b2")]
    )


BASH = {"bash 5.2.15-2+b2"}
EVIL = status((b"evil", b"6.6-6"))
DISTRO = entry("etc/os-release", OS_RELEASE)
DATABASE = entry("var/lib/dpkg/status", status())
GOOD = DISTRO + DATABASE

# ---- gzip and zstd by hand ----


def gz(data, level=6):
    return gzip.compress(data, level, mtime=0)


def zstd_frame(data, descriptor=b"\xa0", checksum=b""):
    """Raw blocks. descriptor: the frame header's first bytes; \\xa0 is one segment and a size of four bytes."""
    out = b"\x28\xb5\x2f\xfd" + descriptor
    if descriptor == b"\xa0" or descriptor == b"\xa4":
        out += len(data).to_bytes(4, "little")
    pieces = [data[i : i + (128 << 10)] for i in range(0, len(data), 128 << 10)] or [b""]
    for i, piece in enumerate(pieces):
        out += (int(i + 1 == len(pieces)) | len(piece) << 3).to_bytes(3, "little") + piece
    return out + checksum


def skippable(data):
    return b"\x50\x2a\x4d\x18" + len(data).to_bytes(4, "little") + data


# ---- what is to come of it ----

ATTACKS = []


class Case:
    """
    One layer, or several, base first. status and reason: of PROGRAM, and of DRIVER where gap is True.
    packages: what both must find; None: not looked at.
    """

    def __init__(self, layers, status=0, reason=None, packages=BASH, driver=True, via=("rootfs",), flags=(), **edit):
        self.layers = layers if isinstance(layers, list) else [layers]
        self.status, self.reason, self.packages = status, reason, packages
        self.driver = driver and len(self.layers) == 1
        self.via = via if len(self.layers) == 1 else ("oci",)
        self.flags, self.edit = flags, edit


def ok(layers, **options):
    return Case(layers, 0, None, **options)


def refused(layers, reason, **options):
    options.setdefault("packages", None)
    return Case(layers, 4, reason, **options)


def attack(function):
    ATTACKS.append((function, ""))
    return function


def incident(*names):
    """An attack that somebody's program did not stand: which, as tests/cases/incidents-archive.sh lists them."""

    def add(function):
        ATTACKS.append((function, " [%s]" % ", ".join(names)))
        return function

    return add


@incident("CVE-2023-30551", "CVE-2026-48702")
def A01_bomb():
    """2 GiB of zeros in one gzip member."""
    size = 2 << 30
    piece = 1 << 20
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    front = header(b"zeros", size)
    yield_head = z.compress(front) + z.flush(zlib.Z_FULL_FLUSH)
    zeros = bytes(piece)
    one = z.compress(zeros) + z.flush(zlib.Z_FULL_FLUSH)
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    back = GOOD + END
    last = z.compress(back) + z.flush()
    crc = zlib.crc32(front)
    for _ in range(size // piece):
        crc = zlib.crc32(zeros, crc)
    crc = zlib.crc32(back, crc)
    total = (len(front) + size + len(back)) & 0xFFFFFFFF
    body = yield_head + one * (size // piece) + last
    blob = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + body + crc.to_bytes(4, "little") + total.to_bytes(4, "little")
    yield "2 GiB in one file", ok(blob, driver=False)


@attack
def A02_bombs():
    """More than 64 GiB."""
    if os.environ.get("HOSTILE_HUGE") != "1":
        yield "65 GiB", "takes half a minute and more: HOSTILE_HUGE=1 runs it"
        return
    one = gz(bytes(64 << 20), 9)
    yield "65 GiB", refused(gz(header(b"zeros", 65 << 30)) + one * (65 * 16) + gz(GOOD + END), "limit", driver=False)


def many_entries(count):
    thousand = gz(b"".join(entry("d/f%03d" % i) for i in range(1000)))
    return gz(GOOD) + thousand * (count // 1000)


@incident("CVE-2025-61728")
def A03_entries():
    """A million empty files."""
    yield "10^6 empty files", ok(many_entries(10**6) + gz(END), driver=False)


@attack
def A04_too_many_entries():
    """More entries than a layer may have."""
    yield "5,000,001 entries", refused(many_entries(5 * 10**6) + gz(END), "more than 5000000 entries", driver=False)


@incident("CVE-2022-2879", "CVE-2026-32288")
def A05_long_headers():
    """Headers that libarchive would keep in memory."""
    name = entry("././@LongLink", b"a" * (20 << 20), kind=b"L") + entry("a")
    yield "a name of 20 MB", refused(gz(GOOD + name + END), ".")
    record = pax([(b"comment", b"a" * (60 << 20))]) + entry("a")
    yield "a pax header of 60 MB", refused(gz(GOOD + record + END), ".")


@attack
def A06_long_paths():
    """Paths beyond what file systems take."""

    def long(path):
        return gz(GOOD + entry("././@LongLink", path + b"\0", kind=b"L") + entry(path[:100], b"x") + END)

    yield "a path of 512 KiB", refused(long(b"ab/" * (170 << 10)), "longer than 4096 bytes|too large")
    yield "10,000 parts", refused(long(b"a/" * 10000), "longer than 4096 bytes")
    yield "a part of 300 bytes", ok(long(b"a" * 300))
    yield "4095 bytes", ok(long(b"a/" * 2047 + b"a"))
    yield "4097 bytes", refused(long(b"a/" * 2048 + b"a"), "longer than 4096 bytes")


@attack
def A07_pax_sizes():
    """Sizes that are none."""
    for name, value in (
        ("2^63-1", b"9223372036854775807"),
        ("2^64", b"18446744073709551616"),
        ("negative", b"-1"),
        ("no number", b"abc"),
    ):
        body = DISTRO + pax([(b"size", value)]) + DATABASE + END
        yield "size is " + name, refused(body, ".")
    for name, record in (
        ("too long", b"99 size=5\n"),
        ("too short", b"3 size=5\n"),
        ("none", b"size=5\n"),
        ("without an end", b"9 size=55"),
        ("zero", b"0 size=5\n"),
    ):
        body = GOOD + pax(record) + entry("x", b"12345") + END
        yield "a record's length is " + name, refused(body, ".")


@incident("CVE-2026-31961")
def A08_size_without_data():
    """A size that no data follows."""
    body = GOOD + header(b"x", raw_size=number(1 << 62, 12)) + bytes(512)
    yield "2^62 bytes announced", refused(body, ".")
    body = DISTRO + header(b"var/lib/dpkg/status", raw_size=number(1 << 62, 12)) + padded(status())
    yield "of a wanted file", refused(body, ".")
    body = DISTRO + header(b"var/lib/dpkg/status", 4096) + padded(status())
    yield "a wanted file is cut", refused(body, ".")


@attack
def A09_damaged_header():
    """A header whose checksum is wrong, amid good ones."""
    bad = bytearray(entry("x"))
    bad[0] ^= 0x20
    yield "in the middle", refused(DISTRO + bytes(bad) + DATABASE + END, ".")
    yield "noise in the middle", refused(DISTRO + bytes(range(256)) * 2 + DATABASE + END, ".")
    yield "at the end", refused(GOOD + bytes(bad) + END, ".")


@attack
def A10_no_end():
    """No end blocks."""
    yield "no digest covers it", refused(GOOD, "the tar has no end")
    yield "a digest covers it", ok(GOOD, driver=False, via=("oci",))
    cut = GOOD.rstrip(b"\0")  # as umoci insert writes it (umoci #436)
    yield "nor the rest of a block", refused(cut, ".")
    yield "nor the rest of a block, a digest covers it", ok(cut, driver=False, via=("oci", "docker"))
    yield "nor the last byte", refused(cut[:-1], ".", driver=False, via=("oci", "docker"))


@attack
def A11_behind_the_end():
    """What stands behind the end is not there."""
    evil = entry("var/lib/dpkg/status", EVIL)
    yield "another tar", ok(GOOD + END + evil + END)
    yield "noise", ok(GOOD + END + b"noise" * 1000)
    yield "padding", ok(GOOD + END + bytes(10240))


@attack
def A12_gzip_frame():
    """Checksum, length, and what follows."""
    blob = gz(GOOD + END)
    yield "wrong checksum", refused(blob[:-8] + bytes([blob[-8] ^ 1]) + blob[-7:], "gzip: the checksum does not match")
    yield "wrong length", refused(blob[:-1] + bytes([blob[-1] ^ 1]), "gzip: the length does not match")
    yield "wrong length under a digest", refused(
        blob[:-1] + bytes([blob[-1] ^ 1]), "gzip: the length does not match", driver=False, via=("oci",)
    )
    yield "garbage behind", refused(blob + b"garbage", "gzip: unknown bytes behind the data")
    yield "one byte behind", refused(blob + b"\x1f", "gzip: unknown bytes behind the data")
    yield "zeros behind", ok(blob + bytes(1000))


@attack
def A13_gzip_cut():
    """The end is missing."""
    blob = gz(GOOD + END)
    for cut in (1, 4, 8, 9, 20):
        yield "%d bytes" % cut, refused(blob[:-cut], "gzip: the data ends early")
    yield "but for the header", refused(blob[:10], "gzip: the data ends early", via=("oci",))
    yield "within the header", refused(blob[:7], "gzip: the data ends early", via=("oci",))
    yield "half of it", refused(blob[: len(blob) // 2], "gzip: the data ends early")


@attack
def A14_many_members():
    """Members and frames, as tools for lazy pulling write them."""
    yield "two members", ok(gz(DISTRO) + gz(DATABASE + END))
    yield "a member for each 100 bytes", ok(b"".join(gz((GOOD + END)[i : i + 100]) for i in range(0, 4096, 100)))
    footer = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\0" + b"0" * 16 + b"STARGZ\x01\0\0\xff\xff" + bytes(8)
    yield "eStargz", ok(gz(DISTRO) + gz(DATABASE) + gz(END) + footer)
    yield "zstd frames", ok(zstd_frame(DISTRO) + zstd_frame(DATABASE + END))
    chunks = skippable(b"x" * 100) + zstd_frame(DISTRO) + skippable(b"") + zstd_frame(DATABASE + END)
    yield "zstd:chunked", ok(chunks + skippable(b"manifest" * 100))


@attack
def A15_zstd():
    """What zstd must refuse."""
    blob = zstd_frame(GOOD + END)
    for cut in (1, 20, 1000):
        yield "cut by %d" % cut, refused(blob[:-cut], "zstd: the data ends early")
    yield "a wrong checksum", refused(zstd_frame(GOOD + END, b"\xa4", b"\1\2\3\4"), "zstd: .*checksum")
    yield "a window of 2 GiB", refused(zstd_frame(GOOD + END, b"\x00\xa8"), "zstd: .*memory|zstd: .*window")
    yield "a window of 128 MiB", ok(zstd_frame(GOOD + END, b"\x00\x88"))
    yield "garbage behind", refused(blob + b"garbage", "zstd: ")


@attack
def A16_nested():
    """gzip within gzip is no layer."""
    blob = GOOD + END
    for depth in range(1, 31):
        blob = gz(blob, 1)
        if depth in (2, 5, 30):
            reason = "not a layer: it looks like gzip within gzip"
            yield "%d times" % depth, refused(blob, reason, via=("oci",))
    yield "within zstd", refused(zstd_frame(gz(GOOD + END)), "gzip within gzip", via=("oci",))


@attack
def A17_gzip_name():
    """A file name of 30 MB in the header of gzip."""
    blob = gz(GOOD + END)
    head = b"\x1f\x8b\x08\x08" + blob[4:10]
    yield "30 MB", refused(head + b"n" * (30 << 20) + b"\0" + blob[10:], "gzip: the header is longer", via=("oci",))
    yield "100 bytes", ok(head + b"n" * 100 + b"\0" + blob[10:])


@attack
def A18_blob_digest():
    """Bytes other than those the manifest names."""
    good = gz(GOOD + END)
    other = gz(DISTRO + entry("var/lib/dpkg/status", EVIL) + END)
    other += bytes(max(0, len(good) - len(other)))
    options = {"driver": False, "via": ("oci",), "packages": set()}
    yield "another digest", refused(good, "have the digest sha256:", blob=other[: len(good)] if len(other) >= len(good) else other, **options)
    yield "a bit is wrong", refused(good, "have the digest sha256:", blob=good[:-1] + bytes([good[-1] ^ 1]), **options)
    yield "a byte more", refused(good, "came where the image announces", size=len(good) - 1, **options)
    yield "a byte less", refused(good, "came where the image announces", size=len(good) + 1, **options)


@attack
def A19_diff_id():
    """A tar other than the config names."""
    wrong = "sha256:" + "ab" * 32
    options = {"driver": False, "via": ("oci",), "diff_id": wrong}
    yield "not asked for", ok(gz(GOOD + END), **options)
    flags = ("--verify-diff-ids",)
    reason = "its tar has the digest sha256:.*, not sha256:abab"
    yield "--verify-diff-ids", refused(gz(GOOD + END), reason, flags=flags, **options)
    options["via"] = ("docker",)
    yield "docker-save", refused(GOOD + END, "digest sha256:", **options)


@attack
def A20_sparse():
    """Holes are not made."""

    def sparse(name):
        tail = bytearray(167)
        tail[386 - 345 : 386 - 345 + 24] = number(10 << 40, 12) + number(0, 12)
        tail[483 - 345 : 483 - 345 + 12] = number(10 << 40, 12)
        return header(name, 0, kind=b"S", magic=b"ustar  \0", tail=bytes(tail))

    yield "10 TB beside", ok(sparse(b"disk.img") + GOOD + END)
    yield "a wanted file of 10 TB", refused(DISTRO + sparse(b"var/lib/dpkg/status") + END, "larger than the limit")


@incident("CVE-2025-58183", "CVE-2026-32288")
def A21_sparse_map():
    """A map of five million regions."""
    regions = "".join("%d\n0\n" % i for i in range(5000000)).encode()
    data = padded(b"5000000\n" + regions)
    records = [(b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.realsize", b"5000000")]
    body = GOOD + pax(records + [(b"GNU.sparse.name", b"x")]) + entry("x", data) + END
    yield "5,000,000 regions", Case(gz(body, 1), (0, 4), None, packages=None, driver=False, memory=420 << 10)


@attack
def A22_hardlinks():
    """Hard links to what is not there."""
    db = "var/lib/dpkg/status"
    reason = "hard link"
    yield "to nothing", refused(DISTRO + hardlink(db, "/etc/shadow") + END, reason)
    yield "to itself", refused(DISTRO + hardlink(db, db) + END, reason)
    yield "to a later entry", refused(DISTRO + hardlink(db, "data") + entry("data", status()) + END, reason)
    above = DISTRO + entry("data", status()) + hardlink(db, "../../../data") + END
    yield "above the root", ok(above, driver=False)
    yield "of no interest", ok(hardlink("a", "/etc/shadow") + hardlink("b", "b") + hardlink("c", "../../c") + GOOD + END)
    yield "to no name", refused(DISTRO + hardlink(db, "") + END, ".", driver=False)


@attack
def A23_only_a_hardlink():
    """The database is there as a hard link only."""
    body = DISTRO + entry("data/pool", status()) + hardlink("var/lib/dpkg/status", "data/pool") + END
    yield "in one layer", ok(body, driver=False)
    body = DISTRO + entry("data/pool", status()) + hardlink("data/a", "data/pool")
    body += hardlink("var/lib/dpkg/status", "data/a") + END
    yield "by another link", ok(body, driver=False)
    low = DISTRO + entry("data/pool", status()) + END
    yield "over two layers", ok([gz(low), gz(hardlink("var/lib/dpkg/status", "data/pool") + END)])


@attack
def A24_symlinks():
    """Links in circles, links too many, links above the root."""

    def chain(count):
        names = ["etc/os-release"] + ["etc/l%d" % i for i in range(count - 1)] + ["etc/real"]
        links = b"".join(link(names[i], os.path.basename(names[i + 1])) for i in range(count))
        return links + entry("etc/real", OS_RELEASE) + DATABASE + END

    yield "to itself", refused(link("etc/os-release", "os-release") + DATABASE + END, "circles")
    circle = link("etc/os-release", "../usr/lib/os-release") + link("usr/lib/os-release", "../../etc/os-release")
    yield "in a circle", refused(circle + DATABASE + END, "circles")
    for target in ("/usr/lib/os-release", "../usr/lib/os-release", "../../../../usr/lib/os-release"):
        body = link("etc/os-release", target) + entry("usr/lib/os-release", OS_RELEASE) + DATABASE + END
        yield "to " + target, ok(body)
    yield "3 hops", ok(chain(3), driver=False)
    yield "41 hops", refused(chain(41), "links lead", driver=False)
    body = DISTRO + link("var/lib", "../var/lib") + DATABASE + END
    yield "a folder in a circle", Case(body, (0, 4), None, packages=None)
    body = DISTRO + link("var", "var") + DATABASE + END
    yield "a folder that is itself", refused(body, ".")


@attack
def A25_linked_folders():
    """One database, two paths to it."""
    apk = b"C:Q1YdWsuMPsxJ/TjH6wgYtx1ZJbc7g=\nP:musl\nV:1.2.4-r2\nA:x86_64\nS:1\nI:1\nT:x\no:musl\n\n"
    alpine = entry("etc/os-release", b'ID=alpine\nVERSION_ID=3.18.4\nPRETTY_NAME="Alpine"\n')
    body = alpine + link("lib", "usr/lib") + entry("usr/lib/apk/db/installed", apk) + END
    yield "lib to usr/lib", ok(body, packages={"musl 1.2.4-r2"})
    body = alpine + link("lib", "usr/lib") + entry("lib/apk/db/installed", apk) + END
    yield "through the link", ok(body, packages={"musl 1.2.4-r2"})
    body = DISTRO + link("var/lib", "/data") + entry("data/dpkg/status", status()) + END
    yield "var/lib to /data", ok(body, driver=False)
    body = DISTRO + link("var/lib", "/data") + entry("var/lib/dpkg/status", status()) + END
    yield "written through var/lib", ok(body, driver=False)


@incident("claircore 8121da3")
def A26_whiteouts():
    """What upper layers take away, and what they do not."""
    low = gz(GOOD + END)
    evil = gz(DISTRO + entry("var/lib/dpkg/status", EVIL) + END)
    gone = {"status": 4, "reason": "nothing was recognised", "packages": set()}

    def over(body, base=low, **options):
        return Case([base, gz(body + END)], **options)

    yield "of the file", over(entry("var/lib/dpkg/.wh.status"), **gone)
    yield "of a folder above", over(entry("var/.wh.lib"), **gone)
    yield "of another file", over(entry("var/lib/dpkg/.wh.other"))
    yield "two, of which it is the first", over(entry("var/lib/dpkg/.wh.status") + entry("etc/.wh.passwd"), **gone)
    yield "two, of which it is the last", over(entry("etc/.wh.passwd") + entry("var/lib/dpkg/.wh.status"), **gone)
    more = [b"".join(entry("%s/.wh.%d" % (d, i)) for i in range(50)) for d in ("etc", "usr")]
    yield "one of a hundred", over(more[0] + entry("var/lib/dpkg/.wh.status") + more[1], **gone)
    yield "opaque", over(entry("var/lib/dpkg/.wh..wh..opq"), **gone)
    yield "opaque at the root", over(entry(".wh..wh..opq"), **gone)
    yield "opaque at the root as ./", over(entry("./.wh..wh..opq"), **gone)
    for name, body in (
        ("opaque, then a file", entry("var/lib/dpkg/.wh..wh..opq") + DATABASE),
        ("a file, then opaque", DATABASE + entry("var/lib/dpkg/.wh..wh..opq")),
        ("a whiteout, then the file", entry("var/lib/dpkg/.wh.status") + DATABASE),
        ("the file, then a whiteout", DATABASE + entry("var/lib/dpkg/.wh.status")),
        ("a folder's whiteout last", DATABASE + entry("var/.wh.lib")),
        ("opaque at the root, and all again", entry(".wh..wh..opq") + GOOD),
    ):
        yield name, over(body, base=evil)
    low = gz(DISTRO + entry("data", status()) + hardlink("var/lib/dpkg/status", "data") + END)
    yield "of a hard link's target", Case([low, gz(entry(".wh.data") + END)])


@incident("stereoscope c49e20f")
def A27_strange_whiteouts():
    """Whiteouts without a name, AUFS's own, and whiteouts that are more than names."""
    low = gz(GOOD + END)
    for name in (".wh.", "var/lib/.wh.", "var/.wh..", "var/.wh..."):
        yield repr(name), refused([low, gz(entry(name) + END)], "a whiteout without a name", packages=BASH)
    many = gz(entry("a/.wh.") * 100050 + GOOD + END, 1)
    yield "100,050 of them", refused(many, "more problems follow", packages=BASH)
    for name in (".wh..wh.", ".wh..wh.plnk", ".wh..wh.aufs", "var/lib/dpkg/.wh..wh.orph"):
        yield repr(name), Case([low, gz(entry(name) + END)])
    gone = {"status": 4, "reason": "nothing was recognised", "packages": set()}
    yield "a folder", Case([low, gz(folder("var/lib/dpkg/.wh.status") + END)], **gone)
    yield "with content", Case([low, gz(entry("var/lib/dpkg/.wh.status", b"x" * 600) + END)], **gone)
    device = entry("var/lib/dpkg/status", kind=b"3")
    yield "overlayfs's own kind is a device", refused([low, gz(device + END)], "no regular file", packages=None)


@attack
def A28_kinds_change():
    """Files, folders and links in each other's place."""
    low = gz(GOOD + END)
    gone = {"status": 4, "reason": "nothing was recognised", "packages": set()}
    yield "a file for a folder", Case([low, gz(entry("var/lib", b"x") + END)], **gone)
    yield "a link for a folder", Case([low, gz(link("var/lib", "/nowhere") + END)], **gone)
    body = link("var/lib", "/data") + entry("data/dpkg/status", EVIL) + END
    yield "a link to another database", Case([low, gz(body)], packages={"evil 6.6-6"})
    high = gz(entry("var/lib", b"x") + END)
    yield "and a folder again", Case([low, high, gz(folder("var/lib") + END)], **gone)
    yield "and the file again", Case([low, high, gz(folder("var/lib") + DATABASE + END)])
    yield "a folder for a file", Case([low, gz(folder("var/lib/dpkg/status") + END)], (0, 4), None, packages=set())
    yield "a folder over a folder", Case([low, gz(folder("var/lib/dpkg") + END)])


@attack
def A29_twice():
    """The same path twice: the last wins."""
    evil = entry("var/lib/dpkg/status", EVIL)
    yield "a file", ok(DISTRO + evil + DATABASE + END, driver=False)
    yield "by another spelling", ok(DISTRO + entry("./var//lib/dpkg/status", EVIL) + DATABASE + END, driver=False)
    body = DISTRO + evil + link("var/lib/dpkg/status", "/data") + entry("data", status()) + END
    yield "a link", ok(body, driver=False)


@attack
def A30_spellings():
    """Names have one form."""
    for name in (
        "./var/lib/dpkg/status",
        "/var/lib/dpkg/status",
        "var//lib///dpkg/status",
        "var/./lib/././dpkg/status",
        "a/../var/lib/dpkg/status",
        "../../var/lib/dpkg/status",
        "var/lib/x/../dpkg/status",
    ):
        yield name, ok(DISTRO + entry(name, status()) + END)


@attack
def A31_bytes_in_names():
    """Bytes that a terminal obeys, and bytes that are no text."""
    names = [b"\xff\xfe", b"\x1b[31m", b"a\rb", b"a\nb", b"\xc3\xa9", b"::set-output name=x::", b"a\0b"]
    yield "of no interest", ok(GOOD + b"".join(entry(n) for n in names) + END)
    body = GOOD + pax([(b"path", b"caf\xc3\xa9")]) + entry("x") + END
    yield "pax in UTF-8", ok(body)
    body = GOOD + pax([(b"path", b"\xff\xfe\xfd")]) + entry("x") + END
    yield "pax in no UTF-8", ok(body)
    body = DISTRO + pax([(b"hdrcharset", b"BINARY"), (b"path", b"var/lib/dpkg/status")]) + entry("x", status()) + END
    yield "pax in binary", ok(body)
    for n in names[:3] + [b"\xe2\x80\xae"]:
        body = GOOD + entry(b"var/lib/dpkg/status.d/" + n, b"Package: x\nVersion") + END
        yield "in a gap: %r" % n, refused(body, ".", packages=None, clean=True)


@attack
def A32_devices():
    """Devices are never made."""
    body = b"".join(entry("dev/x" + kind.decode(), kind=kind) for kind in (b"3", b"4", b"6"))
    body += entry("bin/su", b"x", mode=0o6755) + entry("odd", kind=b"Z") + entry("contiguous", kind=b"7")
    yield "beside", ok(body + GOOD + END)
    for kind in (b"3", b"4", b"6"):
        body = DISTRO + entry("var/lib/dpkg/status", kind=kind) + END
        yield "the database is of kind " + kind.decode(), refused(body, "no regular file")


@attack
def A33_hardlink_with_data():
    """A hard link that carries data: what follows is read differently by everyone."""
    body = DISTRO + entry("a", b"x") + entry("b", b"y" * 512, kind=b"1", link=b"a") + DATABASE + END
    yield "of no interest", refused(body, ".")
    hidden = entry("var/lib/dpkg/status", EVIL)
    body = GOOD + entry("b", hidden, kind=b"1", link=b"etc/os-release") + END
    # As runtimes that are written in Go: a link has no data, whatever it says.
    yield "headers within the data", Case(body, (0, 4), None, packages={"evil 6.6-6"}, driver=False)
    body = DISTRO + entry("a", status()) + entry("var/lib/dpkg/status", EVIL, kind=b"1", link=b"a") + END
    yield "of the database", refused(body, ".")


@attack
def A34_global_header():
    """Global headers do not rename or resize."""
    body = pax([(b"path", b"elsewhere")], b"g") + GOOD + END
    yield "path", Case(body, (0, 4), None, packages=None, complete=True)
    body = pax([(b"size", b"0")], b"g") + GOOD + END
    yield "size", Case(body, (0, 4), None, packages=None, complete=True)
    yield "comment, as git writes it", ok(pax([(b"comment", b"0123456789abcdef")], b"g") + GOOD + END)


@attack
def A35_empty():
    """Layers of nothing."""
    low = gz(GOOD + END)
    for name, blob in (
        ("no byte", b""),
        ("1024 zeros", END),
        ("512 zeros", bytes(512)),
        ("gzip of nothing", gz(b"")),
        ("gzip of zeros", gz(END)),
        ("zstd of nothing", zstd_frame(b"")),
    ):
        yield name, Case([low, blob])


@incident("CVE-2024-26256", "CVE-2026-4111")
def A36_no_layer():
    """What a captive portal or a mistake puts there."""
    low = gz(GOOD + END)
    for name, blob, looks in (
        ("HTML", b"<!DOCTYPE html><html><body>log in</body></html>" * 40, "HTML"),
        ("a short page", b"<html/>", "HTML"),
        ("zip", b"PK\x03\x04" + b"x" * 1000, "a zip file"),
        ("ELF", b"\x7fELF" + b"x" * 1000, "a program"),
        ("JSON", b'{"errors":[]}', "JSON"),
        ("noise", b"noise" * 1000, "no tar"),
        ("gzip of HTML", gz(b"<html>" * 1000), "HTML"),
    ):
        yield name, refused([low, blob], "not a layer: it looks like " + looks, packages=BASH)
    for name, magic in (
        ("RAR 4", b"Rar!\x1a\7\0"),
        ("RAR 5", b"Rar!\x1a\7\1\0"),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\4"),
        ("cab", b"MSCF\0\0\0\0"),
        ("cpio newc", b"070701"),
        ("cpio odc", b"070707"),
        ("cpio binary", b"\xc7\x71"),
        ("ar", b"!<arch>\n"),
        ("xar", b"xar!\0\x1c\0\1"),
        ("lha", b"\x24\0-lh5-"),
        ("warc", b"WARC/1.0\r\n"),
        ("mtree", b"#mtree\n"),
    ):
        yield name, refused([low, (magic + b"x" * 600).ljust(40000, b"x")], "not a layer: it looks like|no tar", packages=BASH)
        yield name + ", compressed", refused([low, gz((magic + b"x" * 600).ljust(40000, b"x"))], ".", packages=BASH)
    cpio = b"070701" + b"00000001" * 6 + b"%08x" % len(status()) + b"0" * 32 + b"%08x" % 20 + b"0" * 8
    yield "a database in cpio", refused([low, cpio + b"var/lib/dpkg/status\0" + EVIL], "not a layer", packages=BASH)
    yield "xz", refused([low, b"\xfd7zXZ\0" + b"x" * 1000], "xz compression is not supported", packages=BASH)
    yield "bzip2", refused([low, b"BZh91AY&SY" + b"x" * 1000], "bzip2 compression is not supported", packages=BASH)


@attack
def B01_many_ways():
    """Few bytes that would keep the merging of layers busy: long links, many files, many links."""

    def far(name, target):
        return pax([(b"linkpath", b"./" * 2000 + target)]) + entry(name, kind=b"2", link=b"x")

    low = gz(DISTRO + far("var", b"lib") + far("lib", b"usr") + far("usr", b"etc") + END)
    many = gz(b"".join(header(b"var/lib/dpkg/status.d/%d" % i, kind=b"3") for i in range(60000)) + END, 1)
    yield "60,000 entries through long links", refused([low, many], "too far")
    tops = [gz(entry("var/lib/dpkg/status.d/0", b"%d" % i) + END) for i in range(100)]
    yield "60,000 files, looked up after each of 100 layers", refused([gz(DISTRO + END), many] + tops, "too far", memory=300 << 10)
    links = b"".join(link("l%d" % i, "/var/lib") for i in range(200001))
    yield "200,001 links", refused(gz(links + GOOD + END, 1), "more than 200000 symbolic links", packages=BASH)
    yield "20,000 links", ok(gz(links[: 20000 * 512] + GOOD + END, 1))


# ---- B: what a runtime sees and another reader of tar does not ----

STATUS = "var/lib/dpkg/status"
BOTH = BASH | {"openssl 3.0.1-1"}
RICH = status((b"bash", b"5.2.15-2+b2"), (b"openssl", b"3.0.1-1"))
ODD = "tar headers that programs read differently: "


def long_name(name, kind=b"L"):
    return entry("././@LongLink", name + b"\0", kind=kind, magic=b"ustar  \0")


def sparse_file(records, name="x", data=b""):
    return pax([(b"GNU.sparse." + key, value) for key, value in records]) + entry(name, data)


@attack
def B02_two_sizes():
    """Sizes that only some programs believe: the database stands in what the others take for a body."""
    hidden = entry(STATUS, RICH)
    size = len(hidden)
    swallow = pax([(b"size", b"%d" % size)])
    for name, kind in (("a folder", b"5"), ("a symbolic link", b"2"), ("a pipe", b"6"), ("a device", b"3")):
        body = GOOD + swallow + header(b"x", 0, kind=kind, link=b"y") + hidden + END
        yield "pax, of " + name, refused(body, ODD + "a size for a member without a body")
    body = GOOD + entry("y") + swallow + header(b"x", 0, kind=b"1", link=b"y") + hidden + END
    yield "pax, of a hard link", refused(body, ODD + "a size for a member without a body")
    body = GOOD + entry("y") + pax([(b"comment", b"y")]) + header(b"x", size, kind=b"1", link=b"y") + hidden + END
    yield "of a hard link after a pax header", refused(body, "a hard link that carries data")
    for name, front in (("NUL", b"\0"), ("blanks and NUL", b"  \0"), ("a tab and NUL", b"\t\0")):
        digits = (front + bytes(4))[:4] + b"%07o\0" % len(DATABASE)
        body = DISTRO + entry(STATUS, RICH) + header(b"x", raw_size=digits) + DATABASE + END
        yield "digits behind " + name, refused(body, ODD + "a number that begins with NUL")
    for value in (b"+%d" % size, b" %d" % size, b"%dx" % size, b""):
        body = GOOD + pax([(b"size", value)]) + header(b"x") + hidden + END
        yield "pax, %r" % value.replace(b"%d" % size, b"N"), refused(body, ODD + "a size that is no number")
    body = DISTRO + header(b"x/", size, kind=b"5") + hidden + END
    yield "of a folder, without pax", ok(body, packages=BOTH)


@attack
def B03_two_names():
    """Names of which only some programs take the first."""
    rich = entry(STATUS, RICH)
    away, here = pax([(b"path", b"decoy")]), long_name(STATUS.encode())
    comment = pax([(b"comment", b"x")], b"g")
    two = ODD + "two names for one member"
    between = ODD + "a global header between an extension and its member"
    yield "pax, then GNU", refused(GOOD + away + here + entry("x", RICH) + END, two)
    yield "GNU, then pax", refused(GOOD + here + away + entry("x", RICH) + END, two)
    yield "pax, global, file", refused(GOOD + away + comment + rich + END, between)
    yield "GNU, global, file", refused(GOOD + long_name(b"decoy") + comment + rich + END, between)
    yield "pax twice", refused(GOOD + away + pax([(b"comment", b"x")]) + rich + END, ODD + "two pax headers")
    yield "pax's old letter", refused(GOOD + pax([(b"path", b"decoy")], b"X") + rich + END, ODD)
    yield "GNU, none", refused(GOOD + long_name(b"") + rich + END, ODD + "a name of no bytes")
    yield "GNU, no byte", refused(GOOD + entry("x", kind=b"L") + rich + END, ODD + "a name of no bytes")
    yield "a NUL in it", refused(GOOD + pax([(b"path", b"x\0y")]) + rich + END, ODD + "a name with a NUL in it")
    damaged = pax(b"013 comment=x\n9 path=")
    yield "in a damaged record", refused(GOOD + damaged + rich + END, ODD + "a pax record that is damaged")
    decoy = DISTRO + entry("decoy", status()) + entry("real", RICH) + pax([(b"linkpath", b"/decoy")])
    for name, kind in (("a hard link", b"1"), ("a symbolic link", b"2")):
        body = decoy + long_name(b"/real", b"K") + entry(STATUS, kind=kind, link=b"x") + END
        yield "the target of " + name, refused(body, two, packages=None)


@attack
def B04_prefix():
    """A prefix that not every program puts before the name."""
    rich = {"tail": b"decoy", "size": len(RICH)}
    for magic in (b"ustarX00", b"ustar 00", b"ustar \0\0"):
        body = GOOD + header(STATUS.encode(), magic=magic, **rich) + padded(RICH) + END
        yield "under %r" % magic, refused(body, ODD + "a prefix under an unknown magic")
    head = header(b"status", len(RICH), magic=b"ustar  \0", tail=b"var/lib/dpkg")
    yield "in GNU's header", refused(GOOD + head + padded(RICH) + END, ODD + "a prefix in a GNU header")
    tail = (b"./" * 59 + b"var/lib/dpkgXdecoy").ljust(163, b"\0") + b"tar\0"
    head = header(b"status", len(RICH), tail=tail)
    yield "longer than star's", refused(GOOD + head + padded(RICH) + END, ODD + "a prefix that goes on")
    head = header(b"status", len(RICH), tail=b"var/lib/dpkg")
    yield "as it should be", ok(DISTRO + head + padded(RICH) + END, packages=BOTH)
    times = header(STATUS.encode(), len(RICH), magic=b"ustar  \0", tail=number(1700000000, 12) * 2)
    yield "times in GNU's header", ok(DISTRO + times + padded(RICH) + END, packages=BOTH)


@attack
def B05_sparse_names():
    """A sparse file's other name, on a file that is none."""
    lone = ODD + "a sparse file's name without its map"
    everything = b"0,%d" % len(RICH)
    for name, records, reason in (
        ("alone", [], lone),
        ("with a size", [(b"realsize", b"9")], lone),
        ("half a version", [(b"major", b"1")], lone),
        ("two maps", [(b"major", b"1"), (b"minor", b"0"), (b"map", everything)], lone),
        ("version 7", [(b"major", b"7"), (b"minor", b"0"), (b"map", everything)], ODD + "a sparse file of an unknown"),
        ("version 0.2", [(b"major", b"0"), (b"minor", b"2"), (b"map", everything)], ODD + "a sparse file of an unknown"),
    ):
        body = GOOD + sparse_file([(b"name", b"decoy")] + records, STATUS, RICH) + END
        yield name, refused(body, reason)


@attack
def B06_odd_but_right():
    """What writers of tar do, however odd: nothing of it is a reason."""
    name = b"a/" * 80 + b"f"
    yield "a long name by GNU", ok(long_name(name) + entry(name, b"x") + GOOD + END)
    target = long_name(name, b"K") + long_name(name + b"l") + entry(name, kind=b"2", link=name)
    yield "a long name and target by GNU", ok(target + GOOD + END)
    there = long_name(STATUS.encode()) + entry("x", status())
    yield "the database by GNU's name", ok(DISTRO + there + END)
    there = pax([(b"path", STATUS.encode())]) + entry("x", status())
    yield "the database by pax's name", ok(DISTRO + there + END)
    twice = pax([(b"mtime", b"1.5")]) + DISTRO + pax([(b"size", b"%d" % len(status()))]) + DATABASE
    yield "a pax header each", ok(twice + END)
    yield "an empty pax header", ok(DISTRO + pax([]) + DATABASE + END)
    yield "pax's size of a folder, none", ok(pax([(b"size", b"0")]) + folder("x") + GOOD + END)
    raw = bytes([0x80]) + len(status()).to_bytes(11, "big")
    yield "base 256", ok(DISTRO + header(STATUS.encode(), raw_size=raw) + padded(status()) + END)
    yield "blanks before a size", ok(DISTRO + header(STATUS.encode(), raw_size=b"%11o " % len(status())) + padded(status()) + END)
    yield "v7", ok(entry("etc/os-release", OS_RELEASE, kind=b"\0", magic=bytes(8)) + DATABASE + END)
    yield "no size at all", ok(header(b"x/", kind=b"5", raw_size=bytes(12)) + GOOD + END)
    tail = bytearray(167)
    tail[386 - 345 : 386 - 345 + 24] = number(512, 12) + number(5, 12)
    tail[482 - 345] = 1
    tail[483 - 345 : 483 - 345 + 12] = number(1 << 20, 12)
    more = (number(1024, 12) + number(5, 12)).ljust(512, b"\0")
    old = header(b"x", 10, kind=b"S", magic=b"ustar  \0", tail=bytes(tail)) + more + padded(b"x" * 10)
    yield "an old sparse file with two blocks of map", ok(old + GOOD + END)
    records = [(b"major", b"1"), (b"minor", b"0"), (b"name", b"x"), (b"realsize", b"1048576")]
    data = b"1\n512\n5\n".ljust(512, b"\0") + b"12345"
    yield "a sparse file, 1.0", ok(sparse_file(records, "GNUSparseFile.0/x", data) + GOOD + END)
    records = [(b"size", b"1048576"), (b"numblocks", b"1"), (b"name", b"x"), (b"map", b"512,5")]
    yield "a sparse file, 0.1", ok(sparse_file(records, "GNUSparseFile.0/x", b"12345") + GOOD + END)
    yield "a hard link without data", ok(GOOD + entry("x", b"y") + hardlink("z", "x") + END)


@attack
def B07_links_in_one_layer():
    """Names that lead to the database by links of the same layer."""
    lead = GOOD + link("y", "var/lib/dpkg")
    rich = entry("x/status", RICH) + END
    for name, body in (
        ("one", GOOD + link("x", "var/lib/dpkg")),
        ("one, absolute", GOOD + link("x", "/var/lib/dpkg")),
        ("one, with a slash", GOOD + link("x/", "var/lib/dpkg")),
        ("two", lead + link("x", "y")),
        ("two, absolute", lead + link("x", "/y")),
        ("two, the first through ..", lead + link("x", "../../y/.")),
        ("a link within a path", GOOD + link("y", "var/lib") + link("x", "y/dpkg")),
        ("a link in a linked folder", GOOD + link("y", "var") + link("y/x", "lib/dpkg") + link("x", "var/x")),
        ("beyond a folder's ..", GOOD + folder("a/b/c") + link("k", "a/b") + link("x", "k/../../var/lib/dpkg")),
        ("after a folder of that name", GOOD + folder("x") + link("x", "/var/lib/dpkg")),
    ):
        yield name, ok(body + rich, packages=BOTH)
    yield "a whiteout through one", ok([gz(DISTRO + entry(STATUS, EVIL) + END), gz(DATABASE + link("x", "var/lib/dpkg") + entry("x/.wh.other") + END)])


@attack
def B08_stale_links():
    """A link that something else has taken the place of leads nowhere."""
    rich = DISTRO + entry(STATUS, RICH)
    poor = entry("d/x/status", status()) + END
    below = folder("d") + link("d/x", "/var/lib/dpkg")
    for name, body in (
        ("its folder became a file and a folder again", below + entry("d") + folder("d")),
        ("its folder became a link and a folder again", below + link("d", "/etc") + folder("d")),
        ("a folder took its place", below + folder("d/x")),
        ("a hard link took its place", below + entry("z") + hardlink("d/x", "z") + folder("d/x")),
        ("a device took its place", below + entry("d/x", kind=b"3") + folder("d/x")),
    ):
        yield name, ok(rich + body + poor, packages=BOTH)
    again = below + folder("d/x") + link("d/x", "/var/lib/dpkg")
    yield "a link again", ok(DISTRO + DATABASE + again + entry("d/x/status", RICH) + END, packages=BOTH)


@attack
def B09_hardlinks_to_links():
    """A hard link to a symbolic link is one more such link, read from where it stands."""
    real = DISTRO + entry("real", status()) + entry("var/lib/dpkg/real", RICH)
    yield "relative", ok(real + link("s", "real") + hardlink(STATUS, "s") + END, packages=BOTH, driver=False)
    yield "absolute", ok(real + link("s", "/var/lib/dpkg/real") + hardlink(STATUS, "s") + END, packages=BOTH, driver=False)
    yield "over two layers", ok([gz(real + link("s", "real") + END), gz(hardlink(STATUS, "s") + END)], packages=BOTH)
    twice = hardlink("t", "s") + hardlink(STATUS, "t")
    yield "by another hard link", ok(real + link("s", "real") + twice + END, packages=BOTH, driver=False)
    through = GOOD + link("s", "var/lib/dpkg") + hardlink("x", "s") + entry("x/status", RICH)
    yield "names led through it", ok(through + END, packages=BOTH)
    there = DISTRO + entry("r/status", RICH) + link("q", "r") + link("p", "q") + hardlink(STATUS, "p/status")
    yield "the target's folder is linked", ok(there + END, packages=BOTH, driver=False)
    low = gz(DISTRO + entry("r/status", RICH) + link("q", "r") + END)
    yield "the target's folder is linked, below", Case([low, gz(hardlink(STATUS, "q/status") + END)], packages=BOTH)


@attack
def B10_many_layers():
    """As many layers as an image may have, each full of marks: memory has a limit, all the same."""
    folder_of = b"".join(entry("var/lib/dpkg/status.d/%x" % i, b"Package: p%x\nVersion: 1\n" % i) for i in range(4000))
    tops = [gz(entry("var/lib/dpkg/status.d/z", b"Package: z\nVersion: %d\n" % i) + END) for i in range(1022)]
    yield "1,023, the first with 4,000 files", refused([gz(DISTRO + folder_of + END)] + tops, "too far", memory=600 << 10)


# ---- C: what others did not stand, as far as it stands nowhere above ----


@incident("CVE-2021-29136")
def C01_root_is_a_link():
    """A symbolic link by the name of the root: where each layer is unpacked by name, all that follows goes elsewhere."""
    evil = gz(entry("var/lib/dpkg/status", EVIL) + END)
    for name in ("/.", ".", "./", "/", "./.", "..", "/.."):
        for target in ("/etc", "..", "nowhere"):
            low = gz(link(name, target) + GOOD + END)
            yield "%r to %s" % (name, target), Case([low, gz(entry("etc/motd") + END)], (0, 4), None, packages=None, kept=BASH)
            yield "%r to %s, and a layer above" % (name, target), Case([low, evil], (0, 4), None, packages=None, kept={"evil 6.6-6"})


@incident("CVE-2026-54448")
def C02_bombs_within():
    """An archive among the image's files, as a Helm chart is: nobody unpacks it; what is unpacked has its budget."""
    z = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = bytes(1 << 20)
    bomb = z.compress(header(b"chart/values.yaml", 1 << 30)) + b"".join(z.compress(piece) for _ in range(1024)) + z.flush()
    body = GOOD
    for name in ("charts/app-1.0.tgz", "var/lib/dpkg/status.d/app.tgz.md5sums", "app.tar.gz", "lib/app.jar", "usr/lib/apk/db/x.gz"):
        body += entry(name, bomb)
    yield "1 GiB, five times", ok(gz(body + END, 1))
    yield "in place of a database", refused(gz(DISTRO + entry("var/lib/dpkg/status", bomb) + END), ".")
    inner = gz(GOOD + END)
    for _ in range(10):
        inner = gz(entry("layer.tar", inner) + END)
    yield "a layer within a layer, ten times", ok(gz(GOOD + entry("layer.tar", inner) + END))


@incident("CVE-2024-57970", "libarchive f93abd1", "libarchive 40b92de", "libarchive 51287ce")
def C03_odd_fields():
    """Long links, numbers and holes that were read beyond their ends."""
    for kind in (b"L", b"K"):
        name = "long name" if kind == b"L" else "long link"
        follow = link("x", "y")
        yield "a %s of no bytes" % name, Case(GOOD + header(b"././@LongLink", 0, kind=kind) + follow + END, (0, 4), None, packages=None)
        for size in (1, 99, 100, 511, 512, 513, 4096):
            text = (b"b" * size)[: size - 1] + b"\0"
            yield "a %s of %d bytes" % (name, size), Case(
                GOOD + entry("././@LongLink", text, kind=kind) + follow + END, (0, 4), None, packages=None
            )
            yield "a %s of %d bytes without NUL" % (name, size), Case(
                GOOD + entry("././@LongLink", b"b" * size, kind=kind) + follow + END, (0, 4), None, packages=None
            )
            yield "a %s of %d bytes at the end" % (name, size), refused(GOOD + header(b"././@LongLink", size, kind=kind) + text[:-1], ".")
        twice = entry("././@LongLink", b"bb\0", kind=kind) + entry("././@LongLink", b"c\0", kind=kind)
        yield "two of a " + name, Case(GOOD + twice + follow + END, (0, 4), None, packages=None)
    for name, raw in (
        ("eleven digits and no end", b"777777777777"),
        ("all bits", b"\xff" * 12),
        ("the least number", b"\x80" + bytes(11)),
        ("the most negative", b"\xc0" + bytes(11)),
        ("2^63", b"\x80\0\0\0\x80" + bytes(7)),
        ("2^64", b"\x80\0\0\1" + bytes(8)),
        ("a minus", b"-0000000001\0"),
        ("eights", b"00000000088\0"),
        ("blanks alone", b" " * 12),
    ):
        body = GOOD + header(b"x", raw_size=raw) + END
        # Those of no bytes take nothing away, whoever reads them otherwise.
        nothing = name in ("the least number", "eights", "blanks alone")
        yield "a size of " + name, Case(body, (0, 4), None, packages=None) if nothing else refused(body, ".")
    for name, key, value in (
        ("descending", b"map", b"512,5,0,5"),
        ("overlapping", b"map", b"0,512,100,512"),
        ("huge", b"map", b"9223372036854775807,9223372036854775807"),
        ("negative", b"map", b"-5,5"),
        ("odd", b"map", b"0"),
        ("empty", b"map", b""),
        ("words", b"map", b"a,b"),
    ):
        records = [(b"size", b"1048576"), (b"numblocks", b"1"), (b"name", b"x"), (key, value)]
        yield "holes that are " + name, Case(sparse_file(records, "GNUSparseFile.0/x", b"12345") + GOOD + END, (0, 4), None, packages=None)
    for count in (b"99999999999999999999", b"-1", b"x", b"", b"2\n0\n5"):
        records = [(b"major", b"1"), (b"minor", b"0"), (b"name", b"x"), (b"realsize", b"1048576")]
        body = sparse_file(records, "GNUSparseFile.0/x", (count + b"\n").ljust(512, b"\0") + b"12345") + GOOD + END
        yield "a map of %r holes" % count, Case(body, (0, 4), None, packages=None)
    for text in (b"x" * 5000, b"\xff" * 300, b""):
        records = [(b"major", b"1"), (b"minor", b"0"), (b"name", text), (b"realsize", b"5")]
        body = sparse_file(records, "GNUSparseFile.0/x", b"1\n0\n5\n".ljust(512, b"\0") + b"12345") + GOOD + END
        yield "a sparse name of %d bytes" % len(text), Case(body, (0, 4), None, packages=None)


# ---- images ----


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def plain(blob):
    """The tar's bytes for a diff_id, where they can be had."""
    try:
        return gzip.decompress(blob) if blob[:2] == b"\x1f\x8b" and len(blob) < 1 << 20 else blob
    except (OSError, EOFError, zlib.error):
        return blob


def write_oci(case, path):
    blobs = os.path.join(path, "blobs", "sha256")
    os.makedirs(blobs)

    def put(data, named=None):
        with open(os.path.join(blobs, (named or sha256(data))[7:]), "wb") as f:
            f.write(data)
        return named or sha256(data)

    layers, diff_ids = [], []
    for blob in case.layers:
        media = "application/vnd.oci.image.layer.v1.tar"
        media += "+gzip" if blob[:2] == b"\x1f\x8b" else "+zstd" if blob[:4] == b"\x28\xb5\x2f\xfd" else ""
        digest = put(case.edit.get("blob", blob), sha256(blob))
        layers.append({"mediaType": media, "digest": digest, "size": case.edit.get("size", len(blob))})
        diff_ids.append(case.edit.get("diff_id", sha256(plain(blob))))
    config = json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": diff_ids}})
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "layers": layers}
    manifest["config"] = {
        "mediaType": "application/vnd.oci.image.config.v1+json",
        "digest": put(config.encode()),
        "size": len(config),
    }
    text = json.dumps(manifest).encode()
    index = {"schemaVersion": 2, "manifests": [{"mediaType": manifest["mediaType"], "digest": put(text), "size": len(text)}]}
    for name, value in (("index.json", index), ("oci-layout", {"imageLayoutVersion": "1.0.0"})):
        with open(os.path.join(path, name), "w") as f:
            json.dump(value, f)


def write_docker(case, path):
    """The old form: id/layer.tar."""
    diff_ids = [case.edit.get("diff_id", sha256(b)) for b in case.layers]
    config = json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode()
    name = sha256(config)[7:] + ".json"
    names = ["%064x/layer.tar" % i for i in range(len(case.layers))]
    manifest = json.dumps([{"Config": name, "RepoTags": ["example.com/x:1"], "Layers": names}]).encode()
    with open(path, "wb") as f:
        for member, data in [(name, config), ("manifest.json", manifest)] + list(zip(names, case.layers)):
            f.write(entry(member, data))
        f.write(END)


# ---- running ----

# A process begins with the peak of the one that it was forked from, so a small one starts them.
STARTER = """
import json, os, subprocess, sys
for line in sys.stdin:
    command, name = json.loads(line)
    with open(name + ".out", "wb") as out, open(name + ".err", "wb") as err:
        p = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, code, usage = os.wait4(p.pid, 0)
        p.returncode = 0
    print(os.waitstatus_to_exitcode(code), usage.ru_maxrss, flush=True)
"""
STARTERS = queue.Queue()


def run(command, name):
    """Its status, output and peak memory in KiB, that of its children included."""
    starter = STARTERS.get()
    try:
        starter.stdin.write(json.dumps([command, name]) + "\n")
        starter.stdin.flush()
        status, memory = map(int, starter.stdout.readline().split())
    finally:
        STARTERS.put(starter)
    with open(name + ".out", "rb") as out, open(name + ".err", "rb") as err:
        return status, out.read(), err.read(), memory


def check_driver(driver, case, path):
    """What is wrong, or nothing."""
    status, out, _, memory = run([driver, "-u", path], path)
    lines = [line.split("\t") for line in out.decode("utf-8", "replace").split("\n")]
    gaps = [line[-1] for line in lines if line[0] in ("gap", "file-gap", "error")]
    packages = {line[-2] + " " + line[-1] for line in lines if line[0] == "package"}
    if status not in (0, 1):
        return "the driver's status is %d" % status
    if case.status == 0 and (gaps or packages != case.packages):
        return "the driver finds %s and says %s" % (packages, gaps)
    # Where only the merged tree knows what is wrong, the layer alone is in order.
    merged = ("circles", "hard link", "no regular file", "links lead")
    if case.status == 4 and not any(re.search(case.reason, g) for g in gaps) and case.reason not in merged:
        return "the driver says %s, not %s" % (gaps, case.reason)
    return check_memory(case, memory)


def check_memory(case, memory):
    most = case.edit.get("memory", MEMORY_MOST)
    return "it took %d KiB of memory" % memory if memory > most and not SANITIZED else None


def check_program(program, case, image, folder):
    report = folder + ".json"
    database = os.path.join(os.environ["TMPDIR"], "..", "advisories.sqlite")
    command = [program, "scan", "--no-cache", "--db", database, "-o", "json=" + report, "-o", "table", *case.flags, image]
    status, out, err, memory = run(command, folder)
    wanted = case.status if isinstance(case.status, tuple) else (case.status,)
    if status not in wanted:
        return "status %d, not %s: %s" % (status, case.status, (err or out)[-300:])
    with open(report) as f:
        text = json.load(f)
    packages = {p["name"] + " " + p["version"] for p in text["packages"]}
    if case.packages is not None and packages != case.packages:
        return "the packages are %s" % packages
    if status == 0 and case.packages is None and packages != case.edit.get("kept", BASH):
        return "complete, with the packages %s" % packages
    if status == 0 and case.edit.get("complete") and packages != BASH:
        return "complete, with the packages %s" % packages
    reasons = [g["reason"] for g in text["gaps"]]
    if status == 4 and case.reason and not any(re.search(case.reason, r) for r in reasons):
        return "the reasons are %s, not %s" % (reasons, case.reason)
    if status == 4 and (not reasons or not all(reasons)):
        return "no reason is given: %s" % reasons
    if case.edit.get("clean") and re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae", out + err):
        return "a control byte reaches the terminal"
    return check_memory(case, memory)


def check(driver, program, path, case):
    """What is wrong, as sentences."""
    why = []
    if case.driver or "rootfs" in case.via:
        with open(path, "wb") as f:
            f.write(case.layers[0])
    if case.driver:
        why.append(check_driver(driver, case, path))
    for form in case.via:
        image = {"rootfs": "rootfs:" + path, "oci": "oci:" + path + ".oci", "docker": "docker-archive:" + path + ".docker"}[form]
        if form == "oci":
            write_oci(case, path + ".oci")
        elif form == "docker":
            write_docker(case, path + ".docker")
        why.append(check_program(program, case, image, path + "." + form))
    subprocess.call(["rm", "-rf", path, path + ".oci", path + ".docker"])
    case.layers = None
    return [w for w in why if w]


def write_seeds(folder):
    """The layers that are small, behind the byte in which the drivers of tests/fuzz look for their options."""
    for function, _ in ATTACKS:
        if "many" in function.__name__ or function.__name__.startswith(("A01", "A02", "A03", "A04", "A21", "B10")):
            continue
        for number, (_, case) in enumerate(function()):
            layers = [] if isinstance(case, str) else case.layers[:3]
            for place, blob in enumerate(layers):
                if 0 < len(blob) <= SEED_MOST:
                    with open(os.path.join(folder, "%s-%d-%d" % (function.__name__, number, place)), "wb") as f:
                        f.write(b"\1" + blob)


def main():
    if sys.argv[1] == "--seeds":
        write_seeds(sys.argv[2])
        return
    driver, program, folder = sys.argv[1:4]
    only = tuple(sys.argv[4:])
    jobs = []
    slots = threading.Semaphore(2 * WORKERS)  # layers in memory at a time

    def work(path, case):
        try:
            return check(driver, program, path, case)
        finally:
            slots.release()

    for _ in range(WORKERS):
        pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        STARTERS.put(subprocess.Popen([sys.executable, "-c", STARTER], **pipe))
    # The TMPDIR that the program sees is empty afterwards.
    os.environ["TMPDIR"] = os.path.join(folder, "tmp")
    os.mkdir(os.environ["TMPDIR"])
    feeds = os.path.join(os.path.dirname(__file__), "fixtures", "db", "feeds")
    database = os.path.join(folder, "advisories.sqlite")
    subprocess.run([program, "db", "build", "--db", database, "--from", feeds], check=True, stdout=subprocess.DEVNULL)
    with ThreadPoolExecutor(WORKERS) as pool:
        for function, names in ATTACKS:
            if only and not function.__name__.startswith(only):
                continue
            label = function.__name__.replace("_", " ") + names
            for name, case in function():
                name = "%s: %s" % (label, name)
                if isinstance(case, str):
                    jobs.append((name, case))
                    continue
                slots.acquire()
                jobs.append((name, pool.submit(work, os.path.join(folder, str(len(jobs))), case)))
    failures = 0
    for i, (name, job) in enumerate(jobs, 1):
        if isinstance(job, str):
            print("ok %d - %s # SKIP %s" % (i, name, job))
            continue
        try:
            why = job.result()
        except Exception as e:  # what a check could not do is a failure of it
            why = [repr(e)]
        failures += bool(why)
        print("%s %d - %s" % ("not ok" if why else "ok", i, name))
        for line in why:
            print("# " + line)
    left = os.listdir(os.environ["TMPDIR"])
    print("%s %d - no file is left in TMPDIR" % ("not ok" if left else "ok", len(jobs) + 1))
    print("1..%d" % (len(jobs) + 1))
    sys.exit(1 if failures or left else 0)


main()
