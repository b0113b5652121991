"""The one clock of a run: what time it is, and waiting that can be called off."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Stopped(Exception):  # noqa: N818  not an error: the run was told to end
    """The run is ending, so nothing is waited for any more."""


class Clock(Protocol):
    """What the connector needs of time. Tests hand in one that doesn't wait."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Wait. Raises `Stopped` as soon as `stop` was called."""

    def stop(self) -> None:
        """End every present and future wait."""

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""


class SystemClock:
    """The clock of the machine."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    def now(self) -> datetime:
        """The machine's idea of the current instant, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of the machine's monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`, or less and raise `Stopped`."""
        if self._stop.wait(max(seconds, 0)):
            raise Stopped

    def stop(self) -> None:
        """End every wait."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether the run is ending."""
        return self._stop.is_set()
