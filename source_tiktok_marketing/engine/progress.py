"""How far a run is: a line of the log every half a minute, estimates for the platform, a display if there is one."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from source_tiktok_marketing import protocol
from source_tiktok_marketing.api.clock import Clock
from source_tiktok_marketing.engine.outcome import Outcome

logger = logging.getLogger("airbyte")

_LOG_EVERY = 30.0
_SHOW_EVERY = 0.5
_SHARE_TO_EXTRAPOLATE = 0.05
"""Of a stream or the run, below which nothing is said about the rest of it."""
_NEWS = 0.1
"""By how much of itself an estimate must change to be told again."""
_ALMOST = 0.99
"""What is not finished is never shown as done."""


class Traffic(Protocol):
    """What a run knows of its requests."""

    sent: int
    """Requests so far."""

    @property
    def limit(self) -> float:
        """Requests a second that can be sent for long."""

    def rests(self, advertiser_id: str) -> bool:
        """Whether requests about the advertiser had better wait."""

    def waits(self) -> Iterable[str]:
        """Tell what requests wait for at present."""

    def ask_for(self, purpose: str) -> None:
        """Count what this thread asks from now on for `purpose`."""


class Expected(Protocol):
    """What was counted of a stream before."""

    slices: int

    @property
    def up_to(self) -> int:
        """Requests, by which the share of the stream in the run is weighed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """How far a run is at a moment."""

    share: float
    records: int
    requests: int
    per_second: float
    """Requests a second of late."""
    limit: float
    seconds_left: float | None
    """None: too early to tell."""
    finished: int
    """Streams that are read."""
    shares: Mapping[str, float]
    """Of each stream that is being read."""
    waits: tuple[str, ...]

    def __str__(self) -> str:
        streams = self.finished + len(self.shares)
        left = "" if self.seconds_left is None else f", about {duration(self.seconds_left)} left"
        waits = f" Waiting for {'; '.join(self.waits)}." if self.waits else ""
        return (
            f"{self.share:.0%} done, {self.finished} of {streams} streams complete, {self.records:,} records, "
            f"{self.requests:,} requests, {self.per_second:.1f} a second of {self.limit:.1f} that the rate limit "
            f"lets through{left}.{waits}"
        )


def duration(seconds: float) -> str:
    """Return a length of time as people say it."""
    minutes = seconds / 60
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"  # noqa: PLR2004  from there on, hours


class Progress:
    """The progress of one run."""

    def __init__(
        self,
        outcomes: Mapping[str, Outcome],
        done: Callable[[], Mapping[str, int]],
        traffic: Traffic,
        clock: Clock,
        show: Callable[[Snapshot], None] | None,
    ) -> None:
        """Follow the `outcomes`; `done` tells how many slices of each stream were read; `show` displays it."""
        self._outcomes = outcomes
        self._done = done
        self._traffic = traffic
        self._clock = clock
        self._show = show
        self._expected: Mapping[str, Expected] = {}
        self._began = self._logged_at = self._shown_at = clock.monotonic()
        self._sent = deque([(self._began, traffic.sent)])
        """Requests at some moments of the last half a minute."""
        self._estimated: dict[str, int] = {}
        """Records that were estimated last, by stream."""

    def expect(self, expected: Mapping[str, Expected]) -> None:
        """Take note of what there is to be read."""
        self._expected = expected

    def due(self) -> Iterator[bytes]:
        """Log and show what is due; yield the estimates that have changed."""
        now = self._clock.monotonic()
        if self._show is not None and now - self._shown_at >= _SHOW_EVERY:
            self._shown_at = now
            self._show(self._snapshot(now))
        if now - self._logged_at >= _LOG_EVERY:
            self._logged_at = now
            snapshot = self._snapshot(now)
            logger.info("Progress: %s", snapshot)
            for name, share in snapshot.shares.items():
                if share >= _SHARE_TO_EXTRAPOLATE:
                    yield from self._estimate(name, share)

    def finished(self, name: str) -> Iterator[bytes]:
        """Yield the number of a stream's records if it was estimated before."""
        if name in self._estimated:
            yield self._told(name, 1.0)

    def _estimate(self, name: str, share: float) -> Iterator[bytes]:
        records = round(self._outcomes[name].records / share)
        if records and abs(records - self._estimated.get(name, 0)) > _NEWS * records:
            yield self._told(name, share)

    def _told(self, name: str, share: float) -> bytes:
        outcome = self._outcomes[name]
        self._estimated[name] = round(outcome.records / share)
        return protocol.line(protocol.estimate(name, self._estimated[name], round(outcome.size / share)))

    def _snapshot(self, now: float) -> Snapshot:
        done = self._done()
        shares = {name: self._share(name, done) for name in self._outcomes}
        weights = {name: max(self._expected[name].up_to, 1) if name in self._expected else 1 for name in shares}
        share = sum(shares[name] * weight for name, weight in weights.items()) / sum(weights.values())
        elapsed = now - self._began
        return Snapshot(
            share=share,
            records=sum(outcome.records for outcome in self._outcomes.values()),
            requests=self._traffic.sent,
            per_second=self._per_second(now),
            limit=self._traffic.limit,
            seconds_left=elapsed * (1 - share) / share if share >= _SHARE_TO_EXTRAPOLATE else None,
            finished=sum(outcome.is_finished for outcome in self._outcomes.values()),
            shares={name: part for name, part in shares.items() if not self._outcomes[name].is_finished},
            waits=tuple(self._traffic.waits()),
        )

    def _share(self, name: str, done: Mapping[str, int]) -> float:
        if self._outcomes[name].is_finished:
            return 1.0
        expected = self._expected.get(name)
        return min(done[name] / expected.slices, _ALMOST) if expected is not None and expected.slices else 0.0

    def _per_second(self, now: float) -> float:
        sent = self._traffic.sent
        while len(self._sent) > 1 and self._sent[0][0] < now - _LOG_EVERY:
            self._sent.popleft()
        since, before = self._sent[0]
        self._sent.append((now, sent))
        return (sent - before) / (now - since) if now > since else 0.0
