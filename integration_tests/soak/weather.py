"""Passing faults by chance: which request is hit by what. They cost nothing but time."""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import orjson

from integration_tests.emulator import Fault
from integration_tests.harness.output import Json

RATE = 0.12
"""Share of the requests that are hit."""


def turned(data: Any) -> Any:
    """The page with its rows the other way round, the first of them in the place of the last."""
    rows = data.get("list") if isinstance(data, dict) and "page_info" in data else None
    return {**data, "list": [*rows[1:], rows[1]][::-1]} if rows and len(rows) > 1 else data


PASSING: tuple[Json, ...] = (
    {"drop": True},
    {"truncate": True},
    {"garbage": True},
    {"drip": 0.02},
    {"delay": 0.1},
    {"status": 500},
    {"status": 502},
    {"status": 503, "headers": {"Retry-After": "9"}},
    {"status": 429},
    {"status": 429, "headers": {"Retry-After": "30"}},
    {"code": 40016, "message": "Too many requests to the endpoint."},
    {"code": 40100, "message": "Too many requests. Please retry in some time."},
    {"code": 40133, "message": "Too many requests for the advertiser."},
    {"code": 40202, "message": "Conflict."},
    {"code": 50000, "message": "System error."},
    {"code": 51039, "message": "One more."},
    {"rewrite": lambda _: None},
)
"""What hits any request; the same question asked once more is hit only by the same chance again."""
OF_REPORTS: tuple[Json, ...] = (
    {"code": 40067, "message": "The query is too large."},
    {"headers": {"X-Tt-Ads-Throttle": "Number of ad ids is equal or more than 20k."}},
    {"rewrite": turned},
)
"""What hits reports, with time and without."""


class Weather:
    """Decides which request is hit by what: by its question and how often that was asked, not by the moment."""

    def __init__(self, seed: str | int, rate: float = RATE) -> None:
        self.hits = 0
        self._seed, self._rate = seed, rate
        self._asked: Counter[str] = Counter()
        self._fate: int | None = None

    def faults(self) -> Iterator[Fault]:
        """The faults to inject: one that only looks at each request, then one for each sort."""
        yield Fault(match=self._look, times=None)
        for number, fault in enumerate((*PASSING, *OF_REPORTS)):
            yield Fault(match=self._fated(number), times=None, **fault)

    def _look(self, params: Json) -> bool:
        question = orjson.dumps(params, option=orjson.OPT_SORT_KEYS).decode()
        self._asked[question] += 1
        dice = Random(f"{self._seed}/{question}/{self._asked[question]}")
        self._fate = None
        if dice.random() < self._rate:
            self._fate = dice.randrange(len(PASSING) + (len(OF_REPORTS) if "data_level" in params else 0))
            self.hits += 1
        return False

    def _fated(self, number: int) -> Callable[[Json], bool]:
        return lambda _: self._fate == number
