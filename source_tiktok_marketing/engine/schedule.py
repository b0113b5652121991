"""Decides which slice is read next: slices of all streams, in turn."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from source_tiktok_marketing.api.failures import AdvertiserUnavailable, Failure, SystemFailure
from source_tiktok_marketing.engine.stream import Slice, Stream

logger = logging.getLogger("airbyte")

_MOST_POSTPONED = 5_000
"""Of one stream; further ones are planned when these have been read."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure of one advertiser of a stream, or of a stream's planning."""

    stream: Stream
    advertiser_id: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class Done:
    """A stream has no slice left to be read."""

    stream: Stream
    skipped: dict[str, Failure]


@dataclass(slots=True)
class Plan:
    """A stream whose slices are being handed out."""

    stream: Stream
    slices: Iterator[Slice]
    postponed: dict[tuple[str, ...], deque[Slice]] = field(default_factory=dict)
    """Slices of advertisers that TikTok limits at present, by advertisers."""
    drawn: int = 0
    """Slices that were planned so far."""
    open: int = 0
    is_exhausted: bool = False
    left_out: set[str] = field(default_factory=set)
    """Advertisers whose remaining slices are not read."""
    skipped: dict[str, Failure] = field(default_factory=dict)
    """Advertisers that turned out to be unavailable in another stream."""

    @property
    def done(self) -> int:
        """How many slices were read, or needn't be."""
        return self.drawn - self.open - sum(map(len, self.postponed.values()))

    def resume(self, advertisers: tuple[str, ...]) -> Slice:
        """Return the first postponed slice of the advertisers."""
        slices = self.postponed[advertisers]
        slice_ = slices.popleft()
        if not slices:
            del self.postponed[advertisers]
        return slice_


def as_failure(error: Exception) -> Failure:
    """Return the failure that an exception stands for; anything else is a fault of the connector."""
    if isinstance(error, Failure):
        return error
    logger.debug("Unexpected error", exc_info=error)
    return SystemFailure(f"Unexpected {type(error).__name__} in the connector: {error}. Report it.")


class Schedule:
    """Hands out slices, the streams in turn, until none is left. Safe to share between threads.

    Slices of an advertiser that `rests` are postponed, so that a rate-limited advertiser never blocks every worker.
    """

    def __init__(self, streams: Iterable[Stream], rests: Callable[[str], bool] = lambda _: False) -> None:
        """Plan the streams' slices as they are asked for; `rests` tells of an advertiser whether to wait with it."""
        self._rests = rests
        self._plans = deque(Plan(stream, stream.slices()) for stream in streams)
        self._all = tuple(self._plans)
        self._lock = threading.Lock()
        self._unavailable: dict[str, Failure] = {}
        self._is_ended = False

    def take(self) -> tuple[Plan, Slice | Problem] | Done | None:
        """Return the next slice, or what became of a stream while looking for it, or None at the end.

        A slice, and a problem in its place, is to be closed once all its records were handed on.
        """
        with self._lock:
            passed_over = 0
            while self._plans and not self._is_ended:
                plan = self._plans[0]
                self._plans.rotate(-1)
                try:
                    slice_ = self._next(plan, even_resting=passed_over >= len(self._plans))
                except StopIteration:
                    plan.is_exhausted = True
                    self._plans.remove(plan)
                    if plan.open == 0:
                        return Done(plan.stream, plan.skipped)
                    continue
                except Exception as error:  # noqa: BLE001  a failure of planning must not pass for the stream's end
                    plan.slices = iter(())
                    plan.drawn += 1
                    plan.open += 1
                    return plan, Problem(plan.stream, "", as_failure(error))
                if slice_ is None:
                    passed_over += 1
                elif plan.left_out.issuperset(slice_.advertisers):
                    continue
                elif (failure := self._unavailable.get(slice_.advertiser_id)) is None:
                    plan.open += 1
                    return plan, slice_
                else:
                    plan.skipped[slice_.advertiser_id] = failure
            return None

    def _next(self, plan: Plan, *, even_resting: bool) -> Slice | None:
        """Return the next slice of the plan, None if only such are left whose advertisers rest.

        Raises `StopIteration` at the end.
        """
        if (ready := next((ids for ids in plan.postponed if not self._any_rests(ids)), None)) is not None:
            return plan.resume(ready)
        while sum(map(len, plan.postponed.values())) < _MOST_POSTPONED:
            if (slice_ := next(plan.slices, None)) is None:
                if not plan.postponed:
                    raise StopIteration
                break
            plan.drawn += 1
            if not self._any_rests(slice_.advertisers):
                return slice_
            plan.postponed.setdefault(slice_.advertisers, deque()).append(slice_)
        return plan.resume(next(iter(plan.postponed))) if even_resting else None

    def _any_rests(self, advertisers: tuple[str, ...]) -> bool:
        return any(map(self._rests, advertisers))

    def leave_out(self, plan: Plan, advertiser_id: str, failure: Failure) -> None:
        """Hand out no more slices of the advertiser: of any stream if it is unavailable, else of this one."""
        with self._lock:
            plan.left_out.add(advertiser_id)
            if isinstance(failure, AdvertiserUnavailable) and advertiser_id:
                self._unavailable[advertiser_id] = failure

    def done(self) -> dict[str, int]:
        """Return how many slices of each stream were read, or needn't be."""
        with self._lock:
            return {plan.stream.name: plan.done for plan in self._all}

    def close(self, plan: Plan) -> bool:
        """Take note that a slice was read; return whether it was its stream's last."""
        with self._lock:
            plan.open -= 1
            return plan.is_exhausted and plan.open == 0

    def end(self) -> None:
        """Hand out nothing more."""
        with self._lock:
            self._is_ended = True
