"""What a stream is to the reader: slices that can be read at the same time, and a cursor that follows them."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from source_tiktok_marketing import protocol
from source_tiktok_marketing.api.client import Client
from source_tiktok_marketing.api.failures import Failure
from source_tiktok_marketing.config import Config
from source_tiktok_marketing.streams.cursor import Cursor
from source_tiktok_marketing.streams.directory import Directory
from source_tiktok_marketing.streams.parents import Parents
from source_tiktok_marketing.streams.second_process import SecondProcess
from source_tiktok_marketing.streams.state import Partition

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EncodedRecords:
    """Records that are lines of the output already."""

    lines: bytes
    number: int

    def __len__(self) -> int:
        """How many records there are."""
        return self.number


@dataclass(frozen=True, slots=True)
class Page:
    """Records that are ready to be emitted."""

    records: list[Any] | EncodedRecords
    """Dictionaries, typed records that are written as such, or lines."""

    def lines(self, stream: str) -> bytes:
        """The messages with the records of `stream`."""
        if isinstance(self.records, EncodedRecords):
            return self.records.lines
        return protocol.record_block(stream, self.records)


@dataclass(frozen=True, slots=True)
class Reached:
    """All of the ticket's stretch was handed out before, or all of it up to `so_far`."""

    partition: Partition
    ticket: object
    so_far: datetime | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """An advertiser was left out within a slice of several."""

    advertiser_id: str
    failure: Failure


Step = Page | Reached | Skipped


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a stream that is read by itself, in order."""

    advertiser_id: str
    read: Callable[[], Iterator[Step]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What all streams of a run share."""

    config: Config
    client: Client
    directory: Directory
    parents: Parents
    second: SecondProcess
    """Where some of the pages are worked on."""
    now: datetime
    """The instant the run began: what is changed later is for the next run."""


@dataclass(slots=True)
class Outcome:
    """What became of a stream."""

    records: int = 0
    skipped: dict[str, Failure] = field(default_factory=dict)
    """Advertisers that were left out, and why."""
    failures: list[Failure] = field(default_factory=list)
    finished: bool = False


_ADVERTISERS_AT_ONCE = 20


def interleaved(parts: Iterator[Iterator[Slice]]) -> Iterator[Slice]:
    """The slices of some advertisers in turn, so that none of them is asked everything at once."""
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

    def __init__(self, name: str, context: Context, cursor: Cursor | None, *, optional: bool = False) -> None:
        self.name = name
        self.context = context
        self.cursor = cursor
        self.optional = optional

    @abstractmethod
    def slices(self) -> Iterator[Slice]:
        """The slices, planned one by one as they are asked for."""

    @property
    def needs_advertisers(self) -> bool:
        """Whether an advertiser that can't be read is missed here."""
        return True
