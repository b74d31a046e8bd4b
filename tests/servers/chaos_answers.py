"""Kinds of faults: wrong statuses, other content, other places, odd tokens. As in chaos_faults.py."""

import gzip

from chaos import Answer
from chaos_faults import at, choice, kind


# ---- Statuses


def refuses(status):
    def function(t):
        body = choice(t, b"", b"<html><h1>No</h1></html>", b'{"errors":[]}', b"\xff\xfe" * 300, b"[" * 5000,
                      b'{"errors":[{"code":"DENIED","message":"no\\u001b[2J\\n::x::"}]}')
        t.reply(Answer(status, [("Content-Type", "application/json")], body))
    kind("mclt", name="status-%d" % status)(function)


for number in (204, 304, 400, 403, 404, 405, 408, 416, 451, 500, 501, 502, 504, 599):
    refuses(number)


def not_now(status):
    def function(t):
        after = choice(t, "0", "1", "1000000000", "Thu, 01 Jan 1970 00:00:00 GMT", "soon", "-1", "0.5", "", "1e9",
                       "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT", None)
        headers = [("RateLimit-Limit", "100;w=21600"), ("RateLimit-Remaining", choice(t, "0;w=21600", "x", "-1"))]
        t.reply(Answer(status, headers + ([("Retry-After", after)] if after is not None else []), b"later"))
    kind("mclt", name="not-now-%d" % status)(function)


not_now(429)
not_now(503)


@kind("mcl")
def challenged(t):
    """Again and again, whatever was sent: a token that has expired as soon as it was given, a password that is none."""
    challenge = t.answer.header("WWW-Authenticate") or choice(
        t, 'Basic realm="x"', 'Bearer realm="%s",service="test-registry",error="invalid_token"' % t.chaos.realm(t.run),
        'Bearer realm="/s%d/token",service="test-registry"' % t.run.seed)
    t.reply(Answer(401, [("WWW-Authenticate", challenge)], b"{}"))


@kind("mcl")
def challenged_oddly(t):
    values = choice(t, [], [""], ["Bearer"], ["Negotiate"], ['Digest realm="x", nonce="y"'], ['Bearer realm="'],
                    ['Bearer realm=""'], ['Basic realm="a", Basic realm="b"'], ["=,=,,=", "Basic"], ['Basic realm="\\'],
                    ["x" * 20000], ['Bearer realm="%s"' % ("a" * 5000)], ["Basic"] * 200, ['Bearer scope="x"'])
    t.reply(Answer(401, [("WWW-Authenticate", v) for v in values]))


@kind("mclt")
def welcome_page(t):
    t.spoils_layer()
    t.reply(Answer(200, [("Content-Type", choice(t, "text/html; charset=utf-8", "application/json"))],
                   b"<html>Log in to the hotel's network</html>"))


# ---- Other content


@kind("mclt", ok=True)
def flipped(t):
    """One bit of it."""
    t.spoils_layer()
    body = bytearray(t.answer.body)
    if body:
        body[at(t)] ^= 1 << t.fault.pick % 8
    t.reply(t.answer.copy(body=bytes(body)))


@kind("m", ok=True)
def another(t):
    """Another image's manifest: rightly named, named as what was asked for, or not named at all."""
    other = t.run.images[choice(t, *[n for n in sorted(t.run.images) if n not in (t.run.image.name, "many")])]
    digests = choice(t, [other.digest], [t.answer.header("Docker-Content-Digest")], [])
    if digests != [t.answer.header("Docker-Content-Digest")]:
        t.run.others.add(other.digest)
    t.reply(t.answer.with_header("Docker-Content-Digest", *digests).with_header("Content-Type", other.type).with_header(
        "ETag").copy(body=other.body))


@kind("mcl", ok=True)
def wrong_digest(t):
    value = choice(t, "sha256:" + "7" * 64, "sha256:../../etc/passwd", "sha256:", "", "md5:00", "x" * 9000,
                   "SHA256:" + "A" * 64, (t.answer.header("Docker-Content-Digest") or "") + " ")
    t.reply(t.answer.with_header("Docker-Content-Digest", value))


@kind("mclt", ok=True)
def wrong_type(t):
    t.reply(t.answer.with_header("Content-Type", *choice(
        t, [], ["text/html"], [""], ["application/vnd.oci.image.index.v1+json"], ["application/octet-stream"],
        ["application/vnd.docker.distribution.manifest.v1+prettyjws"], ["text/html", "application/json"],
        ["x" * 9000])))


@kind("mclt", ok=True)
def compressed(t):
    t.spoils_layer()
    t.reply(t.answer.with_header("Content-Encoding", "gzip").copy(body=gzip.compress(t.answer.body, mtime=0)))


@kind("mclt", ok=True)
def said_compressed(t):
    t.spoils_layer()
    t.reply(t.answer.with_header("Content-Encoding", choice(t, "gzip", "br", "identity", "zstd", "x", "gzip, gzip")))


