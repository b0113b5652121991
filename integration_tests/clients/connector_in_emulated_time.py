"""Runs the connector in the time of the emulator that it talks to: a process of its own can't share a clock."""

import json
import os
import sys
from datetime import datetime
from functools import cached_property
from http.client import HTTPConnection
from urllib.parse import urlsplit

from source_tiktok_marketing.api.clock import SystemClock
from source_tiktok_marketing.config import BASE_URL_VARIABLE
from source_tiktok_marketing.run import main


class EmulatedClock(SystemClock):
    """Stands at the moment at which the emulator's clock stands when it is first asked."""

    @cached_property
    def _moment(self) -> datetime:
        address = urlsplit(os.environ[BASE_URL_VARIABLE])
        connection = HTTPConnection(address.netloc, timeout=10)
        connection.request("GET", "/_emulator/clock")
        return datetime.fromisoformat(json.load(connection.getresponse())["now"])

    def now(self) -> datetime:
        """The emulator's moment."""
        return self._moment


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout, EmulatedClock()))
