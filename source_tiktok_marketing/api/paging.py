"""Reads whole lists: every row once, or a failure, never a silent gap.

TikTok takes no snapshot of a list: while it is paged through, rows move. Rows are therefore told apart by their key,
and a list is read again if its announced size changes or if a page is unexpectedly empty or repeats earlier ones.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from source_tiktok_marketing.api.client import Client, advertiser_of
from source_tiktok_marketing.api.failures import Malformed, TimedOut, TooLarge, TransientFailure
from source_tiktok_marketing.api.reply import Decode, Reply
from source_tiktok_marketing.api.seen_rows import SeenRows

if TYPE_CHECKING:
    from source_tiktok_marketing.api.ahead import RequestAhead

logger = logging.getLogger("airbyte")

Keys = Callable[[Sequence[Any]], Sequence[Hashable]]
"""Returns the key of each row of a page, None for a row that lacks its key."""

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
    smallest_page: int | None = None
    """How far the page may shrink when TikTok times out; None if it is the caller who asks for less."""
    is_divisible: bool = False
    """Whether the caller can ask for parts of what is too large, which a smaller page would not mend."""
    waits_for_advertiser: bool = True
    """Whether an advertiser's own limit is waited out; otherwise the caller asks about each of several alone."""
    may_repeat: bool = False
    """Whether the list may hold several rows with the same key."""
    most_rows: int | None = None
    """A list of more rows is too large: the keys of all of them are remembered while it is read."""
    keys: Keys | None = None
    """None for lists without paging whose rows have no key."""
    decode: Decode | None = None
    """A quick decoder of its pages, whose rows `keys` understands."""
    seen: SeenRows = field(default_factory=SeenRows)
    """Rows already handed out; the caller may share it between requests that overlap."""


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
            waits_for_advertiser=self._request.waits_for_advertiser,
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
    """The rows of a list, page by page, each row once.

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
        readings, pause, namesakes = 0, _FIRST_PAUSE, Counter[Hashable]()
        while True:
            is_last = readings == READINGS - 1
            if is_last and namesakes and page_size is not None and request.may_repeat:
                # Rows that come again because pages overlap don't do so with pages of another size.
                self._page_requests = _PageRequests(self._client, request, max(page_size * 3 // 4, 1))
            reading = _Reading(request, self._page_requests, namesakes, is_last=is_last)
            try:
                with closing(self._page_requests):
                    yield from reading.pages()
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
                namesakes = reading.namesakes
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


class _Reading:
    """One reading of a list from its first page to its last."""

    def __init__(
        self, request: ListRequest, pages: _PageRequests, known_namesakes: Counter[Hashable], *, is_last: bool
    ) -> None:
        """Prepare to read; `known_namesakes` are the keys that came more than once in the reading before.

        A list that grows, or holds equal rows, is trusted only in the last reading. New rows push others to later pages
        and hide none, but more may have been added than were removed; and an equal row may stand in for another one.
        Earlier readings would have shown what this one misses.
        """
        self._request = request
        self._pages = pages
        self._known_namesakes = known_namesakes
        self._is_last = is_last
        self._total_number: int | None = None
        self._rows = 0
        self._keys = request.seen.keys_of_reading()
        self.namesakes: Counter[Hashable] = Counter()
        """How often a key came again: on another page, which may be a row that moved, or with an equal row."""

    def pages(self) -> Iterator[Sequence[Any]]:
        """Yield the rows of each page that were not handed out before. Raises `_Changed` if some may be missing."""
        request, pages = self._request, self._pages
        while pages.page < max(pages.total_page, 1):
            reply = pages.next()
            rows = reply.rows(request.records_at)
            self._rows += len(rows)
            announced = None
            if pages.page_size is not None:
                pages.total_page, announced = reply.totals(pages.page, is_full=len(rows) >= pages.page_size)
                self._check(rows, announced, pages.page_size)
                if self._total_number is not None:
                    pages.send_ahead(_PAGES_AHEAD)
            keys = self._keys_of(rows)
            self._check_surplus(announced)
            fresh = rows if keys is None else self._fresh(keys, rows)
            held = [fresh]
            del reply, rows, keys, fresh
            if held[0]:
                yield held.pop()  # no reference to a page is kept while its consumer works on it
        self._check_end()

    def _check(self, rows: Sequence[Any], announced: int | None, page_size: int) -> None:
        """Compare a page with what it, and the first, announce.

        Raises `TooLarge` if the first announces too many rows, `_Changed` for a contradiction.
        """
        page, total_page, before = self._pages.page, self._pages.total_page, self._total_number
        if page == 1:
            if self._request.most_rows is not None and (announced or 0) > self._request.most_rows:
                raise TooLarge(f"TikTok announces {announced} rows of {self._request.path}.")
            self._total_number = announced
        elif announced != before:
            grew = before is not None and announced is not None and announced > before
            if not (self._is_last and grew):
                raise _Changed(f"it held {before} rows, then {announced}")
        if not rows and page < total_page:
            raise _Changed(f"page {page} of {total_page} is empty")
        if rows and page > total_page:
            raise _Changed(f"page {page} of {total_page} has rows")
        if announced is not None and total_page * page_size < announced:
            raise _Changed(f"it announced {announced} rows on {total_page} pages of {page_size}")

    def _keys_of(self, rows: Sequence[Any]) -> Sequence[Hashable] | None:
        """Return the keys of a page, None if the rows have none. Raises `_Changed` for rows of earlier pages only."""
        if self._request.keys is None:
            return None
        keys = self._request.keys(rows)
        if None in keys:
            if not self._is_last:
                raise _Changed(f"page {self._pages.page} holds a row without its key")
            keys = [orjson.dumps(row) if key is None else key for key, row in zip(keys, rows, strict=True)]
        if keys and all(key in self._keys for key in keys) and self._brings_nothing(keys, rows):
            raise _Changed(f"page {self._pages.page} repeats earlier pages")
        self.namesakes.update(key for key in keys if key in self._keys)
        if len(set(keys)) < len(keys):
            self.namesakes.update(_equal_again(keys, rows))
        return keys

    def _brings_nothing(self, keys: Sequence[Hashable], rows: Sequence[Any]) -> bool:
        """Whether no row of a page, whose keys were on earlier pages, is a second row with its key."""
        request = self._request
        return not request.may_repeat or all(request.seen.knows(key, row) for key, row in zip(keys, rows, strict=True))

    def _fresh(self, keys: Sequence[Hashable], rows: Sequence[Any]) -> Sequence[Any]:
        """Return the rows not handed out before, which count as handed out from now on."""
        fresh = self._request.seen.fresh(keys, rows, may_repeat=self._request.may_repeat)
        self._keys.update(keys)
        return fresh

    @property
    def _found(self) -> int:
        """How many rows there were, those that came again on another page counted once."""
        return self._rows - self.namesakes.total()

    def _check_surplus(self, announced: int | None) -> None:
        """Raise `_Changed` if there are more rows than a page announces."""
        if announced is not None and self._found > announced:
            raise _Changed(f"it announced {announced} rows and holds {self._found} on {self._pages.page} pages")

    def _check_end(self) -> None:
        """Raise `_Changed` if the pages together hold less than they announced."""
        total = self._total_number
        if total is None or self._found >= total:
            return
        if self._request.may_repeat and self._rows >= total and self.namesakes == self._known_namesakes:
            differ = all(self._request.seen.versions(key) > again for key, again in self.namesakes.items())
            if differ or self._is_last:
                logger.warning(
                    "TikTok's list %s holds %d rows with keys of other rows, reading after reading.",
                    self._request.path,
                    self.namesakes.total(),
                )
                return
        raise _Changed(f"it announced {total} rows and held {self._found}")


def _equal_again(keys: Sequence[Hashable], rows: Sequence[Any]) -> Iterator[Hashable]:
    """Yield the key of each row of a page that equals an earlier row of it."""
    held: defaultdict[Hashable, list[Any]] = defaultdict(list)
    for key, row in zip(keys, rows, strict=True):
        if row in held[key]:
            yield key
        held[key].append(row)
