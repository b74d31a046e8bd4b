"""Kinds of faults: connections that end, ranges, slowness, answers without end. chaos_answers.py has the rest.

A function for each kind. Letters are the places where it may happen: m index and manifest, c config, l layers, t token
service. One that is "ok" needs an answer that brings something; the others stand in place of any answer. It says itself
(spoils_layer()) when it delivers bytes as a layer's that are not.
"""

import time

from chaos import Answer

KINDS = {}  # name -> (places, ok, function)


def kind(places, ok=False, name=None):
    def add(function):
        KINDS[name or function.__name__.replace("_", "-")] = (places, ok, function)
        return function
    return add


def at(turn):
    """The fault's place in the body: never its end."""
    return int(turn.fault.share * len(turn.answer.body))


def choice(turn, *of):
    return of[turn.fault.pick % len(of)]


# ---- Connections


@kind("mclt")
def reset_before(t):
    t.end_reset()


@kind("mclt")
def close_before(t):
    t.end_close()


@kind("mclt")
def reset_in_header(t):
    head = t.head(t.answer, len(t.answer.body))
    t.put(head[:1 + int(t.fault.share * (len(head) - 5))])
    t.end_reset()


@kind("mclt")
def close_in_header(t):
    head = t.head(t.answer, len(t.answer.body))
    t.put(head[:1 + int(t.fault.share * (len(head) - 5))])
    t.end_close()


@kind("mclt", ok=True)
def reset_in_body(t):
    t.spoils_layer()
    t.reply(t.answer.copy(body=t.answer.body[:at(t)]), len(t.answer.body))
    t.end_reset()


@kind("mclt", ok=True)
def cut(t):
    """With the length that it should have had."""
    t.spoils_layer()
    t.reply(t.answer.copy(body=t.answer.body[:at(t)]), len(t.answer.body))
    t.end_close()


@kind("mclt", ok=True)
def cut_in_order(t):
    """With the length that it has."""
    t.spoils_layer()
    t.reply(t.answer.copy(body=t.answer.body[:at(t)]))


@kind("mclt", ok=True)
def cut_without_length(t):
    t.spoils_layer()
    t.reply(t.answer.with_header("Connection", "close").copy(body=t.answer.body[:at(t)]), None)
    t.end_close()


@kind("mclt", ok=True)
def length_too_long(t):
    t.reply(t.answer, len(t.answer.body) + 1 + t.fault.pick % 1000)
    t.end_close()


@kind("mclt", ok=True)
def length_odd(t):
    t.spoils_layer()
    t.reply(t.answer, choice(t, "-1", "0", "18446744073709551616", "9223372036854775807", "12x", "", "1, 2", "0x10"))
    t.end_close()


@kind("mclt", ok=True)
def lengths_two(t):
    size = len(t.answer.body)
    t.spoils_layer()
    t.reply(t.answer.with_header("Content-Length", choice(t, size, size + 1, max(size - 1, 0))))
    t.end_close()


@kind("mclt", ok=True)
def trailing_bytes(t):
    t.spoils_layer()
    t.reply(t.answer.copy(body=t.answer.body + choice(t, b"\n", b"\0", b" " * 5000, t.answer.body)))


@kind("mclt", ok=True)
def nothing(t):
    """A good answer without a body."""
    t.spoils_layer()
    t.reply(t.answer.copy(body=b""))


def chunks(t, end):
    t.put(t.head(t.answer.with_header("Transfer-Encoding", "chunked"), None))
    body = t.answer.body
    half = max(at(t), 1)
    for piece in (body[:half], body[half:]):
        if piece:
            t.body(b"%x\r\n%s\r\n" % (len(piece), piece))
    t.body(end)


@kind("mclt")
def chunked(t):
    chunks(t, b"0\r\n\r\n")


@kind("mclt")
def chunked_trailer(t):
    chunks(t, b"0\r\nDocker-Content-Digest: sha256:" + b"0" * 64 + b"\r\nContent-Length: 1\r\n\r\n")


@kind("mclt")
def chunked_without_end(t):
    chunks(t, b"")
    t.end_close()


@kind("mclt", ok=True)
def chunked_garbage(t):
    t.spoils_layer()
    t.put(t.head(t.answer.with_header("Transfer-Encoding", "chunked"), None))
    piece = t.answer.body[:at(t)]
    size = choice(t, b"xyz", b"-1", b"fffffffffffffffff", b"7fffffffffffffff")
    t.body(b"%x\r\n%s\r\n%s\r\n" % (len(piece), piece, size))
    t.end_close()


@kind("mclt", ok=True)
def chunked_cut(t):
    t.spoils_layer()
    t.put(t.head(t.answer.with_header("Transfer-Encoding", "chunked"), None))
    t.body(b"%x\r\n%s" % (len(t.answer.body), t.answer.body[:at(t)]))
    t.end_close()


@kind("mclt")
def http_1_0(t):
    t.reply(t.answer, choice(t, None, -1), "HTTP/1.0")
    t.end_close()


@kind("mclt")
def closes_as_said(t):
    t.reply(t.answer.with_header("Connection", "close"))
    t.end_close()


@kind("mclt")
def closes_unsaid(t):
    t.reply(t.answer.with_header("Connection", "keep-alive"))
    t.end_close()


@kind("mclt")
def stays_though_it_said_close(t):
    t.reply(t.answer.with_header("Connection", "close"))


