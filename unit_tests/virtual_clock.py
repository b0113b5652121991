"""A clock that doesn't wait: sleeping moves it on."""

import threading
from datetime import UTC, datetime, timedelta

from source_tiktok_marketing.api.clock import Stopped


class VirtualClock:
    """Implements the `Clock` protocol. A sleep moves the time of all threads to its end."""

    def __init__(self, start: datetime = datetime(2026, 11, 10, 12, tzinfo=UTC)) -> None:
        self._start = start
        self._seconds = 0.0
        self._lock = threading.Lock()
        self._stopped = False

    def now(self) -> datetime:
        """The virtual instant."""
        return self._start + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        """Virtual seconds, from a moment that is not 0, as on a machine."""
        return 5000.0 + self._seconds

    def sleep(self, seconds: float) -> None:
        """Move on by `seconds`, at once."""
        if self._stopped:
            raise Stopped
        with self._lock:
            self._seconds += max(seconds, 0.0)

    def stop(self) -> None:
        """Refuse every further sleep."""
        self._stopped = True

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped
