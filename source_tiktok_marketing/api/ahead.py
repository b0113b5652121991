"""Requests that are sent before their replies are needed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from concurrent.futures import Future


class RequestAhead:
    """A request under way in another thread. Its response is either taken or discarded, once."""

    def __init__(self, future: "Future[requests.Response]", release: Callable[[], None]) -> None:
        """Wrap the `future`; `release` is called when the response was taken or discarded."""
        self._future = future
        self._release = release
        self._is_done_with = False

    @property
    def has_arrived(self) -> bool:
        """Whether `response` returns at once."""
        return self._future.done()

    def response(self) -> requests.Response:
        """Wait for the response and return it. Raises what sending raised."""
        try:
            return self._future.result()
        finally:
            self._finish()

    def discard(self) -> None:
        """Close the connection as soon as the response arrives; do nothing if it was taken."""
        if not self._is_done_with:
            if not self._future.cancel():
                self._future.add_done_callback(_close)
            self._finish()

    def _finish(self) -> None:
        self._is_done_with = True
        self._release()


def _close(future: "Future[requests.Response]") -> None:
    if not future.cancelled() and future.exception() is None:
        future.result().close()
