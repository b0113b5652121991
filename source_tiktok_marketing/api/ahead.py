"""Requests that are on their way before anybody waits for the answers."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait

import requests


class Sent:
    """A request that was sent ahead. Whoever got it either takes the response or discards it."""

    def __init__(self, open_: Callable[[], requests.Response], free: Callable[[], None]) -> None:
        """Send in a thread; `free` is called when the request is done with."""
        self._future: Future[requests.Response] = Future()
        self._free = free
        self._ended = False
        threading.Thread(target=self._run, args=(open_,), daemon=True).start()

    def _run(self, open_: Callable[[], requests.Response]) -> None:
        try:
            self._future.set_result(open_())
        except BaseException as error:  # noqa: BLE001  it is for whoever takes the response
            self._future.set_exception(error)

    @property
    def arrived(self) -> bool:
        """Whether `response` returns at once."""
        return self._future.done()

    def wait(self) -> None:
        """Return when there is a response, or none will come."""
        wait([self._future])

    def response(self) -> requests.Response:
        """Wait for the response. Raises what sending raised."""
        try:
            return self._future.result()
        finally:
            self._end()

    def discard(self) -> None:
        """Close the connection as soon as there is a response to it; nothing if the response was taken."""
        if not self._ended:
            self._future.add_done_callback(_close)
            self._end()

    def _end(self) -> None:
        self._ended = True
        self._free()


def _close(future: "Future[requests.Response]") -> None:
    if future.exception() is None:
        future.result().close()
