"""Objects that other streams are asked about, such as pixels, stores and campaigns: read once a run, and remembered."""

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence
from functools import partial
from typing import Any, TypeVar

from source_tiktok_marketing.api.client import Client
from source_tiktok_marketing.api.failures import Failure
from source_tiktok_marketing.api.paging import Pages
from source_tiktok_marketing.catalog.lists import LISTS
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.lists.sweeps import is_complete, sweep_request

_ENDPOINTS = {endpoint.name: endpoint for endpoint in LISTS}

T = TypeVar("T")
Within = tuple[str, tuple[str, ...]]
"""The name of a filter and the ids that it lets through."""


def _keys(primary_key: tuple[str, ...], rows: Sequence[Json]) -> list[Hashable | None]:
    fields = [field for field in primary_key if field != "advertiser_id"]
    keys = (tuple(row.get(field) for field in fields) for row in rows)
    return [key if is_complete(key) else None for key in keys]


def parent_requests(stream: str) -> int:
    """Return the requests that all rows of a parent stream take at least."""
    return sum(not sweep.finds_unmodified for sweep in _ENDPOINTS[stream].sweeps)


class Parents:
    """The rows of parent streams. Safe to share between threads."""

    def __init__(self, client: Client, *, include_deleted: bool, selected: Collection[str] = ()) -> None:
        """Prepare to read the parents, once together with their own streams where those are `selected`."""
        self._client = client
        self._selected = selected
        self._whole: dict[Hashable, list[Json]] = {}
        """The rows of selected streams with all of their fields, until those take them."""
        self._include_deleted = include_deleted
        self._rows: dict[Hashable, list[Any] | Failure] = {}
        self._lock = threading.Lock()
        self._locks: defaultdict[Hashable, threading.Lock] = defaultdict(threading.Lock)

    def rows(self, stream: str, advertiser_id: str, within: Within | None = None) -> list[Json]:
        """Return all rows of `stream` that the advertiser has, or only those `within` some objects.

        They have the fields that are asked for, and no others. Raises what reading them raised, once a run.
        """
        key = (stream, advertiser_id, *((within[0], *within[1]) if within else ()))
        return self.remembered(key, lambda: self._read(stream, advertiser_id, within))

    def take(self, stream: str, advertiser_id: str) -> list[Json] | None:
        """Return the whole rows of `stream` to itself, once a run; None: it reads them itself.

        It does so if others read a different list, or if reading theirs failed.
        """
        key = (stream, advertiser_id)
        if stream not in self._selected or stream not in _ENDPOINTS or not _ENDPOINTS[stream].is_read_once:
            return None
        own: list[str] = []

        def read() -> list[Json]:
            own.append(stream)
            return self._read(stream, advertiser_id, None)

        try:
            self.remembered(key, read)
        except Failure:
            if own:
                raise
            return None
        return self._whole.pop(key, None)

    def remembered(self, key: Hashable, read: Callable[[], list[T]]) -> list[T]:
        """Return what `read` returns, which is called once a run for each `key`. Raises what it raised."""
        self._client.gate.leave()  # the thread that reads the rows needs a place, which those waiting must not hold
        with self._lock:
            turn = self._locks[key]
        with turn:
            if key not in self._rows:
                try:
                    self._rows[key] = read()
                except Failure as failure:
                    self._rows[key] = failure
            rows = self._rows[key]
        if isinstance(rows, Failure):
            raise rows
        return rows

    def ids(self, stream: str, field: str, advertiser_id: str, within: Within | None = None) -> tuple[str, ...]:
        """Return the ids in `field` of those rows, each once."""
        rows = self.rows(stream, advertiser_id, within)
        return tuple(dict.fromkeys(str(row[field]) for row in rows if row.get(field)))

    def _read(self, stream: str, advertiser_id: str, within: Within | None) -> list[Json]:
        endpoint = _ENDPOINTS[stream]
        params: dict[str, Any] = {"advertiser_id": advertiser_id, **dict(endpoint.params)}
        filtering = dict([within]) if within else {}
        rows = [
            row
            for sweep in endpoint.sweeps
            if not sweep.finds_unmodified
            for page in Pages(
                self._client,
                sweep_request(
                    endpoint,
                    sweep,
                    params,
                    filtering,
                    include_deleted=self._include_deleted,
                    keys=partial(_keys, endpoint.primary_key),
                ),
            )
            for row in page
        ]
        if stream in self._selected and endpoint.is_read_once:
            self._whole[stream, advertiser_id] = rows
        fields = endpoint.asked_for
        return [{field: row[field] for field in fields if field in row} for row in rows] if fields else rows
