"""The counters of a delivery: integers that add up, and that split without remainder."""

from itertools import accumulate
from operator import add

Counters = tuple[int, ...]

NAMES = (
    "impressions",
    "clicks",
    "spend",
    "plays",
    "watched_2s",
    "watched_6s",
    "p25",
    "p50",
    "p75",
    "p100",
    "seconds",
    "likes",
    "comments",
    "shares",
    "follows",
    "profile_visits",
    "conversions",
    "purchases",
    "value",
    "results",
)
INDEX = {name: place for place, name in enumerate(NAMES)}
ZERO: Counters = (0,) * len(NAMES)


def plus(left: Counters, right: Counters) -> Counters:
    """Return the sum of two counter rows."""
    return tuple(map(add, left, right))


def split(total: Counters, weights: tuple[int, ...]) -> list[Counters]:
    """Return `total` in parts in proportion to `weights`; the parts add up to it."""
    whole = sum(weights)
    edges = [tuple(count * edge // whole for count in total) for edge in accumulate(weights)]
    parts, previous = [], ZERO
    for edge in edges:
        parts.append(tuple(map(int.__sub__, edge, previous)))
        previous = edge
    return parts
