"""Reading a whole list: every row once, or a failure, never a silent gap.

TikTok takes no snapshot of a list: while it is paged through, rows move. Rows are therefore told apart by their key,
and a list whose announced size changes, whose page is unexpectedly empty or repeats itself is read again.
"""

import logging
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from source_tiktok_marketing.api.client import Client, Reply, advertiser_of
from source_tiktok_marketing.api.failures import Malformed, TimedOut, TooLarge, TransientFailure
from source_tiktok_marketing.api.typed_page import Decode

if TYPE_CHECKING:
    from source_tiktok_marketing.api.ahead import Sent

logger = logging.getLogger("airbyte")

Keys = Callable[[Sequence[Any]], Sequence[Hashable]]
"""Tells the identity of each row of a page."""

_PAGES_AHEAD = 4
"""Of one list: enough to be quick about a single large one, few enough to let others have their turn."""
READINGS = 4
"""How often a list that keeps changing is read before the sync gives up."""
_FIRST_PAUSE = 1.0
_LONGER = 4.0
"""By what the pause (seconds) before each further reading is longer than the last: what is wrong may need time to pass.
"""


class _Changed(Exception):  # noqa: N818  not an error yet
    """The list is not what its first page announced."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """What is asked of a list endpoint, and how its rows are told apart."""

    path: str
    params: Mapping[str, Any]
    records_at: str = "list"
    page_size: int | None = 1000
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
    """Keys of rows already handed out; the caller may share it between listings that overlap."""


def _announced(reply: Reply, page: int, *, is_full: bool) -> tuple[int, int | None]:
    """(`total_page`, `total_number`) of a page; without `page_info` there is another page as long as they are full."""
    if reply.page is not None:
        return reply.page.total_page, reply.page.total_number
    info = reply.data.get("page_info")
    if info is None:
        return (page + 1 if is_full else page), None
    try:
        total_number = info.get("total_number")
        return int(info["total_page"]), None if total_number is None else int(total_number)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Malformed(
            f"TikTok's page_info is not understood: {info!r:.200} [request_id {reply.request_id}]."
        ) from None


class _Pager:
    """Asks for the pages of one reading in turn, and sends for those that are known to be wanted before they are."""

    def __init__(self, client: Client, listing: Listing, page_size: int | None) -> None:
        self.page_size = page_size
        self.page = 0
        """The last that was asked for."""
        self.total_page = 1
        self._client = client
        self._listing = listing
        self._sent: dict[int, Sent] = {}

    def next(self) -> Reply:
        """The next page. Where less can be asked for, a request that times out isn't sent again."""
        self.page += 1
        return self._client.get(
            self._listing.path,
            self._params(self.page),
            self._listing.decode,
            sent=self._sent.pop(self.page, None),
            repeats_timeouts=self.page_size is None,
        )

    def send_ahead(self, pages: int) -> None:
        """Send for the next `pages`, as far as there are so many and it is not done yet."""
        for page in range(self.page + 1, min(self.page + pages, self.total_page) + 1):
            if page not in self._sent:
                if (sent := self._client.send_ahead(self._listing.path, self._params(page))) is None:
                    return
                self._sent[page] = sent

    def await_next(self) -> None:
        """Wait until the next page begins to arrive, if it was sent for."""
        if sent := self._sent.get(self.page + 1):
            sent.wait()

    def close(self) -> None:
        """Give up what was sent and isn't wanted any more."""
        for sent in self._sent.values():
            sent.discard()
        self._sent.clear()

    def _params(self, page: int) -> dict[str, Any]:
        paging = {} if self.page_size is None else {"page": page, "page_size": self.page_size}
        return {**self._listing.params, **paging}


