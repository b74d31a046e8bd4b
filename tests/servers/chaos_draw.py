"""What a seed makes of a scan: the image and how it is named, who serves it, and which faults happen where."""

import random
import threading

import chaos_answers  # noqa: F401, its kinds are in KINDS, too
from chaos_faults import KINDS

# What leaves every answer what it was, and what is got over when it happens once, or twice to a layer.
HARMLESS = """chunked closes-as-said closes-unsaid hints http-1-0 slow stays-though-it-said-close
    to-store to-store-and-back""".split()
PASSING = """chunked-cut chunked-without-end close-before close-in-header cut not-now-429 not-now-503
    range-ignored range-part reset-before reset-in-body reset-in-header stall status-408 status-500 status-502
    status-504""".split()
# What comes of these in a layer is mostly an incomplete report, which would be rare otherwise.
SPOILING = ("cut-in-order", "flipped", "nothing", "range-changed", "range-shifted", "trailing-bytes")
# What might lead a secret, or a request, to somebody else: every fourth seed has one of these alone, each another one.
LEADING_AWAY = ("to-private", "realm-elsewhere", "two-locations")


class Fault:
    """One kind at one place: from the request after the first skip on, so many times."""

    def __init__(self, rng, name, places, mirrored, times=0):
        self.kind = name
        letters, self.ok, self.function = KINDS[name]
        self.place = rng.choice([p for p in places if p[0] in letters or (p == "index" and "m" in letters)])
        self.skip = rng.choice((0, 0, 0, 1))
        self.times = times or rng.choice((1, 1, 1, 2, 3, 4, 6, 1000, 1000)) + name.startswith("range-")
        self.share = rng.random()  # where in the body
        self.pick = rng.randrange(1 << 30)  # which variation
        # Whose, or whoever is asked.
        self.role = rng.choice(("mirror", "front")) if mirrored and self.place != "token" else None
        self.seen = 0
        self.fired = 0

    def __str__(self):
        return "%s at %s%s, %s times after %d, %.3f, variation %d" % (
            self.kind, self.place, " of the " + self.role if self.role else "", self.times, self.skip, self.share,
            self.pick)

    def due(self, turn):
        if self.role and (turn.role == "mirror") != (self.role == "mirror"):
            return False
        if turn.place != self.place or (self.ok and turn.answer.status not in (200, 206)):
            return False
        self.seen += 1
        return self.skip < self.seen <= self.skip + self.times


class Run:
    """What one scan meets: all of it follows from the seed; of seed 0, nothing."""

    def __init__(self, seed, images):
        rng = random.Random(seed)
        self.seed = seed
        self.lock = threading.Lock()
        self.image = images[rng.choice(sorted(images))]
        self.images = images
        self.mode = rng.choice(("anon", "basic", "token"))
        self.realm = rng.choice(("front", "tokens"))  # where its token service is
        self.stored = rng.random() < 0.3  # its blobs are in the store
        self.by_digest = rng.random() < 0.3
        self.cached = rng.random() < 0.5
        self.mirrored = rng.random() < 0.15
        self.nameless = self.mode == "anon" and rng.random() < 0.3  # no user name is given
        self.faults = []
        self.problems = []
        self.spoilt = set()  # layers of which other bytes came
        self.others = set()  # digests of images that came in place of this one, and rightly named
        self.named = set()  # digests of all that came for the tag: who knows nothing but a tag has to believe it
        self.requests = []
        if seed > 0:
            self.draw(rng)

    def draw(self, rng):
        places = sorted(set(self.image.place.values()))
        nth, rest = divmod(self.seed, 4)
        if rest == 0:
            self.faults = [Fault(rng, LEADING_AWAY[nth % len(LEADING_AWAY)], places, self.mirrored)]
            self.faults[0].pick = nth
            return
        names = sorted(KINDS)
        names = [names[(self.seed - nth) % len(names)]] + rng.choices(names, k=rng.choice((0, 0, 1, 1, 2)))
        spoiling = [rng.choice(SPOILING)] if rng.random() < 0.25 else []
        if any(KINDS[n][0] == "t" for n in names):
            self.mode, self.nameless = "token", False
        if self.mode == "token":
            places.append("token")
        self.faults = [Fault(rng, n, places, self.mirrored) for n in names]
        for name in spoiling:
            layers = [p for p in places if p.startswith("layer")]
            self.faults.append(Fault(rng, name, layers, False, times=1000))

    def __str__(self):
        return "seed %d: %s by %s, %s%s%s%s%s%s\n  %s" % (
            self.seed, self.image.name, "digest" if self.by_digest else "tag", self.mode,
            " (service at the %s)" % self.realm if self.mode == "token" else "",
            ", blobs in the store" if self.stored else "", ", a cache" if self.cached else "",
            ", a mirror" if self.mirrored else "", ", nobody" if self.nameless else "",
            "\n  ".join(str(f) for f in self.faults))

    def problem(self, text):
        with self.lock:
            self.problems.append(text)

    def must_succeed(self):
        """After it has run: did nothing happen that has to hurt?"""
        lasting = [f for f in self.faults if f.fired and f.kind not in HARMLESS]
        most = 2 if all(f.place.startswith("layer") for f in lasting) else 1
        return all(f.kind in PASSING for f in lasting) and sum(f.fired for f in lasting) <= most

    def answer(self, turn):
        with self.lock:
            turn.fault = next((f for f in self.faults if f.due(turn)), None)
            self.requests.append("%s %s of the %s, %s: %s" % (
                turn.request.method, turn.place, turn.role, turn.request.headers.get("range", "all"),
                turn.fault.kind if turn.fault else turn.answer.status))
        if turn.fault is None:
            turn.reply(turn.answer)
            return
        turn.fault.fired += 1
        turn.fault.function(turn)
