"""Reads a list endpoint: all objects of each advertiser, or those changed since the cursor."""

import logging
from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any, Generic, TypeVar

import orjson

from source_tiktok_marketing.api.failures import Failure
from source_tiktok_marketing.api.paging import ListRequest, Pages
from source_tiktok_marketing.api.return_codes import may_be_about_a_part
from source_tiktok_marketing.api.seen_rows import SeenRows
from source_tiktok_marketing.catalog.endpoints import ListEndpoint, Sweep
from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.state import Labels, parsed_moment
from source_tiktok_marketing.engine.stream import Event, Page, Reached, Slice, Stream
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Caster, Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.lists.sweeps import is_complete, sweep_request

logger = logging.getLogger("airbyte")

_CLOCK_ERROR = timedelta(seconds=10)
"""By how much the clock here may be ahead of TikTok's."""

_Found = tuple[Sweep, datetime | None, Sequence[Json]]
"""A page, the sweep it belongs to, and the earliest change that the sweep is after."""

Endpoint = TypeVar("Endpoint", bound=ListEndpoint)


class ListStream(Stream, Generic[Endpoint]):
    """One list endpoint. A subclass says what is peculiar to its list."""

    def __init__(self, endpoint: Endpoint, context: Context, cursor: Cursor | None) -> None:
        """Prepare to read `endpoint`, incrementally if there is a `cursor`."""
        super().__init__(endpoint.name, cursor, optional=endpoint.optional)
        self.endpoint = endpoint
        self.context = context
        self._caster = Caster(endpoint.name, endpoint.schema())
        self._key_fields = tuple(key for key in endpoint.primary_key if key != "advertiser_id")
        self._partitions = tuple(
            dict.fromkeys(labels for sweep in endpoint.sweeps for labels in sweep.partition_labels)
        )

    def slices(self) -> Iterator[Slice]:
        """Plan one slice an advertiser; its sweeps follow each other, because they overlap."""
        self._register()
        return (
            Slice(advertiser.advertiser_id, partial(self.read, advertiser))
            for advertiser in self.context.advertisers.readable
            if not self._was_read_before(advertiser)
        )

    def costs(self) -> Iterator[Cost]:
        """Count what each advertiser costs."""
        self._register()
        for advertiser in self.context.advertisers.readable:
            if not self._was_read_before(advertiser):
                yield self.cost(advertiser)

    def cost(self, advertiser: Advertiser) -> Cost:
        """Count what an advertiser costs: a page of each sweep, or of each of its parts."""
        if self.endpoint.is_read_once:
            return Cost(advertiser_id=advertiser.advertiser_id, shared=((self.name, 1),))
        requests = sum(len(sweep.apart) or 1 for sweep in self._needed(advertiser))
        return Cost(advertiser_id=advertiser.advertiser_id, requests=requests)

    def _register(self) -> None:
        if self.cursor is not None:
            for advertiser in self.context.advertisers.readable:
                self.cursor.register(advertiser.advertiser_id, self._partitions)

    def _was_read_before(self, advertiser: Advertiser) -> bool:
        """Whether an earlier attempt at the same full refresh has read the advertiser."""
        if self.cursor is None or not self.cursor.is_full_refresh:
            return False
        return self.cursor.position((advertiser.advertiser_id, self._partitions[0])) is not None

    def read(self, advertiser: Advertiser) -> Iterator[Event]:
        """Yield the advertiser's records, and where its cursors stand afterwards."""
        seen = SeenRows()
        latest: dict[Labels, datetime] = {}
        without_key = 0
        for sweep, since, rows in self._found(advertiser, seen):
            modified = [self._moment(row) for row in rows]
            for labels in sweep.partition_labels:
                if moments := [moment for moment in (latest.get(labels), *modified) if moment is not None]:
                    latest[labels] = max(moments)
            kept = [
                self.record(_completed(row, sweep), advertiser)
                for row, moment in zip(rows, modified, strict=True)
                if since is None or moment is None or moment >= since
            ]
            without_key += sum(not self._has_key(row) for row in rows)
            if kept:
                yield Page(kept)
        if without_key:
            logger.warning(
                "Stream %s, advertiser %s: %d rows have no %s, their key. They are emitted as TikTok sent them.",
                self.name,
                advertiser.advertiser_id,
                without_key,
                ", ".join(self._key_fields),
            )
        if self.cursor is not None:
            yield from self._reached(self.cursor, advertiser, latest)

    def rows(
        self, advertiser: Advertiser, sweep: Sweep, since: datetime | None, seen: SeenRows
    ) -> Iterator[Sequence[Json]]:
        """Yield the pages of one sweep, without rows whose keys were `seen`."""
        if (whole := self.context.parents.take(self.name, advertiser.advertiser_id)) is not None:
            return iter([whole])
        return Pages(self.context.client, self.request(self.params(advertiser), sweep, since, seen))

    def params(self, advertiser: Advertiser) -> Json:
        """Return the parameters of the list."""
        return {"advertiser_id": advertiser.advertiser_id, **dict(self.endpoint.params)}

    def filtering(self, sweep: Sweep, since: datetime | None) -> Mapping[str, Any]:  # noqa: ARG002  for subclasses
        """Return filters beside those of the sweep and of deleted objects."""
        return {}

    def request(self, params: Mapping[str, Any], sweep: Sweep, since: datetime | None, seen: SeenRows) -> ListRequest:
        """Return the request of a sweep with these parameters."""
        return sweep_request(
            self.endpoint,
            sweep,
            params,
            self.filtering(sweep, since),
            include_deleted=self.context.config.include_deleted,
            keys=self._keys,
            seen=seen,
        )

    def key_of(self, row: Json) -> tuple[Any, ...]:
        """Return the values of the key, but for the advertiser."""
        return tuple(row.get(field) for field in self._key_fields)

    def record(self, row: Json, advertiser: Advertiser) -> Json:
        """Return the record of a row, which is changed in place."""
        if not self.endpoint.same_for_all and row.get("advertiser_id") is None:
            row["advertiser_id"] = advertiser.advertiser_id
        return self._caster(row)

    def _keys(self, rows: Sequence[Json]) -> list[Hashable]:
        """Return the key of each row in its advertiser's list, None if it lacks it; all of it where lists have none."""
        if not self._key_fields:
            return [orjson.dumps(row) for row in rows]
        return [self.key_of(row) if self._has_key(row) else None for row in rows]

    def _has_key(self, row: Json) -> bool:
        return is_complete(self.key_of(row))

    def _needed(self, advertiser: Advertiser) -> Iterator[Sweep]:
        """Yield the sweeps that find objects of the stream which no other finds."""
        for sweep in self.endpoint.sweeps:
            is_found_anyway = sweep.finds_unmodified and self._since(advertiser, sweep) is None
            if not sweep.is_for_ids_only and not is_found_anyway:
                yield sweep

    def _found(self, advertiser: Advertiser, seen: SeenRows) -> Iterator[_Found]:
        """Yield the pages of all sweeps, of each partition apart unless TikTok refuses to be asked so."""
        for sweep in self._needed(advertiser):
            is_begun = False
            try:
                for part in sweep.apart or (sweep,):
                    is_begun = False
                    for found in self._found_by(advertiser, part, seen):
                        is_begun = True
                        yield found
                        del found  # no page is kept while the next is awaited
            except Failure as refusal:
                if not sweep.apart or is_begun or not may_be_about_a_part(refusal):
                    raise
                message = refusal.message
            else:
                continue
            yield from self._found_by(advertiser, sweep, seen)
            logger.warning(
                "Stream %s lacks %s of some objects of advertiser %s, because TikTok refuses to list them apart. %s",
                self.name,
                ", ".join(name for name, _ in sweep.tells),
                advertiser.advertiser_id,
                message,
            )

    def _found_by(self, advertiser: Advertiser, sweep: Sweep, seen: SeenRows) -> Iterator[_Found]:
        since = self._since(advertiser, sweep)
        for rows in self.rows(advertiser, sweep, since, seen):
            yield sweep, since, rows
            del rows

    def _position(self, advertiser: Advertiser, labels: Labels) -> datetime | None:
        """Return where the partition stands; None: everything is read."""
        if self.cursor is None or self.cursor.is_full_refresh:
            return None
        return self.cursor.position((advertiser.advertiser_id, labels))

    def _since(self, advertiser: Advertiser, sweep: Sweep) -> datetime | None:
        """Return the earliest change that the sweep is after; None: everything."""
        positions = [self._position(advertiser, labels) for labels in sweep.partition_labels]
        known = [position for position in positions if position is not None]
        return min(known) if known and len(known) == len(positions) else None

    def _moment(self, row: Json) -> datetime | None:
        """Return when the object was changed; None when TikTok doesn't tell, as for Smart+ ads."""
        value = row.get(self.endpoint.cursor_field) if self.endpoint.cursor_field else None
        try:
            return parsed_moment(value) if isinstance(value, str) and value else None
        except ValueError:
            self._caster.misfit(str(self.endpoint.cursor_field), value)
            return None

    def _reached(self, cursor: Cursor, advertiser: Advertiser, latest: dict[Labels, datetime]) -> Iterator[Event]:
        """Move each partition to its latest change; a default one without any to start_date, as Airbyte does.

        No further than to the beginning of the run: what changed since may have been read before it did.
        """
        began = self.context.now.astimezone(UTC).replace(tzinfo=None) - _CLOCK_ERROR
        for labels in self._partitions:
            partition = (advertiser.advertiser_id, labels)
            reached = min(latest[labels], began) if labels in latest else cursor.position(partition)
            if reached is None and labels == self._partitions[0]:
                reached = datetime.combine(self.context.config.start_date, time())
            if reached is not None:
                yield Reached(cursor.plan(partition, reached))


def _completed(row: Json, sweep: Sweep) -> Json:
    """Return the same `row` with what its sweep tells of it."""
    for name, value in sweep.tells:
        if row.get(name) is None:
            row[name] = value
    return row