# ---- Time


@kind("mclt")
def slow(t):
    data = t.head(t.answer, len(t.answer.body)) + (b"" if t.request.method == "HEAD" else t.answer.body)
    step = len(data) // 8 + 1
    for i in range(0, len(data), step):
        t.put(data[i:i + step])
        time.sleep(0.03)


@kind("mclt")
def stall(t):
    """Some of it, then nothing for a while, then the end."""
    data = t.head(t.answer, len(t.answer.body)) + (b"" if t.request.method == "HEAD" else t.answer.body)
    t.spoils_layer()
    t.put(data[:int(t.fault.share * len(data))])
    time.sleep(0.3)
    choice(t, t.end_close, t.end_reset)()


# ---- Without end


@kind("mclt")
def endless_body(t):
    """Of any status."""
    t.spoils_layer()
    answer = t.answer.copy(status=choice(t, 200, 200, 404, 403, 503, 307), body=b"")
    if answer.status == 307:
        answer = answer.with_header("Location", t.request.target)
    t.reply(answer, choice(t, None, 1 << 60))
    if t.request.method != "HEAD":
        t.endless(choice(t, b" " * 65536, b"x" * 65536, b"[" * 65536), "a body")
    t.end_close()


@kind("mclt")
def endless_header(t):
    t.put(b"HTTP/1.1 200 OK\r\n")
    t.endless(choice(t, b"X-A: %s\r\n" % (b"x" * 1000) * 50, b"x" * 65536, b"WWW-Authenticate: Basic\r\n" * 2000,
                     b" folded\r\n" * 6000), "a header")


@kind("mclt")
def endless_100(t):
    t.endless(b"HTTP/1.1 10%d Odd\r\nX: y\r\n\r\n" % choice(t, 0, 2, 3) * 1500, "answers to come")


@kind("mclt")
def hints(t):
    t.put(b"HTTP/1.1 103 Early Hints\r\nLocation: %s\r\nContent-Length: 5\r\n\r\n" % t.address("trap2", "/").encode())
    t.reply(t.answer)


# ---- Ranges: a body that is cut, and what then comes in place of the rest


def range_of(name):
    def add(function):
        def all_of_it(t):
            t.spoils_layer()
            begin = t.request.headers.get("range", "").partition("=")[2].partition("-")[0]
            if t.request.method != "GET" or not begin or t.answer.status != 206:
                t.reply(t.answer.copy(body=t.answer.body[:max(at(t), 1)]), len(t.answer.body))
                t.end_close()
            function(t, int(begin), t.whole())
        KINDS["range-" + name] = ("l", True, all_of_it)
        return function
    return add


def part(t, begin, body, total, first=None):
    first = begin if first is None else first
    answer = t.answer.with_header("Content-Range", "bytes %d-%d/%s" % (first, first + max(len(body), 1) - 1, total))
    t.reply(answer.copy(status=206, body=body))


@range_of("ignored")
def range_ignored(t, begin, whole):
    t.reply(t.answer.with_header("Content-Range").copy(status=200, body=whole))


@range_of("wrong-start")
def range_wrong_start(t, begin, whole):
    part(t, begin, whole[begin:], len(whole), choice(t, 0, begin + 1, max(begin - 1, 0)))


@range_of("wrong-total")
def range_wrong_total(t, begin, whole):
    part(t, begin, whole[begin:], choice(t, len(whole) + 1, len(whole) - 1, 0, "x", "-1", 1 << 70))


@range_of("overlapping")
def range_overlapping(t, begin, whole):
    """Rightly said, but not what was asked for."""
    first = max(begin - 1 - t.fault.pick % 100, 0)
    part(t, first, whole[first:], len(whole))


@range_of("shifted")
def range_shifted(t, begin, whole):
    """Said to be what was asked for, and is not."""
    part(t, begin, (whole[begin + 1:] + b"x"), len(whole))


@range_of("part")
def range_part(t, begin, whole):
    """Less than was asked for."""
    part(t, begin, whole[begin:begin + 1 + t.fault.pick % 5000], len(whole))


@range_of("unsaid")
def range_unsaid(t, begin, whole):
    t.reply(t.answer.with_header("Content-Range", *choice(t, [], [""], ["bytes */*"], ["items 1-2/3"])))


@range_of("multipart")
def range_multipart(t, begin, whole):
    body = b"--x\r\nContent-Range: bytes %d-%d/%d\r\n\r\n%s\r\n--x--\r\n" % (
        begin, len(whole) - 1, len(whole), whole[begin:])
    t.reply(t.answer.with_header("Content-Range").with_header("Content-Type", "multipart/byteranges; boundary=x").copy(
        body=body))


@range_of("refused")
def range_refused(t, begin, whole):
    t.reply(Answer(416, [("Content-Range", "bytes */%d" % len(whole))]))


@range_of("changed")
def range_changed(t, begin, whole):
    """The first half was right."""
    rest = bytearray(whole[begin:])
    rest[t.fault.pick % len(rest)] ^= 1
    part(t, begin, bytes(rest), len(whole))


@kind("mcl", ok=True)
def range_unasked(t):
    body = t.answer.body
    t.spoils_layer()
    end = max(at(t), 1)
    t.reply(t.answer.with_header("Content-Range", "bytes 0-%d/%d" % (end - 1, len(body))).copy(
        status=206, body=body[:end]))
