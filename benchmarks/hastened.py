"""Runs the connector at the moment that BENCHMARK_NOW tells, with waits that pass at once.

For counting requests only: what is asked does not depend on how fast it is asked.
"""

import os
import sys
import threading
import time
from datetime import datetime

from source_tiktok_marketing.api.clock import SystemClock
from source_tiktok_marketing.run import main


class HastenedClock(SystemClock):
    """Stands still at a moment; a wait counts as waited at once."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self._moment = moment
        self._waited = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The moment."""
        return self._moment

    def monotonic(self) -> float:
        """Real seconds and those that were waited."""
        return time.monotonic() + self._waited

    def sleep(self, seconds: float) -> None:
        """Count the wait; give other threads their turn."""
        with self._lock:
            self._waited += max(seconds, 0)
        super().sleep(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout, HastenedClock(datetime.fromisoformat(os.environ["BENCHMARK_NOW"]))))
