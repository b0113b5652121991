"""Reads whole lists: every row once, or a failure, never a silent gap.

TikTok takes no snapshot of a list: while it is paged through, rows move. Rows are therefore told apart by their key,
and a list is read again if its announced size changes or if a page is unexpectedly empty or repeats earlier ones.
"""

import logging
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from source_tiktok_marketing.api.client import Client, advertiser_of
from source_tiktok_marketing.api.failures import Malformed, TimedOut, TooLarge, TransientFailure
from source_tiktok_marketing.api.reply import Decode, Reply

if TYPE_CHECKING:
    from source_tiktok_marketing.api.ahead import RequestAhead

logger = logging.getLogger("airbyte")

Keys = Callable[[Sequence[Any]], Sequence[Hashable]]
"""Returns the key of each row of a page."""

_PAGES_AHEAD = 4
"""Of one list: enough to be quick about a single large one, few enough to let others have their turn."""
READINGS = 4
"""Readings of a list that keeps changing, after which the sync gives up."""
_FIRST_PAUSE = 1.0
_LONGER = 4.0
"""Factor between the pauses (seconds) before further readings: what is wrong may need time to pass."""


class _Changed(Exception):  # noqa: N818  not an error yet
    """The list is not what its first page announced."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListRequest:
    """What is asked of a list endpoint, and how its rows are told apart."""

    path: str
    params: Mapping[str, Any]
    records_at: str = "list"
    page_size: int | None = 1000
    """None: the endpoint has no pages."""
    may_be_absent: bool = False
    """Whether an answer without the list means that it is empty."""
    smallest_page: int | None = None
    """How far the page may shrink when TikTok times out; None if it is the caller who asks for less."""
    is_divisible: bool = False
    """Whether the caller can ask for parts of what is too large, which a smaller page would not mend."""
    most_rows: int | None = None
    """A list of more rows is too large: the keys of all of them are remembered while it is read."""
    keys: Keys | None = None
    """None for lists without paging whose rows have no key."""
    decode: Decode | None = None
    """A quick decoder of its pages, whose rows `keys` understands."""
    seen: set[Hashable] = field(default_factory=set)
    """Keys of rows already handed out; the caller may share it between requests that overlap."""


class _PageRequests:
    """Asks for the pages of one reading in turn, and sends for the next ones ahead."""

    def __init__(self, client: Client, request: ListRequest, page_size: int | None) -> None:
        self.page_size = page_size
        self.page = 0
        """The last that was asked for."""
        self.total_page = 1
        self._client = client
        self._request = request
        self._ahead: dict[int, RequestAhead] = {}

    def next(self) -> Reply:
        """Return the next page. A request that times out is not repeated where a smaller page can be asked for."""
        self.page += 1
        return self._client.get(
            self._request.path,
            self._params(self.page),
            self._request.decode,
            ahead=self._ahead.pop(self.page, None),
            repeats_timeouts=self.page_size is None,
        )

    def send_ahead(self, pages: int) -> None:
        """Send for the next `pages`, as far as they exist and have not been sent for."""
        for page in range(self.page + 1, min(self.page + pages, self.total_page) + 1):
            if page not in self._ahead:
                if (ahead := self._client.send_ahead(self._request.path, self._params(page))) is None:
                    return
                self._ahead[page] = ahead

    def close(self) -> None:
        """Discard what was sent for and isn't needed any more."""
        for ahead in self._ahead.values():
            ahead.discard()
        self._ahead.clear()

    def _params(self, page: int) -> dict[str, Any]:
        paging = {} if self.page_size is None else {"page": page, "page_size": self.page_size}
        return {**self._request.params, **paging}


