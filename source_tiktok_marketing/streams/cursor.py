"""How far each advertiser of a stream was read. Moves only over what was emitted completely, and never back."""

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from source_tiktok_marketing.streams.state import Extra, Json, Partition, SavedState, written_state


@dataclass(slots=True)
class _Step:
    """A window that was handed out, and where the cursor stands once it and all before it are done."""

    reached: datetime
    done: bool = False
    so_far: datetime | None = None
    """How far within the window."""


@dataclass(slots=True)
class _Track:
    cursor: datetime | None
    steps: deque[_Step] = field(default_factory=deque)

    def move(self, reached: datetime) -> None:
        """Go on to `reached`, never back."""
        self.cursor = reached if self.cursor is None else max(self.cursor, reached)


class Cursor:
    """The cursors of one stream in one run. Safe to share between the threads that plan and the one that closes."""

    def __init__(self, cursor_field: str, cursor_format: str, saved: SavedState) -> None:
        self._field = cursor_field
        self._format = cursor_format
        self._saved = saved
        self._tracks: dict[str, dict[Extra, _Track]] = {}
        for (advertiser_id, extra), moment in saved.cursors.items():
            self._tracks.setdefault(advertiser_id, {})[extra] = _Track(moment)
        self._lock = threading.Lock()

    def know(self, advertiser_id: str, extras: Iterable[Extra]) -> None:
        """Take up the partitions of an advertiser. Those that an old state divided differently inherit its cursor."""
        with self._lock:
            known = self._tracks.get(advertiser_id, {})
            self._tracks[advertiser_id] = {
                extra: known.get(extra) or _Track(self._saved.cursor_of(advertiser_id, extra)) for extra in extras
            }

    @property
    def overlap(self) -> timedelta:
        """By how much the writer of the state wants the next reading to overlap."""
        return timedelta(seconds=self._saved.lookback_seconds)

    def position(self, partition: Partition) -> datetime | None:
        """Where the partition stands, None before its first reading."""
        with self._lock:
            return self._track(partition).cursor

    def plan(self, partition: Partition, reached: datetime) -> object:
        """Announce that what follows on the plans before, up to `reached`, is about to be read; returns its ticket."""
        step = _Step(reached)
        with self._lock:
            self._track(partition).steps.append(step)
        return step

    def advance(self, partition: Partition, ticket: object, so_far: datetime | None = None) -> None:
        """All of the ticket's stretch was emitted, or all up to `so_far`. Earlier open stretches hold the cursor."""
        with self._lock:
            track = self._track(partition)
            for step in track.steps:
                if step is ticket:
                    step.done, step.so_far = so_far is None, so_far
            while track.steps and track.steps[0].done:
                track.move(track.steps.popleft().reached)
            if track.steps and (inside := track.steps[0].so_far) is not None:
                track.move(inside)

    def _track(self, partition: Partition) -> _Track:
        return self._tracks[partition[0]][partition[1]]

    def stream_state(self) -> Json:
        """The state to emit at this point of the output."""
        with self._lock:
            return written_state(
                ((advertiser_id, extra), {self._field: self._written(track.cursor)})
                for advertiser_id, tracks in self._tracks.items()
                for extra, track in tracks.items()
                if track.cursor is not None
            )

    def _written(self, moment: datetime) -> str:
        # strftime leaves the zeros of early years out, and nothing could read them again.
        return f"{moment.year:04}{moment.strftime(self._format.removeprefix('%Y'))}"

    def __len__(self) -> int:
        """How many advertisers the state holds."""
        return len(self._tracks)