class Pages(Iterator[Sequence[Any]]):
    """The rows of `listing`, page by page, each key once.

    Raises `TooLarge` when TikTok times out or finds it too much and no smaller page is allowed, `TransientFailure`
    when the list never holds still, and what `Client.get` raises.
    """

    def __init__(self, client: Client, listing: Listing) -> None:
        self._client = client
        self._listing = listing
        self._pager = _Pager(client, listing, listing.page_size)
        self._pages = self._read()

    def __next__(self) -> Sequence[Any]:
        """The next page that has rows which were not handed out before."""
        return next(self._pages)

    def send_next(self) -> None:
        """Send for the next page now, if there is one and room for another request."""
        self._pager.send_ahead(1)

    def await_next(self) -> None:
        """Wait until the page begins to arrive that was sent for. It takes no memory until it is asked for."""
        self._pager.await_next()

    def close(self) -> None:
        """Give up what was sent for."""
        self._pager.close()

    def _read(self) -> Iterator[Sequence[Any]]:
        listing, page_size = self._listing, self._listing.page_size
        readings, pause = 0, _FIRST_PAUSE
        while True:
            try:
                with closing(self._pager):
                    yield from _one_reading(listing, self._pager, may_grow=readings == READINGS - 1)
            except (_Changed, Malformed) as change:
                readings += 1
                if readings >= READINGS:
                    raise TransientFailure(
                        f"TikTok's list {listing.path} was not whole in any of {readings} readings: "
                        f"{str(change).rstrip('.')}. Run the sync again later."
                    ) from None
                logger.info("TikTok's list %s is read again in %.0f s: %s.", listing.path, pause, change)
                self._client.pause(pause, advertiser_of(listing.params))
                pause *= _LONGER
            except (TimedOut, TooLarge) as failure:
                if isinstance(failure, TooLarge) and listing.is_divisible:
                    raise
                if page_size is None or listing.smallest_page is None or page_size // 2 < listing.smallest_page:
                    raise failure if isinstance(failure, TooLarge) else TooLarge(failure.message) from failure
                page_size //= 2
                logger.info("%s Asking for %d rows a page.", failure.message, page_size)
            else:
                return
            self._pager = _Pager(self._client, listing, page_size)


def _one_reading(listing: Listing, pager: _Pager, *, may_grow: bool) -> Iterator[Sequence[Any]]:
    """The rows of the list as it was on its first page.

    New ones push others to later pages, hiding none. But more may have been added than were removed, so a list that
    grew is trusted (`may_grow`) only when earlier readings would have shown what this one misses.
    """
    total_number, counted, total_namesakes = None, 0, 0
    keys = set() if listing.seen else listing.seen
    while pager.page < max(pager.total_page, 1):
        reply = pager.next()
        rows = reply.rows(listing.records_at, may_be_absent=listing.may_be_absent)
        if pager.page_size is not None:
            announced = _announced(reply, pager.page, is_full=len(rows) >= pager.page_size)
            pager.total_page = announced[0]
            total_number = _due(listing, pager.page, total_number, announced[1], may_grow=may_grow)
            if total_number is not None:
                pager.send_ahead(_PAGES_AHEAD)
        if not rows and pager.page < pager.total_page:
            raise _Changed(f"page {pager.page} of {pager.total_page} is empty")
        counted += len(rows)
        before = len(keys)
        fresh, namesakes = _fresh(rows, listing, keys)
        total_namesakes += namesakes
        held = [fresh]
        is_repeated = bool(rows) and pager.page > 1 and listing.keys is not None and len(keys) == before
        del reply, rows, fresh
        if held[0]:
            yield held.pop()  # a page that is handed out is not held on to until the next is asked for
        if is_repeated:
            raise _Changed(f"page {pager.page} repeats earlier pages")
    found = counted if listing.keys is None else len(keys) + total_namesakes
    if total_number is not None and found < total_number:
        raise _Changed(f"it announced {total_number} rows and held {found}")


def _due(listing: Listing, page: int, before: int | None, now: int | None, *, may_grow: bool) -> int | None:
    """How many rows the reading is to find: what the first page announces.

    Raises `TooLarge` if that is too much, `_Changed` if a later page announces another number.
    """
    if page == 1:
        if listing.most_rows is not None and (now or 0) > listing.most_rows:
            raise TooLarge(f"TikTok announces {now} rows of {listing.path}.")
        return now
    grew = before is not None and now is not None and now > before
    if now != before and not (may_grow and grew):
        raise _Changed(f"it held {before} rows, then {now}")
    return before


def _fresh(rows: Sequence[Any], listing: Listing, keys: set[Hashable]) -> tuple[Sequence[Any], int]:
    """The rows not handed out before, and how many namesakes they have; `keys` collects those of this reading.

    An answer is one look at the list, so rows of it that share their key but differ are two, as when a post was
    authorised twice. Equal ones are one.
    """
    if listing.keys is None:
        return rows, 0
    identities = listing.keys(rows)  # all of them, before any row counts as handed out
    names = set(identities)
    if len(names) < len(rows):
        rows, identities = _distinct(rows, identities)
    fresh = rows
    if not listing.seen.isdisjoint(names):
        fresh = [row for identity, row in zip(identities, rows, strict=True) if identity not in listing.seen]
    listing.seen.update(names)
    keys.update(names)
    return fresh, len(rows) - len(names)


def _distinct(rows: Sequence[Any], identities: Sequence[Hashable]) -> tuple[list[Any], list[Hashable]]:
    held: dict[Hashable, list[Any]] = {}
    for identity, row in zip(identities, rows, strict=True):
        if row not in held.setdefault(identity, []):
            held[identity].append(row)
    pairs = [(identity, row) for identity, namesakes in held.items() for row in namesakes]
    return [row for _, row in pairs], [identity for identity, _ in pairs]
