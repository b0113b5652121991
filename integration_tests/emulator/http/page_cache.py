"""A cache of finished pages, so that a repeated request costs no work."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Page:
    """The data of an answer as it goes over the wire, the headers that come with it, and how many rows it lists.

    The data of a file is the whole body.
    """

    data: bytes
    headers: dict[str, str]
    rows: int
    is_file: bool = False


class PageCache:
    """Pages up to so many megabytes; the least recently used one makes room."""

    def __init__(self, megabytes: int) -> None:
        self._room = self._limit = megabytes * _MEGABYTE
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()

    def get(self, key: Hashable) -> Page | None:
        """Return the page of a request, None when it is not in the cache."""
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def put(self, key: Hashable, page: Page) -> None:
        """Put a page in unless it is larger than the whole cache."""
        if len(page.data) > self._limit:
            return
        self._pages[key] = page
        self._room -= len(page.data)
        while self._room < 0:
            _, dropped = self._pages.popitem(last=False)
            self._room += len(dropped.data)
