"""The request budget of the developer app, shared by everything that a run asks.

TikTok counts requests per app, per second and per minute, and tells a caller that it went too far only by refusing
(codes 40100, 40016; 40133 for a single advertiser). So requests are spread evenly, a little below the granted rate;
after a refusal the rate is halved and climbs back. A refusal that stays alone may be due to requests that were held up
and arrived together, so the rate climbs quickly; if one follows another, it climbs slowly, to just below what was
refused, and tries more only very slowly.
"""

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from source_tiktok_marketing.api.clock import Clock

logger = logging.getLogger("airbyte")


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """What TikTok grants: requests in any second and in any minute."""

    per_second: float
    per_minute: float


TIERS: Mapping[str, Limit] = {
    "basic": Limit(per_second=10, per_minute=600),
    "advanced": Limit(per_second=20, per_minute=1200),
    "premium": Limit(per_second=30, per_minute=1800),
    "ultimate": Limit(per_second=50, per_minute=3000),
}
SANDBOX = Limit(per_second=1, per_minute=30)

_OWN_LIMITS: Mapping[str, Mapping[str, Limit]] = {
    "gmv_max/report/get/": {
        "basic": Limit(per_second=8, per_minute=240),
        "advanced": Limit(per_second=12, per_minute=360),
        "premium": Limit(per_second=20, per_minute=600),
        "ultimate": Limit(per_second=20, per_minute=600),
    },
}


def endpoint_limits(tier: str) -> dict[str, Limit]:
    """The endpoints that TikTok limits more than the app, and how."""
    return {path: limits[tier] for path, limits in _OWN_LIMITS.items()}


_HEADROOM = 0.905
"""Share of the limit that is used. With ten a second, one request may then be late by any time without crowding the
others: a second hardly ever holds more than nine that are on time."""
_SECOND = 1.1
"""Seconds in which no more than a second's requests are sent: one that is late then still finds room."""
_MINUTE = 60.0
_CAUGHT_UP = 0.25
"""Share of the time between two requests that a late turn gives back to the next: more of it would make them crowd."""
_SLOWEST_SHARE = 0.02
_BELOW_REFUSED = 0.8
_CLIMB_PER_SECOND = 0.05
_CLIMB_AFTER_ONE = 0.25
_PROBE_PER_SECOND = 0.002
_LONGEST_PAUSE = 60.0
_ALONE = 5.0
"""A refusal that comes so many seconds after the last does not lower the rate that is aimed at."""
_FIRST_INTERVAL = 0.1
_LONGEST_INTERVAL = 10.0
_FASTER = 0.98
"""What an answer does to the seconds between the requests of an advertiser that was slowed down."""


class _Lane:
    """One evenly paced sequence of turns that never exceeds its limit in any second or minute."""

    def __init__(self, limit: Limit, clock: Clock) -> None:
        self._clock = clock
        self._limit = limit
        self._rate = limit.per_second * _HEADROOM
        self._next = 0.0
        self._granted: deque[float] = deque()
        self._turnstile = threading.Lock()

    def wait(self, rate: Callable[[], float], not_before: Callable[[], float]) -> None:
        """Return when it is the caller's turn; what rate and pause hold is only known when the turn comes."""
        with self._turnstile:
            while (turn := self._turn(not_before())) > (now := self._clock.monotonic()):
                self._clock.sleep(turn - now)
            interval = 1 / min(rate(), self._rate)
            self._next = max(turn, now - interval * _CAUGHT_UP) + interval
            self._granted.append(now)

    def _turn(self, not_before: float) -> float:
        now = self._clock.monotonic()
        while self._granted and self._granted[0] <= now - _MINUTE:
            self._granted.popleft()
        full_minute = len(self._granted) >= self._limit.per_minute * _HEADROOM
        burst = max(int(self._limit.per_second), 1)
        full_second = len(self._granted) >= burst
        return max(
            self._next,
            not_before,
            self._granted[0] + _MINUTE if full_minute else 0.0,
            self._granted[-burst] + _SECOND if full_second else 0.0,
        )


@dataclass(slots=True)
class _Slowed:
    """An advertiser whose own limit was reached: when it may be asked next, and the seconds between its requests."""

    next: float
    interval: float


