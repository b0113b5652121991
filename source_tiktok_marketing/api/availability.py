"""Whether TikTok answers at all: one verdict for a run, instead of one for each request, minutes apart."""

import threading

from source_tiktok_marketing.api.clock import Clock
from source_tiktok_marketing.api.failures import Failure, RateLimited, TimedOut, TransientFailure

_PROBES = 20
"""Failures of requests to a TikTok that counts as down, after which nothing is sent any more."""
_TIMEOUTS = 20
"""Time-outs, none of them followed by an answer, after which TikTok counts as down: single ones have other reasons."""


class Availability:
    """Learns from the replies of all requests. Safe to share between threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._accepted_at = float("-inf")
        self._verdict: Failure | None = None
        self._is_limited = False
        """Whether the verdict is due to rate limits."""
        self._failures = 0
        """Requests given up since the last answer."""
        self._lock = threading.Lock()

    @property
    def is_down(self) -> bool:
        """Whether a request gave up while no other was accepted. Each is to be sent only once then."""
        return self._verdict is not None

    def require(self) -> None:
        """Raise the verdict if TikTok is down and some more requests have failed since."""
        if self._verdict is not None and self._failures > _PROBES:
            raise self._verdict

    def accepted(self) -> None:
        """Take note that a request was accepted."""
        with self._lock:
            self._accepted_at, self._verdict, self._failures = self._clock.monotonic(), None, 0

    def refused(self, failure: Failure) -> None:
        """Take note of a refusal: TikTok is there, though it may go on to limit the requests."""
        is_limited = isinstance(failure, RateLimited)
        with self._lock:
            if (is_limited and not self._is_limited) or not isinstance(failure, TransientFailure):
                self._verdict, self._failures = None, 0

    def given_up(self, failure: TransientFailure, began: float) -> None:
        """Take note of a request that began at a monotonic moment and is not repeated any more."""
        with self._lock:
            if self._accepted_at >= began:
                return
            self._failures += 1
            if self._verdict is None and (not isinstance(failure, TimedOut) or self._failures >= _TIMEOUTS):
                self._verdict = TransientFailure(failure.message, code=failure.code)
                self._is_limited = isinstance(failure.__cause__, RateLimited)
