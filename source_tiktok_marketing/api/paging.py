"""Reading a whole list: every row once, or a failure, never a silent gap.

TikTok takes no snapshot of a list: while it is paged through, rows move. Rows are therefore told apart by their key,
and a list whose announced size changes, whose page is unexpectedly empty or repeats itself is read again.
"""

import logging
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from source_tiktok_marketing.api.client import Client, Decode, Reply
from source_tiktok_marketing.api.failures import TimedOut, TooLarge, TransientFailure

logger = logging.getLogger("airbyte")

Key = Callable[[Any], Hashable]

READINGS = 4
"""How often a list that keeps changing is read before the sync gives up."""


class _Changed(Exception):  # noqa: N818  not an error yet
    """The list is not what its first page announced."""


class _Repeated(Exception):  # noqa: N818  as above
    """The list held some row twice, so it may lack another."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """What is asked of a list endpoint, and how its rows are told apart."""

    path: str
    params: Mapping[str, Any]
    records_at: str = "list"
    page_size: int | None = 1000
    smallest_page: int | None = None
    """How far the page may shrink when TikTok times out; None if it is the caller who asks for less."""
    key: Key | None = None
    """None for lists without paging whose rows have no key."""
    decode: Decode | None = None
    """A quick decoder of its pages, whose rows `key` understands."""
    seen: set[Hashable] = field(default_factory=set)
    """Keys of rows already handed out; the caller may share it between listings that overlap."""


def page_count(reply: Reply) -> tuple[int, int | None]:
    """(`total_page`, `total_number`) of a reply; a list without `page_info` has one page and an unknown number."""
    if reply.page is not None:
        return reply.page.total_page, reply.page.total_number
    info = reply.data.get("page_info")
    if not isinstance(info, dict):
        return 1, None
    try:
        total_number = info.get("total_number")
        return int(info["total_page"]), None if total_number is None else int(total_number)
    except (KeyError, TypeError, ValueError):
        raise TransientFailure(
            f"TikTok's page_info is not understood: {info!r} [request_id {reply.request_id}]."
        ) from None


def pages(client: Client, listing: Listing) -> Iterator[list[Any]]:
    """Yield the rows of `listing`, page by page, each key once.

    Raises `TooLarge` when TikTok times out and no smaller page is allowed, `TransientFailure` when the list never
    holds still, and what `Client.get` raises.
    """
    page_size = listing.page_size
    readings = 0
    while True:
        known = len(listing.seen)
        try:
            yield from _one_reading(client, listing, page_size)
        except _Repeated as change:
            readings += 1
            if readings > 1 and len(listing.seen) == known:
                logger.warning("TikTok's list %s holds rows twice: %s. Each was emitted once.", listing.path, change)
                return
            logger.info("TikTok's list %s is read again: %s.", listing.path, change)
        except _Changed as change:
            readings += 1
            if readings >= READINGS:
                raise TransientFailure(
                    f"TikTok's list {listing.path} changed in each of {readings} readings: {change}. Sync again later."
                ) from None
            logger.info("TikTok's list %s is read again: %s.", listing.path, change)
        except TimedOut as failure:
            if page_size is None or listing.smallest_page is None or page_size // 2 < listing.smallest_page:
                raise TooLarge(failure.message) from failure
            page_size //= 2
            logger.info("%s Asking for %d rows a page.", failure.message, page_size)
        else:
            return


def _one_reading(client: Client, listing: Listing, page_size: int | None) -> Iterator[list[Any]]:
    page, total_page, total_number, counted = 1, 1, None, 0
    keys = set() if listing.seen else listing.seen
    while page <= max(total_page, 1):
        paging = {} if page_size is None else {"page": page, "page_size": page_size}
        reply = client.get(listing.path, {**listing.params, **paging}, listing.decode)
        rows = reply.rows(listing.records_at)
        announced = page_count(reply) if page_size is not None else (1, None)
        if page == 1:
            total_page, total_number = announced
        elif announced[1] != total_number:
            raise _Changed(f"it held {total_number} rows, then {announced[1]}")
        if not rows and page < total_page:
            raise _Changed(f"page {page} of {total_page} is empty")
        counted += len(rows)
        before = len(keys)
        if fresh := _fresh(rows, listing, keys):
            yield fresh
        if rows and page > 1 and listing.key is not None and len(keys) == before:
            raise _Changed(f"page {page} repeats earlier pages")
        page += 1
        del reply, rows, fresh  # a page is let go before the next is awaited
    if total_number is not None and counted < total_number:
        raise _Changed(f"it announced {total_number} rows and held {counted}")
    if listing.key is not None and len(keys) < counted:
        raise _Repeated(f"{counted} rows have {len(keys)} keys")


def _fresh(rows: list[Any], listing: Listing, keys: set[Hashable]) -> list[Any]:
    """The rows not handed out before; `keys` collects those of this reading."""
    if listing.key is None:
        return rows
    key, seen = listing.key, listing.seen
    fresh = []
    for row in rows:
        identity = key(row)
        if identity not in seen:
            seen.add(identity)
            fresh.append(row)
        keys.add(identity)
    return fresh
