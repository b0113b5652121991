"""Who reads what next: slices of all streams, in turn."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from source_tiktok_marketing.api.failures import AdvertiserUnavailable, EndpointUnavailable, Failure, SystemFailure
from source_tiktok_marketing.streams.base import Slice, Stream

logger = logging.getLogger("airbyte")


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
    postponed: deque[Slice] = field(default_factory=deque)
    """Slices of advertisers that TikTok limits at present."""
    open: int = 0
    exhausted: bool = False
    left_out: set[str] = field(default_factory=set)
    """Advertisers whose remaining slices are not read."""
    skipped: dict[str, Failure] = field(default_factory=dict)
    """Advertisers that turned out to be unavailable in another stream."""


def as_failure(error: Exception) -> Failure:
    """The failure that an exception stands for; what is none already is a fault of the connector."""
    if isinstance(error, Failure):
        return error
    logger.debug("Unexpected error", exc_info=error)
    return SystemFailure(f"Unexpected {type(error).__name__} in the connector: {error}. Report it.")


class Schedule:
    """Hands out slices, the streams in turn, until none is left.

    Those of an advertiser that `rests` come when it does no more or nothing else is left, lest all workers wait for it.
    """

    def __init__(self, streams: Iterable[Stream], rests: Callable[[str], bool] = lambda _: False) -> None:
        self._rests = rests
        self._plans = deque(Plan(stream, stream.slices()) for stream in streams)
        self._lock = threading.Lock()
        self._unavailable: dict[str, Failure] = {}
        self._ended = False

    def take(self) -> tuple[Plan, Slice | Problem] | Done | None:
        """The next slice, or what became of a stream while looking for it, or None at the end.

        A slice, and a problem in its place, is to be closed once all that it gives was handed on.
        """
        with self._lock:
            passed_over = 0
            while self._plans and not self._ended:
                plan = self._plans[0]
                self._plans.rotate(-1)
                try:
                    slice_ = self._next(plan, even_resting=passed_over >= len(self._plans))
                except StopIteration:
                    plan.exhausted = True
                    self._plans.remove(plan)
                    if plan.open == 0:
                        return Done(plan.stream, plan.skipped)
                    continue
                except Exception as error:  # noqa: BLE001  whatever stops the planning must not pass for its end
                    plan.slices = iter(())
                    plan.open += 1
                    return plan, Problem(plan.stream, "", as_failure(error))
                if slice_ is None:
                    passed_over += 1
                elif slice_.advertiser_id in plan.left_out:
                    continue
                elif (failure := self._unavailable.get(slice_.advertiser_id)) is not None:
                    plan.skipped[slice_.advertiser_id] = failure
                else:
                    plan.open += 1
                    return plan, slice_
            return None

    def _next(self, plan: Plan, *, even_resting: bool) -> Slice | None:
        """The next slice of the plan, None if only such are left whose advertisers rest.

        Raises `StopIteration` at the end.
        """
        if plan.postponed and not self._rests(plan.postponed[0].advertiser_id):
            return plan.postponed.popleft()
        for slice_ in plan.slices:
            if not self._rests(slice_.advertiser_id):
                return slice_
            plan.postponed.append(slice_)
        if not plan.postponed:
            raise StopIteration
        return plan.postponed.popleft() if even_resting else None

    def leave_out(self, plan: Plan, advertiser_id: str, failure: Failure) -> None:
        """Hand out no more slices of the advertiser: of any stream if it is unavailable, else of this one."""
        with self._lock:
            plan.left_out.add(advertiser_id)
            if isinstance(failure, AdvertiserUnavailable):
                self._unavailable[advertiser_id] = failure

    def close(self, plan: Plan) -> bool:
        """Take note that a slice was read; whether it was its stream's last."""
        with self._lock:
            plan.open -= 1
            return plan.exhausted and plan.open == 0

    def end(self) -> None:
        """Hand out nothing more."""
        with self._lock:
            self._ended = True


def missed(stream: Stream, skipped: dict[str, Failure]) -> list[Failure]:
    """The failure of a stream that had to leave out advertisers it can't do without.

    Those are the ones that the configuration names, or all. What an optional feature or the sandbox doesn't offer
    isn't missed, because there is nothing to be read.
    """
    directory, config = stream.context.directory, stream.context.config
    explicit = set(config.advertiser_ids)
    left_out = skipped | (directory.unavailable if stream.needs_advertisers else {})
    if stream.optional or config.is_sandbox:
        left_out = {id_: failure for id_, failure in left_out.items() if not isinstance(failure, EndpointUnavailable)}
    read = {advertiser.advertiser_id for advertiser in directory.advertisers} - left_out.keys()
    named = [advertiser_id for advertiser_id in left_out if advertiser_id in explicit]
    if not left_out or (read and not named):
        return []
    why = left_out[named[0]] if named else next(iter(left_out.values()))
    what = (
        f"Advertiser {named[0]}, which the configuration names, can't be read" if named else "No advertiser can be read"
    )
    return [type(why)(f"{what}. {why.message}", code=why.code, request_id=why.request_id)]