class Pacer:
    """Gives every request its turn and learns from refusals. Safe to share between threads."""

    def __init__(self, limit: Limit, clock: Clock, endpoint_limits: Mapping[str, Limit] | None = None) -> None:
        self._clock = clock
        self._app = _Lane(limit, clock)
        self._endpoints = {path: _Lane(own, clock) for path, own in (endpoint_limits or {}).items()}
        self._full = limit.per_second * _HEADROOM
        self._rate = self._full
        self._ceiling = self._full
        self._slowest = self._full * _SLOWEST_SHARE
        self._climb = _CLIMB_PER_SECOND
        self._climbed_at = clock.monotonic()
        self._paused_until = 0.0
        self._refused_at = float("-inf")
        self._refusals = 0
        self._slowed: dict[str, _Slowed] = {}
        self._state = threading.Lock()

    @property
    def rate(self) -> float:
        """Requests a second that are allowed at present."""
        with self._state:
            return self._rate

    def wait_narrow_turn(self, path: str, advertiser_id: str = "") -> None:
        """Return when the limits of `path` and of `advertiser_id`, if any, allow a request; `wait_turn` comes next.

        Other requests may well be sent meanwhile. Raises `Stopped` at the end.
        """
        if (pause := self._advertiser_turn(advertiser_id)) > 0:
            self._clock.sleep(pause)
        if lane := self._endpoints.get(path):
            lane.wait(lambda: self._full, lambda: 0.0)

    def wait_turn(self) -> None:
        """Return when the app's limit allows a request. Raises `Stopped` at the end."""
        self._app.wait(lambda: self.rate, lambda: self._paused_until)

    def rests(self, advertiser_id: str) -> bool:
        """Whether a request about the advertiser would have to wait for the advertiser's own limit."""
        with self._state:
            slowed = self._slowed.get(advertiser_id)
            return slowed is not None and slowed.next > self._clock.monotonic()

    def _advertiser_turn(self, advertiser_id: str) -> float:
        """Seconds until the advertiser may be asked; the turn is taken."""
        with self._state:
            slowed = self._slowed.get(advertiser_id)
            if slowed is None:
                return 0.0
            now = self._clock.monotonic()
            turn = max(slowed.next, now)
            slowed.next = turn + slowed.interval
            return turn - now

    def refused(self) -> float:
        """Take note that TikTok refused for the app's limit; return the seconds that all requests now pause.

        Refusals that arrive during a pause belong to requests sent before it and change nothing more.
        """
        with self._state:
            now = self._clock.monotonic()
            if now >= self._paused_until:
                self._refusals += 1
                is_alone = now >= self._refused_at + _ALONE
                self._climb = _CLIMB_AFTER_ONE if is_alone else _CLIMB_PER_SECOND
                if not is_alone:
                    self._ceiling = max(self._rate * _BELOW_REFUSED, self._slowest)
                self._refused_at = now
                self._rate = max(self._rate / 2, self._slowest)
                pause = min(2.0 ** min(self._refusals - 1, 6), _LONGEST_PAUSE) * random.uniform(1.0, 1.25)
                self._paused_until = self._climbed_at = now + pause
                logger.info(
                    "TikTok limits the requests of this developer app: pausing %.0f s, then at most %.1f a second.",
                    pause,
                    self._rate,
                )
            return self._paused_until - now

    def advertiser_refused(self, advertiser_id: str, attempt: int) -> float:
        """Let only `advertiser_id` rest, and ask it less often afterwards; return for how many seconds it rests."""
        pause = min(2.0 ** min(attempt, 6), _LONGEST_PAUSE) * random.uniform(1.0, 1.25)
        with self._state:
            slowed = self._slowed.setdefault(advertiser_id, _Slowed(next=0.0, interval=_FIRST_INTERVAL / 2))
            slowed.interval = min(slowed.interval * 2, _LONGEST_INTERVAL)
            slowed.next = max(slowed.next, self._clock.monotonic() + pause)
        return pause

    def accepted(self, advertiser_id: str = "") -> None:
        """Take note that TikTok answered: climb back, quickly below the refused rate, slowly above it."""
        with self._state:
            if (slowed := self._slowed.get(advertiser_id)) is not None:
                slowed.interval *= _FASTER
            now = self._clock.monotonic()
            if now < self._paused_until:
                return
            self._refusals = 0
            elapsed, self._climbed_at = now - self._climbed_at, now
            if self._rate < self._ceiling:
                self._rate = min(self._rate + self._full * self._climb * elapsed, self._ceiling)
            elif self._rate < self._full:
                self._rate = self._ceiling = min(self._rate + self._full * _PROBE_PER_SECOND * elapsed, self._full)
