"""A layer that keeps its reader busy: a tar of 56 GiB of zeros in 2 MiB of zstd, on standard output."""

import sys

head = bytearray(512)
for at, field in (
    (0, b"zeros"),
    (100, b"0000644"),
    (124, b"%011o" % (7 << 30)),
    (148, b" " * 8),
    (156, b"0"),
    (257, b"ustar\00000"),
):
    head[at : at + len(field)] = field
head[148:156] = b"%06o\0 " % sum(head)
frame = b"\x28\xb5\x2f\xfd\x00\x38"  # RFC 8878: no size, a window of 128 KiB
raw = (len(head) << 3).to_bytes(3, "little") + head
zeros = (1 << 17 << 3 | 1 << 1).to_bytes(3, "little") + b"\0"
end = (1024 << 3 | 1 << 1 | 1).to_bytes(3, "little") + b"\0"
sys.stdout.buffer.write(frame + (raw + zeros * (7 << 13)) * 8 + end)
