"""A name server on 127.0.0.1:53 that knows one name: dns.py NAME ADDRESS [SLOW SECONDS].

Of the name SLOW it says after so long that it is at a loss. Prints "port 53" when it listens, then a line for each
question: its type and name. For a network namespace of one's own, where that port is free.
"""

import socket
import struct
import sys
import time

TYPE_A = 1
AT_A_LOSS = 2
NO_SUCH_NAME = 3

known = sys.argv[1].lower()
address = socket.inet_aton(sys.argv[2])
slow, seconds = sys.argv[3:5] or (None, 0)


def question(packet):
    """Its name, its type, and where it ends."""
    at, labels = 12, []
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode().lower())
        at += 1 + packet[at]
    return ".".join(labels), struct.unpack_from("!H", packet, at + 1)[0], at + 5


def answer(packet):
    name, kind, end = question(packet)
    print(kind, name, flush=True)
    found = name == known and kind == TYPE_A
    flags = 0x8580 | (0 if name == known else AT_A_LOSS if name == slow else NO_SUCH_NAME)
    if name == slow:
        time.sleep(float(seconds))
    header = packet[:2] + struct.pack("!HHHHH", flags, 1, found, 0, 0)
    record = struct.pack("!HHHIH", 0xC00C, TYPE_A, 1, 60, len(address)) + address
    return header + packet[12:end] + (record if found else b"")


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("port 53", flush=True)
while True:
    asked, peer = server.recvfrom(512)
    server.sendto(answer(asked), peer)
