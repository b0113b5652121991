"""Reads any row of `catalog.entities`: all objects of each advertiser, or those changed since the cursor."""

from collections.abc import Hashable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from source_tiktok_marketing.api.paging import Listing, pages
from source_tiktok_marketing.catalog.entities import ALL_STATUSES, Entity, Sweep
from source_tiktok_marketing.streams.base import Context, Page, Reached, Slice, Step, Stream
from source_tiktok_marketing.streams.cursor import Cursor
from source_tiktok_marketing.streams.directory import Advertiser
from source_tiktok_marketing.streams.records import Caster, Json

CURSOR_FORMAT = "%Y-%m-%d %H:%M:%SZ"
_API_FORMAT = "%Y-%m-%d %H:%M:%S"
_SMALLEST_PAGE = 50


class EntityStream(Stream):
    """One list endpoint."""

    def __init__(self, entity: Entity, schema: Json, context: Context, cursor: Cursor | None) -> None:
        super().__init__(entity.name, context, cursor)
        self._entity = entity
        self._caster = Caster(entity.name, schema)

    def slices(self) -> Iterator[Slice]:
        """One slice an advertiser; its sweeps follow each other, because they overlap."""
        for advertiser in self.context.directory.advertisers:
            if self.cursor is not None:
                extras = [extra for sweep in self._entity.sweeps for extra in sweep.partitions]
                self.cursor.know(advertiser.advertiser_id, dict.fromkeys(extras))
            yield Slice(advertiser.advertiser_id, partial(self._read, advertiser))

    def _read(self, advertiser: Advertiser) -> Iterator[Step]:
        seen: set[Hashable] = set()
        latest: dict[tuple[tuple[str, str], ...], datetime] = {}
        for sweep in self._entity.sweeps:
            since = self._since(advertiser, sweep)
            if sweep.only_resumed and since is None:
                continue
            for rows in pages(self.context.client, self._listing(advertiser, sweep, since, seen)):
                modified = [self._moment(row) for row in rows]
                for extra in sweep.partitions:
                    if moments := [moment for moment in (latest.get(extra), *modified) if moment is not None]:
                        latest[extra] = max(moments)
                kept = [
                    self._caster(row)
                    for row, moment in zip(rows, modified, strict=True)
                    if since is None or moment is None or moment >= since
                ]
                if kept:
                    yield Page(kept)
        if self.cursor is not None:
            yield from self._reached(self.cursor, advertiser, latest)

    def _since(self, advertiser: Advertiser, sweep: Sweep) -> datetime | None:
        """The earliest change that the sweep is after; None: everything."""
        if self.cursor is None:
            return None
        cursors = [self.cursor.position((advertiser.advertiser_id, extra)) for extra in sweep.partitions]
        return None if None in cursors else min(cursor for cursor in cursors if cursor is not None)

    def _listing(self, advertiser: Advertiser, sweep: Sweep, since: datetime | None, seen: set[Hashable]) -> Listing:
        entity = self._entity
        filtering: dict[str, Any] = dict(sweep.filtering)
        if entity.hides_deleted and self.context.config.include_deleted:
            filtering["primary_status"] = ALL_STATUSES
        if entity.modified_after and since is not None and not sweep.ignores_cursor:
            filtering["modified_after"] = (since - timedelta(seconds=1)).strftime(_API_FORMAT)
        return Listing(
            path=entity.path,
            params={"advertiser_id": advertiser.advertiser_id, "filtering": filtering or None},
            records_at=entity.records_at,
            page_size=sweep.page_size or entity.page_size,
            smallest_page=_SMALLEST_PAGE,
            key=lambda row: tuple(row.get(key) for key in entity.primary_key),
            seen=seen,
        )

    def _moment(self, row: Json) -> datetime | None:
        """When the object was changed; None when TikTok doesn't tell, as for Smart+ ads."""
        value = row.get(self._entity.cursor_field) if self._entity.cursor_field else None
        try:
            return datetime.fromisoformat(value).replace(tzinfo=None) if isinstance(value, str) and value else None
        except ValueError:
            self._caster.misfit(str(self._entity.cursor_field), value)
            return None

    def _reached(
        self, cursor: Cursor, advertiser: Advertiser, latest: dict[tuple[tuple[str, str], ...], datetime]
    ) -> Iterator[Step]:
        """Move each partition to its latest change; a default one without any to start_date, as Airbyte does."""
        for extra in dict.fromkeys(extra for sweep in self._entity.sweeps for extra in sweep.partitions):
            partition = (advertiser.advertiser_id, extra)
            reached = latest.get(extra) or cursor.position(partition)
            if reached is None and extra == self._entity.sweeps[0].partitions[0]:
                reached = datetime.combine(self.context.config.start_date, time())
            if reached is not None:
                yield Reached(partition, cursor.plan(partition, reached))
