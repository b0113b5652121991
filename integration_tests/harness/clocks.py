"""A clock for runs that must not take as long as their waits."""

import threading
import time
from collections.abc import Callable
from datetime import datetime

from source_tiktok_marketing.api.clock import SystemClock


class HastyClock(SystemClock):
    """Lives at the moment that `present` tells; a wait passes at once and is remembered as waited."""

    def __init__(self, present: Callable[[], datetime]) -> None:
        super().__init__()
        self._present = present
        self._lock = threading.Lock()
        self.waited = 0.0

    def now(self) -> datetime:
        """The moment it lives at."""
        return self._present()

    def monotonic(self) -> float:
        """Real seconds and those that were waited."""
        return time.monotonic() + self.waited

    def sleep(self, seconds: float) -> None:
        """Count the wait; give other threads their turn."""
        with self._lock:
            self.waited += max(seconds, 0)
        super().sleep(0)
