"""Reads any row of `catalog.entities`: all objects of each advertiser, or those changed since the cursor."""

import logging
from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

import orjson

from source_tiktok_marketing.api.failures import AdvertiserUnavailable, EndpointUnavailable, Failure, Malformed
from source_tiktok_marketing.api.paging import Listing, Pages
from source_tiktok_marketing.catalog.entities import ALL_STATUSES, SMALLEST_PAGE, Entity, Parent, Sweep
from source_tiktok_marketing.streams.base import Context, Page, Reached, Skipped, Slice, Step, Stream
from source_tiktok_marketing.streams.cursor import Cursor
from source_tiktok_marketing.streams.directory import Advertiser
from source_tiktok_marketing.streams.grid import GridWalk
from source_tiktok_marketing.streams.halving import pages_of_granted
from source_tiktok_marketing.streams.records import Caster, Json
from source_tiktok_marketing.streams.state import Extra

logger = logging.getLogger("airbyte")

CURSOR_FORMAT = "%Y-%m-%d %H:%M:%SZ"
_API_FORMAT = "%Y-%m-%d %H:%M:%S"
_BEFORE_ALL = datetime(2000, 1, 1)  # noqa: DTZ001  naive, like every cursor here
"""Older than any object of TikTok's; what a state says beyond may be no date that can be reckoned with."""
_CLOCK_ERROR = timedelta(seconds=10)
"""By how much the clock here may be ahead of TikTok's."""


