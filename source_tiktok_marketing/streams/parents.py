"""Objects that other streams are asked about, such as pixels, stores and campaigns: read once a run, and remembered."""

import threading
from collections import defaultdict
from typing import Any

from source_tiktok_marketing.api.client import Client
from source_tiktok_marketing.api.paging import Listing, Pages
from source_tiktok_marketing.catalog.entities import ALL_STATUSES, ENTITIES, SMALLEST_PAGE
from source_tiktok_marketing.streams.records import Json

_ENTITIES = {entity.name: entity for entity in ENTITIES}


class Parents:
    """The rows of parent streams. Safe to share between threads."""

    def __init__(self, client: Client, *, include_deleted: bool) -> None:
        self._client = client
        self._include_deleted = include_deleted
        self._rows: dict[tuple[str, ...], list[Json]] = {}
        self._locks: defaultdict[tuple[str, ...], threading.Lock] = defaultdict(threading.Lock)

    def rows(self, stream: str, advertiser_id: str, within: tuple[str, tuple[str, ...]] | None = None) -> list[Json]:
        """All rows of `stream` that the advertiser has, or those `within` objects: the name of a filter and its ids."""
        key = (stream, advertiser_id, *((within[0], *within[1]) if within else ()))
        self._client.gate.leave()  # who reads the rows needs a place, which those who wait for them must not keep
        with self._locks[key]:
            if key not in self._rows:
                self._rows[key] = self._read(stream, advertiser_id, within)
            return self._rows[key]

    def ids(
        self, stream: str, field: str, advertiser_id: str, within: tuple[str, tuple[str, ...]] | None = None
    ) -> tuple[str, ...]:
        """The ids in `field` of those rows, each once."""
        rows = self.rows(stream, advertiser_id, within)
        return tuple(dict.fromkeys(str(row[field]) for row in rows if row.get(field)))

    def _read(self, stream: str, advertiser_id: str, within: tuple[str, tuple[str, ...]] | None) -> list[Json]:
        entity = _ENTITIES[stream]
        rows: list[Json] = []
        for sweep in entity.sweeps:
            if sweep.only_resumed:
                continue
            filtering: dict[str, Any] = dict(sweep.filtering) | (dict([within]) if within else {})
            if entity.hides_deleted and self._include_deleted:
                filtering["primary_status"] = ALL_STATUSES
            listing = Listing(
                path=entity.path,
                params={"advertiser_id": advertiser_id, **dict(entity.params), "filtering": filtering or None},
                records_at=entity.records_at,
                page_size=sweep.page_size or entity.page_size,
                may_be_absent=entity.page_size is None,
                smallest_page=SMALLEST_PAGE,
            )
            rows += [row for page in Pages(self._client, listing) for row in page]
        return rows
