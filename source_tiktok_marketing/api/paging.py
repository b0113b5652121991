"""Reading a whole list: every row once, or a failure, never a silent gap.

TikTok takes no snapshot of a list: while it is paged through, rows move. Rows are therefore told apart by their key,
and a list whose announced size changes, whose page is unexpectedly empty or repeats itself is read again.
"""

import logging
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from source_tiktok_marketing.api.ahead import Sent
from source_tiktok_marketing.api.client import Client, Decode, Reply
from source_tiktok_marketing.api.failures import Malformed, TimedOut, TooLarge, TransientFailure

logger = logging.getLogger("airbyte")

Keys = Callable[[list[Any]], list[Hashable]]
"""Tells the identity of each row of a page."""

_PAGES_AHEAD = 4
"""Of one list: enough to be quick about a single large one, few enough to let others have their turn."""
READINGS = 4
"""How often a list that keeps changing is read before the sync gives up."""


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
    """Asks for the pages of one reading: what is known to be wanted before it is."""

    def __init__(self, client: Client, listing: Listing, page_size: int | None, first: Sent | None) -> None:
        self.page_size = page_size
        self._client = client
        self._listing = listing
        self._sent: dict[int, Sent] = {} if first is None else {1: first}

    def page(self, page: int) -> Reply:
        """One page. Where less can be asked for, a request that times out isn't sent again."""
        listing = self._listing
        return self._client.get(
            listing.path,
            _params(listing, page, self.page_size),
            listing.decode,
            sent=self._sent.pop(page, None),
            repeats_timeouts=self.page_size is None,
        )

    def send_ahead(self, page: int, total_page: int) -> None:
        """Send for `page` and some that follow, up to `total_page`, as far as that is not done yet."""
        listing = self._listing
        for wanted in range(page, min(page + _PAGES_AHEAD, total_page + 1)):
            if wanted in self._sent:
                continue
            if (sent := self._client.send_ahead(listing.path, _params(listing, wanted, self.page_size))) is None:
                return
            self._sent[wanted] = sent

    def close(self) -> None:
        """Give up what was sent and isn't wanted any more."""
        for sent in self._sent.values():
            sent.discard()
        self._sent.clear()


def send_first(client: Client, listing: Listing) -> Sent | None:
    """Send for the first page of `listing`, if there is room, to be handed to `pages` or discarded."""
    return client.send_ahead(listing.path, _params(listing, 1, listing.page_size))


def _params(listing: Listing, page: int, page_size: int | None) -> dict[str, Any]:
    return {**listing.params, **({} if page_size is None else {"page": page, "page_size": page_size})}


def pages(client: Client, listing: Listing, first: Sent | None = None) -> Iterator[list[Any]]:
    """Yield the rows of `listing`, page by page, each key once; `first` is what `send_first` sent.

    Raises `TooLarge` when TikTok times out and no smaller page is allowed, `TransientFailure` when the list never
    holds still, and what `Client.get` raises.
    """
    page_size = listing.page_size
    readings = 0
    while True:
        try:
            with closing(_Pager(client, listing, page_size, first)) as pager:
                first = None
                yield from _one_reading(listing, pager)
        except (_Changed, Malformed) as change:
            readings += 1
            if readings >= READINGS:
                raise TransientFailure(
                    f"TikTok's list {listing.path} was not whole in any of {readings} readings: {change}. "
                    "Run the sync again later."
                ) from None
            logger.info("TikTok's list %s is read again: %s.", listing.path, change)
        except TimedOut as failure:
            if page_size is None or listing.smallest_page is None or page_size // 2 < listing.smallest_page:
                raise TooLarge(failure.message) from failure
            page_size //= 2
            logger.info("%s Asking for %d rows a page.", failure.message, page_size)
        else:
            return


def _one_reading(listing: Listing, pager: _Pager) -> Iterator[list[Any]]:
    page, total_page, total_number, counted = 1, 1, None, 0
    keys = set() if listing.seen else listing.seen
    while page <= max(total_page, 1):
        reply = pager.page(page)
        rows = reply.rows(listing.records_at, may_be_absent=listing.may_be_absent)
        if pager.page_size is not None:
            announced = _announced(reply, page, is_full=len(rows) >= pager.page_size)
            if page > 1 and announced[1] != total_number:
                raise _Changed(f"it held {total_number} rows, then {announced[1]}")
            total_page, total_number = announced
            if total_number is not None:
                pager.send_ahead(page + 1, total_page)
        if not rows and page < total_page:
            raise _Changed(f"page {page} of {total_page} is empty")
        counted += len(rows)
        before = len(keys)
        if fresh := _fresh(rows, listing, keys):
            yield fresh
        if rows and page > 1 and listing.keys is not None and len(keys) == before:
            raise _Changed(f"page {page} repeats earlier pages")
        page += 1
        del reply, rows, fresh  # a page is let go before the next is awaited
    found = counted if listing.keys is None else len(keys)
    if total_number is not None and found < total_number:
        raise _Changed(f"it announced {total_number} rows and held {found}")


def _fresh(rows: list[Any], listing: Listing, keys: set[Hashable]) -> list[Any]:
    """The rows not handed out before; `keys` collects those of this reading."""
    if listing.keys is None:
        return rows
    identities = listing.keys(rows)  # all of them, before any row counts as handed out
    fresh = rows
    if len(set(identities)) < len(rows) or not listing.seen.isdisjoint(identities):
        firsts = dict(zip(reversed(identities), reversed(range(len(rows))), strict=True))
        fresh = [rows[place] for identity, place in reversed(firsts.items()) if identity not in listing.seen]
    listing.seen.update(identities)
    keys.update(identities)
    return fresh