class Pages(Iterator[Sequence[Any]]):
    """The rows of a list, page by page, each key once.

    Raises `TooLarge` when TikTok times out or finds it too much and no smaller page is allowed, `TransientFailure`
    when the list never holds still, and what `Client.get` raises.
    """

    def __init__(self, client: Client, request: ListRequest) -> None:
        self._client = client
        self._request = request
        self._page_requests = _PageRequests(client, request, request.page_size)
        self._pages = self._read()

    def __next__(self) -> Sequence[Any]:
        """Return the next page that has rows which were not handed out before."""
        return next(self._pages)

    def send_ahead(self) -> None:
        """Send for the next page now, if there is one and room for another request."""
        self._page_requests.send_ahead(1)

    def close(self) -> None:
        """Discard what was sent for."""
        self._page_requests.close()

    def _read(self) -> Iterator[Sequence[Any]]:
        request, page_size = self._request, self._request.page_size
        readings, pause = 0, _FIRST_PAUSE
        while True:
            try:
                with closing(self._page_requests):
                    yield from _one_reading(request, self._page_requests, may_grow=readings == READINGS - 1)
            except (_Changed, Malformed) as change:
                readings += 1
                if readings >= READINGS:
                    raise TransientFailure(
                        f"TikTok's list {request.path} was not whole in any of {readings} readings: "
                        f"{str(change).rstrip('.')}. Run the sync again later."
                    ) from None
                logger.info("TikTok's list %s is read again in %.0f s: %s.", request.path, pause, change)
                self._client.pause(pause, advertiser_of(request.params))
                pause *= _LONGER
            except (TimedOut, TooLarge) as failure:
                if isinstance(failure, TooLarge) and request.is_divisible:
                    raise
                if page_size is None or request.smallest_page is None or page_size // 2 < request.smallest_page:
                    raise failure if isinstance(failure, TooLarge) else TooLarge(failure.message) from failure
                page_size //= 2
                logger.info("%s Asking for %d rows a page.", failure.message, page_size)
            else:
                return
            self._page_requests = _PageRequests(self._client, request, page_size)


def _one_reading(request: ListRequest, pages: _PageRequests, *, may_grow: bool) -> Iterator[Sequence[Any]]:
    """Yield the rows of the list as it was on its first page.

    New rows push others to later pages and hide none. But more may have been added than were removed, so a list that
    grew is trusted (`may_grow`) only when earlier readings would have shown what this one misses.
    """
    total_number, counted, total_namesakes = None, 0, 0
    keys = set() if request.seen else request.seen
    while pages.page < max(pages.total_page, 1):
        reply = pages.next()
        rows = reply.rows(request.records_at, may_be_absent=request.may_be_absent)
        if pages.page_size is not None:
            pages.total_page, announced = reply.totals(pages.page, is_full=len(rows) >= pages.page_size)
            total_number = _expected(request, pages.page, total_number, announced, may_grow=may_grow)
            if total_number is not None:
                pages.send_ahead(_PAGES_AHEAD)
        if not rows and pages.page < pages.total_page:
            raise _Changed(f"page {pages.page} of {pages.total_page} is empty")
        counted += len(rows)
        before = len(keys)
        fresh, namesakes = _fresh(rows, request, keys)
        total_namesakes += namesakes
        held = [fresh]
        is_repeated = bool(rows) and pages.page > 1 and request.keys is not None and len(keys) == before
        del reply, rows, fresh
        if held[0]:
            yield held.pop()  # no reference to a page is kept while its consumer works on it
        if is_repeated:
            raise _Changed(f"page {pages.page} repeats earlier pages")
    found = counted if request.keys is None else len(keys) + total_namesakes
    if total_number is not None and found < total_number:
        raise _Changed(f"it announced {total_number} rows and held {found}")


def _expected(request: ListRequest, page: int, before: int | None, now: int | None, *, may_grow: bool) -> int | None:
    """Return how many rows the reading is to find: what the first page announces.

    Raises `TooLarge` if that is too much, `_Changed` if a later page announces another number.
    """
    if page == 1:
        if request.most_rows is not None and (now or 0) > request.most_rows:
            raise TooLarge(f"TikTok announces {now} rows of {request.path}.")
        return now
    grew = before is not None and now is not None and now > before
    if now != before and not (may_grow and grew):
        raise _Changed(f"it held {before} rows, then {now}")
    return before


def _fresh(rows: Sequence[Any], request: ListRequest, keys: set[Hashable]) -> tuple[Sequence[Any], int]:
    """Return the rows not handed out before and the number of their namesakes; add to the `keys` of this reading.

    An answer is one look at the list, so rows of it that share their key but differ are two, as when a post was
    authorised twice. Equal ones are one.
    """
    if request.keys is None:
        return rows, 0
    row_keys = request.keys(rows)  # all of them, before any row counts as handed out
    names = set(row_keys)
    if len(names) < len(rows):
        rows, row_keys = _distinct(rows, row_keys)
    fresh = rows
    if not request.seen.isdisjoint(names):
        fresh = [row for key, row in zip(row_keys, rows, strict=True) if key not in request.seen]
    request.seen.update(names)
    keys.update(names)
    return fresh, len(rows) - len(names)


def _distinct(rows: Sequence[Any], row_keys: Sequence[Hashable]) -> tuple[list[Any], list[Hashable]]:
    held: dict[Hashable, list[Any]] = {}
    for key, row in zip(row_keys, rows, strict=True):
        if row not in held.setdefault(key, []):
            held[key].append(row)
    pairs = [(key, row) for key, namesakes in held.items() for row in namesakes]
    return [row for _, row in pairs], [key for key, _ in pairs]
