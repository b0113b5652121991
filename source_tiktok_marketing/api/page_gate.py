"""Bounds the number of pages in memory, however many requests are under way."""

import threading


class PageGate:
    """Lets each thread hold at most one of `pages` places, from reading a reply until its records are handed over.

    Replies that wait for a place stay in the sockets' buffers, so memory doesn't grow with the number of threads.
    """

    def __init__(self, pages: int) -> None:
        self._places = threading.Semaphore(pages)
        self._held = threading.local()

    def enter(self) -> None:
        """Wait for a place; return at once if the thread has one."""
        if not getattr(self._held, "place", False):
            self._places.acquire()
            self._held.place = True

    def leave(self) -> None:
        """Give up the thread's place, if it has one."""
        if getattr(self._held, "place", False):
            self._held.place = False
            self._places.release()