class EntityStream(Stream):
    """One list endpoint."""

    def __init__(self, entity: Entity, schema: Json, context: Context, cursor: Cursor | None) -> None:
        super().__init__(entity.name, context, cursor, optional=entity.optional)
        self._entity = entity
        self._caster = Caster(entity.name, schema)
        self._grid = GridWalk(entity.grid) if entity.grid else None
        copied = dict(entity.copied)
        self._key_paths = tuple(copied.get(key, (key,)) for key in entity.primary_key if key != "advertiser_id")
        self._partitions = tuple(dict.fromkeys(extra for sweep in entity.sweeps for extra in sweep.partitions))

    def slices(self) -> Iterator[Slice]:
        """One slice an advertiser; its sweeps follow each other, because they overlap."""
        advertisers = self.context.directory.advertisers
        if self._entity.same_for_all:
            return iter([Slice("", self._read_any)])
        if self._grid is not None:
            return iter([Slice("", self._read_each)])
        if self.cursor is not None:
            for advertiser in advertisers:
                self.cursor.know(advertiser.advertiser_id, self._partitions)
        return (Slice(advertiser.advertiser_id, partial(self._read, advertiser)) for advertiser in advertisers)

    def _read_any(self) -> Iterator[Step]:
        """What the first advertiser answers that may ask."""
        refusal: Failure | None = None
        for advertiser in self.context.directory.advertisers:
            try:
                yield from self._read(advertiser)
            except (AdvertiserUnavailable, EndpointUnavailable) as failure:
                refusal = failure
            else:
                return
        if refusal is not None:
            raise refusal

    def _read_each(self) -> Iterator[Step]:
        """One advertiser after the other, so that each learns which combinations TikTok refused before."""
        for advertiser in self.context.directory.advertisers:
            try:
                yield from self._read(advertiser)
            except Failure as failure:
                yield Skipped(advertiser.advertiser_id, failure)

    def _read(self, advertiser: Advertiser) -> Iterator[Step]:
        seen: set[Hashable] = set()
        latest: dict[Extra, datetime] = {}
        for sweep in self._entity.sweeps:
            if sweep.only_ids:
                continue
            since = self._since(advertiser, sweep)
            if sweep.only_resumed and since is None:
                continue
            for rows in self._rows(advertiser, sweep, since, seen):
                modified = [self._moment(row) for row in rows]
                for extra in sweep.partitions:
                    if moments := [moment for moment in (latest.get(extra), *modified) if moment is not None]:
                        latest[extra] = max(moments)
                kept = [
                    self._record(row, advertiser)
                    for row, moment in zip(rows, modified, strict=True)
                    if since is None or moment is None or moment >= since
                ]
                if kept:
                    yield Page(kept)
        if self.cursor is not None:
            yield from self._reached(self.cursor, advertiser, latest)

    def _rows(
        self, advertiser: Advertiser, sweep: Sweep, since: datetime | None, seen: set[Hashable]
    ) -> Iterator[Sequence[Json]]:
        if self._entity.parent is not None:
            yield from self._rows_of_children(self._entity.parent, advertiser, sweep, since, seen)
            return
        listing = self._listing(sweep, since, seen, self._question(advertiser))
        if self._grid is not None:
            yield from self._grid.rows(self.context.client, listing)
        else:
            yield from Pages(self.context.client, listing)

    def _rows_of_children(
        self, parent: Parent, advertiser: Advertiser, sweep: Sweep, since: datetime | None, seen: set[Hashable]
    ) -> Iterator[Sequence[Json]]:
        """The rows that belong to objects of the parent, which are asked for a few at a time.

        An object that TikTok doesn't grant is left out; if all are, the refusal is raised.
        """
        question, refused = self._question(advertiser), dict[str, Failure]()

        def ask(ids: Sequence[str]) -> Pages:
            listing = self._listing(sweep, since, seen, question | {parent.parameter: ids})
            return Pages(self.context.client, listing)

        ids = self.context.parents.ids(parent.stream, parent.field, advertiser.advertiser_id)
        for first in range(0, len(ids), parent.at_once):
            yield from pages_of_granted(ids[first : first + parent.at_once], ask, EndpointUnavailable, refused)
        if refused and len(refused) == len(ids):
            raise refused[ids[-1]]
        for id_, refusal in refused.items():
            logger.warning("Stream %s leaves out what belongs to %s. %s", self.name, id_, refusal.message)

    def _question(self, advertiser: Advertiser) -> Json:
        """The parameters of the list, but for the objects of a parent."""
        entity = self._entity
        question: Json = {"advertiser_id": advertiser.advertiser_id, **dict(entity.params)}
        if entity.last_days is not None:
            today = self.context.now.astimezone(UTC).date()
            first = today - timedelta(days=entity.last_days - 1)
            question["date_range"] = {"start_date": first.isoformat(), "end_date": today.isoformat()}
        return question

    def _listing(self, sweep: Sweep, since: datetime | None, seen: set[Hashable], question: Json) -> Listing:
        entity = self._entity
        filtering: dict[str, Any] = dict(sweep.filtering)
        if entity.hides_deleted and self.context.config.include_deleted:
            filtering["primary_status"] = ALL_STATUSES
        if entity.modified_after and since is not None and not sweep.ignores_cursor:
            filtering["modified_after"] = (max(since, _BEFORE_ALL) - timedelta(seconds=1)).strftime(_API_FORMAT)
        return Listing(
            path=entity.path,
            params=question | {"filtering": filtering or None},
            records_at=entity.records_at,
            page_size=sweep.page_size or entity.page_size,
            may_be_absent=entity.page_size is None,
            smallest_page=SMALLEST_PAGE,
            keys=self._identities,
            seen=seen,
        )

    def _identities(self, rows: Sequence[Json]) -> list[Hashable]:
        return [self._identity(row) for row in rows]

    def _identity(self, row: Json) -> Hashable:
        """What tells a row apart in its advertiser's list: its key, or all of it if it has none."""
        values = tuple(_at(row, path) for path in self._key_paths)
        if not all(isinstance(value, str | int) for value in values):
            raise Malformed(f"TikTok lists an object of {self._entity.path} without its key: {row!r:.200}")
        return values or orjson.dumps(row)

    def _record(self, row: Json, advertiser: Advertiser) -> Json:
        for key, path in self._entity.copied:
            row[key] = _at(row, path)
        if not self._entity.same_for_all and row.get("advertiser_id") is None:
            row["advertiser_id"] = advertiser.advertiser_id
        return self._caster(row)

    def _since(self, advertiser: Advertiser, sweep: Sweep) -> datetime | None:
        """The earliest change that the sweep is after; None: everything."""
        if self.cursor is None:
            return None
        cursors = [self.cursor.position((advertiser.advertiser_id, extra)) for extra in sweep.partitions]
        return None if None in cursors else min(cursor for cursor in cursors if cursor is not None)

    def _moment(self, row: Json) -> datetime | None:
        """When the object was changed; None when TikTok doesn't tell, as for Smart+ ads."""
        value = row.get(self._entity.cursor_field) if self._entity.cursor_field else None
        try:
            return datetime.fromisoformat(value).replace(tzinfo=None) if isinstance(value, str) and value else None
        except ValueError:
            self._caster.misfit(str(self._entity.cursor_field), value)
            return None

    def _reached(self, cursor: Cursor, advertiser: Advertiser, latest: dict[Extra, datetime]) -> Iterator[Step]:
        """Move each partition to its latest change; a default one without any to start_date, as Airbyte does.

        No further than to the beginning of the run: what changed since may have been read before it did.
        """
        began = self.context.now.astimezone(UTC).replace(tzinfo=None) - _CLOCK_ERROR
        for extra in self._partitions:
            partition = (advertiser.advertiser_id, extra)
            reached = min(latest[extra], began) if extra in latest else cursor.position(partition)
            if reached is None and extra == self._partitions[0]:
                reached = datetime.combine(self.context.config.start_date, time())
            if reached is not None:
                yield Reached(partition, cursor.plan(partition, reached))


def _at(row: Json, path: tuple[str, ...]) -> Any:
    """The value at `path` in the row, None if there is none."""
    value: Any = row
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
