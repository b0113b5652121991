"""Decides when the state of a stream is due: soon after its records, but not so often that states become the output."""

from collections.abc import Mapping

from source_tiktok_marketing import protocol
from source_tiktok_marketing.api.clock import Clock
from source_tiktok_marketing.engine.state import NO_CURSOR
from source_tiktok_marketing.engine.stream import Stream

_SMALL_STATE = 100
_LARGE_STATE_PAUSE = 5.0
"""Seconds between states of more partitions than that, since a state holds every partition each time."""
_EMPTY_STATE_PAUSE = 1.0
"""Seconds between states without new records: years before an account delivered anything are thousands of windows."""


class Checkpoints:
    """The states of a run's streams."""

    def __init__(self, streams: Mapping[str, Stream], clock: Clock) -> None:
        self._streams = streams
        self._clock = clock
        self._uncounted = dict.fromkeys(streams, 0)
        self._state_at: dict[str, float] = {}
        self._held_back: set[str] = set()
        """Streams whose cursor has moved since their last state."""

    def count(self, name: str, records: int) -> None:
        """Take note that records of a stream were emitted."""
        self._uncounted[name] += records

    def moved(self, name: str) -> bool:
        """Take note that a stream's cursor has moved; return whether its state is due."""
        self._held_back.add(name)
        if self._uncounted[name] > 0 and self._pause(name) < _LARGE_STATE_PAUSE:
            return True
        return self._since_state(name) >= self._pause(name)

    def overdue(self) -> list[str]:
        """Return the streams whose states were held back long enough."""
        return [name for name in self._held_back if self._since_state(name) >= self._pause(name)]

    def state(self, name: str) -> bytes:
        """Return the stream's state at this point of the output, with the number of records since its last."""
        cursor = self._streams[name].cursor
        count, self._uncounted[name] = self._uncounted[name], 0
        self._state_at[name] = self._clock.monotonic()
        self._held_back.discard(name)
        return protocol.line(protocol.state(name, NO_CURSOR if cursor is None else cursor.stream_state(), count))

    def _pause(self, name: str) -> float:
        cursor = self._streams[name].cursor
        return _LARGE_STATE_PAUSE if cursor is not None and len(cursor) > _SMALL_STATE else _EMPTY_STATE_PAUSE

    def _since_state(self, name: str) -> float:
        return self._clock.monotonic() - self._state_at.get(name, float("-inf"))
