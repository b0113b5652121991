"""Paces the requests of a run, which share the rate limit of the developer app.

TikTok counts requests per app, per second and per minute, and tells that a limit was exceeded only by refusing (codes
40100 and 40016; 40133 for a single advertiser). Requests are therefore spread evenly, a little below the granted rate.
After a refusal the rate is halved and climbs back: quickly after a single refusal, which requests that were held up and
arrived together can cause; slowly after repeated ones, to just below the refused rate, and further only very slowly.
"""

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from source_tiktok_marketing.api.clock import Clock
from source_tiktok_marketing.api.rate_limits import RateLimit

logger = logging.getLogger("airbyte")


_HEADROOM = 0.905
"""Share of the limit that is used. At ten requests a second this leaves room for one that arrives late: a second
hardly ever holds more than nine that are on time."""
_SECOND = 1.1
"""Seconds in which no more than a second's requests are sent: one that is late then still finds room."""
_MINUTE = 60.0
_CAUGHT_UP = 0.25
"""Share of the interval that a late turn may make up for; more would let requests bunch up."""
_SLOWEST_SHARE = 0.02
_BELOW_REFUSED = 0.8
_CLIMB_PER_SECOND = 0.05
_CLIMB_AFTER_ONE = 0.25
_PROBE_PER_SECOND = 0.002
_LONGEST_PAUSE = 60.0
_ALONE = 5.0
"""Seconds after which a refusal counts as a single one, which does not lower the rate that is aimed at."""
_FIRST_INTERVAL = 0.1
_LONGEST_INTERVAL = 10.0
_TOLD = 1.0
"""Seconds that an advertiser rests at least to be told of."""
_NAMED = 3
_FASTER = 0.98
"""Factor by which each answer shortens the interval between the requests of an advertiser that was slowed down."""


def sustained_rate(limit: RateLimit) -> float:
    """Return how many requests a second are sent for long under a limit."""
    return min(limit.per_second, limit.per_minute / _MINUTE) * _HEADROOM


def named_accounts(advertiser_ids: Iterable[str]) -> str:
    """Return the first of some ad accounts by their ids, and how many more there are."""
    ids = list(advertiser_ids)
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"ad account{'s' if len(ids) > 1 else ''} {', '.join(ids[:_NAMED])}{more}"


class _Throttle:
    """Spreads requests evenly and never exceeds a limit in any second or minute."""

    def __init__(self, limit: RateLimit, clock: Clock) -> None:
        self._clock = clock
        self._limit = limit
        self._rate = limit.per_second * _HEADROOM
        self._next = 0.0
        self._granted: deque[float] = deque()
        self._turnstile = threading.Lock()

    def wait(self, rate: Callable[[], float], not_before: Callable[[], float]) -> None:
        """Return when it is the caller's turn. The rate and the pause are looked at when the turn comes."""
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
    """Lets requests wait for their turn and adapts the rate to refusals. Safe to share between threads."""

    def __init__(self, limit: RateLimit, clock: Clock, endpoint_limits: Mapping[str, RateLimit] | None = None) -> None:
        self.limit = sustained_rate(limit)
        """Requests a second that can be sent for long."""
        self._clock = clock
        self._app = _Throttle(limit, clock)
        self._endpoints = {path: _Throttle(own, clock) for path, own in (endpoint_limits or {}).items()}
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

    def wait_turn(self, path: str, advertiser_id: str = "") -> None:
        """Return when the limits of the advertiser, of `path` and of the app allow a request. Raises `Stopped`."""
        if (pause := self._advertiser_turn(advertiser_id)) > 0:
            self._clock.sleep(pause)
        if throttle := self._endpoints.get(path):
            throttle.wait(lambda: self._full, lambda: 0.0)
        self._app.wait(lambda: self.rate, lambda: self._paused_until)

    def rests(self, advertiser_id: str) -> bool:
        """Whether a request about the advertiser would have to wait for the advertiser's own limit."""
        with self._state:
            slowed = self._slowed.get(advertiser_id)
            return slowed is not None and slowed.next > self._clock.monotonic()

    def waits(self) -> Iterator[str]:
        """Tell what requests wait for at present, other than their turn."""
        with self._state:
            now = self._clock.monotonic()
            paused, rate, is_lowered = self._paused_until - now, self._rate, self._rate < self._full
            resting = {id_: slowed.next - now for id_, slowed in self._slowed.items() if slowed.next - now > _TOLD}
        if paused > 0:
            yield f"TikTok's rate limit of the developer app, for {paused:.0f} s"
        elif is_lowered:
            yield f"TikTok's rate limit of the developer app, which allows {rate:.1f} requests a second at present"
        if resting:
            yield f"TikTok's rate limit of {named_accounts(resting)}, for {max(resting.values()):.0f} s"

    def _advertiser_turn(self, advertiser_id: str) -> float:
        """Take the advertiser's next turn and return the seconds until it."""
        with self._state:
            slowed = self._slowed.get(advertiser_id)
            if slowed is None:
                return 0.0
            now = self._clock.monotonic()
            turn = max(slowed.next, now)
            slowed.next = turn + slowed.interval
            return turn - now

    def refused(self, why: str = "") -> float:
        """Slow down after a refusal for the app's limit, and log `why`; return the seconds that all requests now pause.

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
                    "%s All requests pause for %.0f s; then at most %.1f a second are sent.",
                    why or "TikTok limits the requests of this developer app.",
                    pause,
                    self._rate,
                )
            return self._paused_until - now

    def advertiser_refused(self, advertiser_id: str, attempt: int) -> float:
        """Pause the requests about `advertiser_id` and space them out afterwards; return the seconds of the pause."""
        pause = min(2.0 ** min(attempt, 6), _LONGEST_PAUSE) * random.uniform(1.0, 1.25)
        with self._state:
            slowed = self._slowed.setdefault(advertiser_id, _Slowed(next=0.0, interval=_FIRST_INTERVAL / 2))
            slowed.interval = min(slowed.interval * 2, _LONGEST_INTERVAL)
            slowed.next = max(slowed.next, self._clock.monotonic() + pause)
        return pause

    def accepted(self, advertiser_id: str = "") -> None:
        """Speed up after an answer: quickly below the refused rate, slowly above it."""
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
