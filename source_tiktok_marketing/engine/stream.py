"""What a stream is to the reader: slices that can be read at the same time, and a cursor that follows them."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from source_tiktok_marketing.api.failures import Failure
from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.engine.cursor import Cursor, PlannedWindow


@dataclass(frozen=True, slots=True)
class Page:
    """Records that are ready to be emitted: dictionaries, or typed records that are written as such."""

    records: list[Any]
    advertiser_id: str = ""
    """Whose they are, in a slice of several advertisers."""


@dataclass(frozen=True, slots=True)
class Reached:
    """All records of a planned window were handed out before, or all of them up to `so_far`."""

    window: PlannedWindow
    so_far: datetime | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """An advertiser was left out within a slice of several."""

    advertiser_id: str
    failure: Failure


Event = Page | Reached | Skipped


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a stream that is read by itself, in order."""

    advertiser_id: str
    """Empty: it is about no single advertiser."""
    read: Callable[[], Iterator[Event]]
    together: tuple[str, ...] = ()
    """The advertisers of a slice about several, whose pages say whose they are."""

    @property
    def advertisers(self) -> tuple[str, ...]:
        """All of them; a single empty one if it is about none."""
        return self.together or (self.advertiser_id,)


_ADVERTISERS_AT_ONCE = 20


def interleaved(parts: Iterator[Iterator[Slice]]) -> Iterator[Slice]:
    """Yield the slices of some advertisers in turn, so that none of them is asked everything at once."""
    active: deque[Iterator[Slice]] = deque(islice(parts, _ADVERTISERS_AT_ONCE))
    while active:
        part = active.popleft()
        if (slice_ := next(part, None)) is not None:
            active.append(part)
            yield slice_
        elif (fresh := next(parts, None)) is not None:
            active.append(fresh)


class Stream(ABC):
    """A stream that was selected to be read."""

    needs_advertisers = True
    """Whether an advertiser that can't be read is missing here."""

    def __init__(self, name: str, cursor: Cursor | None, *, optional: bool = False) -> None:
        """Name the stream; it is `optional` if accounts that lack the feature are left out without harm."""
        self.name = name
        self.cursor = cursor
        self.optional = optional

    @abstractmethod
    def slices(self) -> Iterator[Slice]:
        """Plan the slices one by one, as they are asked for."""

    @abstractmethod
    def costs(self) -> Iterator[Cost]:
        """Count what each advertiser costs, without planning or asking anything."""