@kind("mclt", ok=True)
def headers_twice(t):
    t.reply(t.answer.copy(headers=t.answer.headers * 2))


# ---- Somewhere else


def private(t):
    """Addresses that nobody may be sent to by a registry at 127.0.0.1."""
    two, three, six = (t.chaos.port("trap" + n) for n in "236")
    return choice(
        t, "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://127.0.0.2:%d/" % two,
        "http://127.0.0.3:%d/a" % three, "http://[::1]:%d/" % six, "file:///etc/passwd", "//127.0.0.2:%d/x" % two,
        "http://127.0.0.1:%d@127.0.0.2:%d/" % (t.chaos.port("front"), two), "http://2130706434:%d/" % two,
        "http://0x7f.2:%d/" % two, "http://127.2:%d/" % two, "http://[::ffff:127.0.0.2]:%d/" % two,
        "gopher://127.0.0.2:%d/" % two, "http://0177.0.0.2:%d/" % two, "http://127.0.0.2:%d\\@127.0.0.1/" % two,
        "http://127.0.0.2%%00.127.0.0.1:%d/" % two, "https://127.0.0.2:%d/" % two, "ftp://127.0.0.2:%d/" % two,
        "http://user:secret@127.0.0.1:%d/" % t.chaos.port("store"), "unix:///var/run/docker.sock",
        "http://0.0.0.0:%d/" % t.chaos.port("store"), "http://127.0.0.2.:%d/" % two)


def redirect(t, location, status=None):
    headers = [("Location", location)] if location is not None else []
    t.reply(Answer(status or choice(t, 301, 302, 303, 307, 308), headers, b"there"))


@kind("mclt")
def to_private(t):
    redirect(t, private(t))


@kind("mclt")
def to_itself(t):
    redirect(t, t.request.target)


@kind("mclt")
def to_nowhere(t):
    redirect(t, choice(t, None, "", " ", "http://", "http:///x", "://", "x" * 60000, "http://127.0.0.1:99999/", "?",
                       "http://127.0.0.1:/", "/../../..", "http://127.0.0.1:1/", "%zz", "/\x7f", "/ /"))


@kind("cl", ok=True)
def to_store(t):
    if t.request.path.startswith("/v2/"):
        redirect(t, t.address("store"))
    else:
        t.reply(t.answer)


@kind("cl", ok=True)
def to_store_and_back(t):
    if t.request.path.startswith("/v2/") and "back" not in t.request.target:
        redirect(t, t.address("store") + "?back")
    else:
        t.reply(t.answer)


@kind("cl", ok=True)
def to_and_fro(t):
    """Between the two, for ever."""
    where = "/v2/s%d/%s/%s/blobs/%s?back" % (t.run.seed, t.run.mode, t.run.image.name, t.digest)
    redirect(t, t.address("front", where) if not t.request.path.startswith("/v2/") else t.address("store"))


@kind("cl", ok=True)
def two_locations(t):
    t.reply(Answer(307, [("Location", t.address("store")), ("Location", private(t))]))


@kind("mcl")
def realm_elsewhere(t):
    trap = private(t)
    values = choice(t, ['Bearer realm="%s",service="x"' % trap], ['Basic realm="a", Bearer realm="%s"' % trap],
                    ['Basic realm="a"', 'Bearer realm="%s"' % trap], ['Bearer realm="%s", Bearer realm="x"' % trap],
                    ['Bearer realm="%s",scope="repository:other:pull"' % trap], ["bEARER Realm=%s" % trap])
    t.reply(Answer(401, [("WWW-Authenticate", v) for v in values]))


# ---- Tokens


@kind("t")
def token_junk(t):
    body = choice(t, b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"token":null}', b'{"token":7}', b'{"token":""}',
                  b'{"token":"a\\r\\nX-Injected: 1"}', b'{"token":"a\\u0000b"}', b'{"token":"a b"}',
                  b'{"token":"\xff"}', b'{"token":["x"]}', b"[" * 100000, b'{"token":"x","token":"y"}',
                  b'{"token":"a\\nb"}', b'{"token":"x","access_token":"y"}', '{"token":"\u00e9"}'.encode())
    t.reply(Answer(200, [("Content-Type", "application/json")], body))


@kind("t")
def token_huge(t):
    t.reply(Answer(200, [("Content-Type", "application/json")],
                   b'{"token":"%s"}' % (b"x" * choice(t, 20000, 200000, 5000000, 30000000))))


@kind("t")
def token_stale(t):
    """A token that the registry does not take."""
    t.reply(Answer(200, [("Content-Type", "application/json")],
                   b'{"token":"stale%d","expires_in":%s}' % (t.fault.seen, choice(t, b"0", b"-1", b"1e400", b'"x"'))))


@kind("t", ok=True)
def token_short_lived(t):
    t.reply(t.answer.copy(body=b'{"expires_in":%s,%s' % (
        choice(t, b"0", b"-5", b"1", b"99999999999999999999", b"null"), t.answer.body.lstrip()[1:])))
