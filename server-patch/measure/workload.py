# SPDX-License-Identifier: BSD-3-Clause
"""workload.py -- the data that fill a server, and what is deleted again: three quarters at random.

    small    a million strings of 1 to 40 bytes
    mixed    200 000 strings of 16 bytes to 8 kB, the same number of each magnitude
    values   20 000 hashes and lists of 1 to 100 elements, and 50 of 10 000, all growing at the same
             time; elements of 5 to 100 bytes

Everything follows from the seed. Three quarters of the fields of a big hash are deleted, the tail
of a big list, and otherwise whole keys.

Limits: keys do not expire, and nothing is overwritten or read; a real server's memory is older and
more mixed.
"""

import random
from collections.abc import Iterable, Iterator

from measure.server import encode

FILLER = b"x" * 8192
DELETED = 0.75
NAMES = ("small", "mixed", "values")


def make(name: str, scale: float, seed: int) -> "Strings | Values":
    """The workload of a name. With `scale` 1 it has the size given above."""
    if name == "values":
        return Values(scale, seed)
    return Strings(name, scale, seed)


class Strings:
    """Strings of many sizes, one a key."""

    def __init__(self, name: str, scale: float, seed: int) -> None:
        chance = random.Random(f"{name} {seed}")
        if name == "small":
            self.sizes = [chance.randint(1, 40) for _ in range(max(1, int(1_000_000 * scale)))]
        else:
            self.sizes = [int(16 * 512 ** chance.random()) for _ in range(max(1, int(200_000 * scale)))]
        self.dead = [i for i in range(len(self.sizes)) if chance.random() < DELETED]
        chance.shuffle(self.dead)

    def fill(self, skip: frozenset[int] = frozenset()) -> Iterator[bytes]:
        return (encode(b"SET", b"key:%d" % i, FILLER[:size]) for i, size in enumerate(self.sizes) if i not in skip)

    def delete(self) -> Iterable[bytes]:
        return (encode(b"DEL", b"key:%d" % i) for i in self.dead)

    def rest(self) -> Iterator[bytes]:
        """What is left, for a server that never had the rest."""
        return self.fill(frozenset(self.dead))


class Values:
    """Hashes and lists. Key number k is a hash if k is even, else a list."""

    KEYS, SMALL, BIG_KEYS, BIG = 20_000, 100, 50, 10_000

    def __init__(self, scale: float, seed: int) -> None:
        chance = random.Random(f"values {seed}")
        self.big = max(2, int(self.BIG_KEYS * scale))
        lengths = [self.BIG] * self.big + [chance.randint(1, self.SMALL) for _ in range(max(2, int(self.KEYS * scale)))]
        self.order = [key for key, length in enumerate(lengths) for _ in range(length)]
        chance.shuffle(self.order)
        self.sizes = [chance.randint(5, 100) for _ in self.order]
        self.dead_keys = [key for key in range(self.big, len(lengths)) if chance.random() < DELETED]
        self.dead_fields = [(key, field) for key in range(0, self.big, 2) for field in range(self.BIG)
                            if chance.random() < DELETED]
        self.kept = int(self.BIG * (1 - DELETED))
        self.seed = seed

    def fill(self, keys: frozenset[int] = frozenset(), fields: frozenset[tuple[int, int]] = frozenset(),
             longest: int = BIG) -> Iterator[bytes]:
        done: dict[int, int] = {}
        for key, size in zip(self.order, self.sizes):
            number = done[key] = done.get(key, -1) + 1
            if key in keys or (key, number) in fields:
                continue
            if key % 2 == 0:
                yield encode(b"HSET", b"hash:%d" % key, b"field:%d" % number, FILLER[:size])
            elif number < longest:
                yield encode(b"RPUSH", b"list:%d" % key, FILLER[:size])

    def delete(self) -> Iterable[bytes]:
        commands = [encode(b"DEL", b"%b:%d" % (b"list" if key % 2 else b"hash", key)) for key in self.dead_keys]
        commands += [encode(b"HDEL", b"hash:%d" % key, b"field:%d" % field) for key, field in self.dead_fields]
        commands += [encode(b"LTRIM", b"list:%d" % key, b"0", b"%d" % (self.kept - 1)) for key in range(1, self.big, 2)]
        random.Random(f"delete {self.seed}").shuffle(commands)
        return commands

    def rest(self) -> Iterator[bytes]:
        return self.fill(frozenset(self.dead_keys), frozenset(self.dead_fields), self.kept)
