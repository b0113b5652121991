"""How far each advertiser of a stream was read. Moves only over what was emitted completely, and never back."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from source_tiktok_marketing.engine.state import Json, Labels, Partition, SavedState, written_state


@dataclass(slots=True, eq=False)
class PlannedWindow:
    """A window that is about to be read, and where the cursor stands once it and all windows before it are done."""

    partition: Partition
    reached: datetime
    days: tuple[date, date] | None = None
    """Its first and last day, if it is a stretch of time."""
    is_done: bool = False
    so_far: datetime | None = None
    """How far within the window."""


@dataclass(slots=True)
class _Progress:
    """The cursor of a partition, and its windows that are not done."""

    cursor: datetime | None
    windows: deque[PlannedWindow] = field(default_factory=deque)

    def move(self, reached: datetime) -> None:
        """Move the cursor to `reached`, never back."""
        self.cursor = reached if self.cursor is None else max(self.cursor, reached)


def _kind(labels: Labels) -> tuple[str, ...]:
    return tuple(name for name, _ in labels)


class Cursor:
    """The cursors of one stream in one run. Safe to share between the threads that plan and the one that emits."""

    def __init__(self, cursor_field: str, cursor_format: str, saved: SavedState) -> None:
        """Start from the `saved` state. `cursor_format` is for `strftime`."""
        self._field = cursor_field
        self._format = cursor_format
        self._saved = saved
        self._progress: dict[str, dict[Labels, _Progress]] = {}
        for (advertiser_id, labels), moment in saved.cursors.items():
            self._progress.setdefault(advertiser_id, {})[labels] = _Progress(moment)
        self._lock = threading.Lock()
        self.is_full_refresh = saved.is_full_refresh
        self._is_complete = False

    def finish(self) -> None:
        """Take note that all of the stream was read, so that the next full refresh begins anew."""
        self._is_complete = True

    def register(self, advertiser_id: str, partitions: Sequence[Labels]) -> None:
        """Add the partitions of an advertiser, of which the first inherits the cursor of a state without partitions.

        The others begin anew: nobody knows whether the version that wrote such a state read them. Partitions of the
        same kind that are not named now keep their cursors, since they may come again.
        """
        with self._lock:
            known = self._progress.get(advertiser_id, {})
            kinds = {_kind(labels) for labels in partitions}
            kept = {labels: progress for labels, progress in known.items() if _kind(labels) in kinds or not partitions}
            for number, labels in enumerate(partitions):
                if labels not in kept:
                    kept[labels] = _Progress(self._saved.cursor_of(advertiser_id) if number == 0 else None)
            self._progress[advertiser_id] = kept

    @property
    def overlap(self) -> timedelta:
        """By how much the writer of the state wants the next reading to overlap."""
        return timedelta(seconds=self._saved.lookback_seconds)

    def partitions(self, advertiser_id: str) -> tuple[Labels, ...]:
        """Return the partitions of an advertiser that have a cursor and are told apart by labels."""
        with self._lock:
            known = self._progress.get(advertiser_id, {})
            return tuple(labels for labels, progress in known.items() if labels and progress.cursor is not None)

    def position(self, partition: Partition) -> datetime | None:
        """Return where the partition stands, None before its first reading."""
        with self._lock:
            return self._of(partition).cursor

    def plan(self, partition: Partition, reached: datetime, days: tuple[date, date] | None = None) -> PlannedWindow:
        """Announce the next window of the partition, after which its cursor stands at `reached`."""
        window = PlannedWindow(partition, reached, days)
        with self._lock:
            self._of(partition).windows.append(window)
        return window

    def advance(self, window: PlannedWindow, so_far: datetime | None = None) -> None:
        """Take note that a window was emitted, all of it or up to `so_far`. Open windows before it hold the cursor."""
        with self._lock:
            progress = self._of(window.partition)
            window.is_done, window.so_far = so_far is None, so_far
            while progress.windows and progress.windows[0].is_done:
                progress.move(progress.windows.popleft().reached)
            if progress.windows and (inside := progress.windows[0].so_far) is not None:
                progress.move(inside)

    def _of(self, partition: Partition) -> _Progress:
        return self._progress[partition[0]][partition[1]]

    def stream_state(self) -> Json:
        """Return the state to emit at this point of the output."""
        with self._lock:
            cursors = [
                ((advertiser_id, labels), {self._field: self._written(progress.cursor)})
                for advertiser_id, partitions in self._progress.items()
                for labels, progress in partitions.items()
                if progress.cursor is not None
            ]
        return written_state(cursors, full_refresh_complete=self._is_complete if self.is_full_refresh else None)

    def _written(self, moment: datetime) -> str:
        # strftime leaves the zeros of early years out, and nothing could read them again.
        return f"{moment.year:04}{moment.strftime(self._format.removeprefix('%Y'))}"

    def __len__(self) -> int:
        """How many advertisers the state holds."""
        return len(self._progress)
