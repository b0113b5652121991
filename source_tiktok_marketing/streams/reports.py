"""Reads any `Report`: every window of each advertiser that the cursor leaves open."""

import logging
from collections.abc import Hashable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import chain, zip_longest

import orjson

from source_tiktok_marketing.api.failures import MetricsRefused, SystemFailure, TooLarge
from source_tiktok_marketing.api.paging import Listing, pages
from source_tiktok_marketing.api.windows import Window, earliest_local, latest_local, tiles
from source_tiktok_marketing.catalog.entities import ALL_STATUSES
from source_tiktok_marketing.catalog.metrics import metrics_of, requests_of
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.streams.base import Context, Page, Reached, Slice, Step, Stream
from source_tiktok_marketing.streams.cursor import Cursor
from source_tiktok_marketing.streams.directory import Advertiser
from source_tiktok_marketing.streams.records import Json
from source_tiktok_marketing.streams.report_rows import merge, report_key, shaper

logger = logging.getLogger("airbyte")

PATH = "report/integrated/get/"
_LAST_HOUR = 23
_SMALLEST_PAGE = 100


class ReportStream(Stream):
    """One report."""

    def __init__(self, name: str, report: Report, schema: Json, context: Context, cursor: Cursor | None) -> None:
        super().__init__(name, context, cursor)
        self._report = report
        self._shape = shaper(name, report, schema)
        self._metrics = tuple(metric.name for metric in metrics_of(report))
        self._key = report_key(report.dimensions)
        self._refused: frozenset[str] = frozenset()

    def slices(self) -> Iterator[Slice]:
        """One slice a window, an advertiser's in order of time."""
        for advertiser in self.context.directory.advertisers:
            widest = self._report.grain.widest_window
            if widest is None:
                yield Slice(advertiser.advertiser_id, partial(self._whole, advertiser))
                continue
            if self.cursor is not None:
                self.cursor.know(advertiser.advertiser_id, [()])
            for window in self._windows(advertiser, widest):
                ticket = self._ticket(advertiser, window)
                yield Slice(advertiser.advertiser_id, partial(self._window, advertiser, window, ticket))

    def _windows(self, advertiser: Advertiser, widest: int) -> Iterator[Window]:
        """The windows from the cursor, less the lookback, to the advertiser's today or the end date."""
        config = self.context.config
        start = config.start_date
        if advertiser.created is not None:
            start = max(start, advertiser.created - timedelta(days=1))
        if self.cursor is not None and (position := self.cursor.position((advertiser.advertiser_id, ()))) is not None:
            start = max(start, (position - self.cursor.overlap).date() - timedelta(days=config.attribution_window))
        end = latest_local(self.context.now, advertiser.zone).date()
        if config.end_date is not None:
            end = min(end, config.end_date)
        return tiles(start, end, min(widest, config.days_per_request))

    def _reached(self, advertiser: Advertiser, last_day: date) -> datetime:
        """Where the cursor stands after `last_day`: its last hour, or the hour it is now."""
        now = earliest_local(self.context.now, advertiser.zone).replace(tzinfo=None, minute=0, second=0, microsecond=0)
        return min(datetime.combine(last_day, time(_LAST_HOUR)), now)

    def _ticket(self, advertiser: Advertiser, window: Window) -> object:
        if self.cursor is None:
            return None
        return self.cursor.plan((advertiser.advertiser_id, ()), self._reached(advertiser, window.end))

    def _whole(self, advertiser: Advertiser) -> Iterator[Step]:
        for records in self._records(advertiser, {"query_lifetime": True}, set(), _SMALLEST_PAGE):
            yield Page(records)

    def _window(self, advertiser: Advertiser, window: Window, ticket: object) -> Iterator[Step]:
        yield from self._parts(advertiser, window, ticket, set())
        if self.cursor is not None:
            yield Reached((advertiser.advertiser_id, ()), ticket)

    def _parts(self, advertiser: Advertiser, window: Window, ticket: object, seen: set[Hashable]) -> Iterator[Step]:
        """The window's rows; if it is too large, those of its halves."""
        dates = {"start_date": window.start.isoformat(), "end_date": window.end.isoformat()}
        smallest_page = _SMALLEST_PAGE if window.days == 1 else None
        try:
            for records in self._records(advertiser, dates, seen, smallest_page):
                yield Page(records)
        except TooLarge as failure:
            if window.days == 1:
                raise SystemFailure(
                    f"{failure.message} This was a single day ({window.start}) of advertiser "
                    f"{advertiser.advertiser_id}; the connector can't ask for less.",
                    code=failure.code,
                    request_id=failure.request_id,
                ) from failure
            logger.info("%s: %s. Halving %s to %s.", self.name, failure.message, window.start, window.end)
            earlier, later = window.halves()
            yield from self._parts(advertiser, earlier, ticket, seen)
            if self.cursor is not None:
                yield Reached((advertiser.advertiser_id, ()), ticket, self._reached(advertiser, earlier.end))
            yield from self._parts(advertiser, later, ticket, seen)

    def _records(
        self, advertiser: Advertiser, dates: Json, seen: set[Hashable], smallest_page: int | None
    ) -> Iterator[list[Json]]:
        """The records of one question. Metrics that TikTok refuses are left out from then on."""
        while True:
            refused = self._refused
            names = tuple(name for name in self._metrics if name not in refused)
            try:
                for rows in self._joined(advertiser, dates, names, seen, smallest_page):
                    yield [self._shape(row, advertiser.advertiser_id) for row in rows]
            except MetricsRefused as failure:
                self._leave_out(failure, asked=names)
            else:
                return

    def _leave_out(self, failure: MetricsRefused, asked: tuple[str, ...]) -> None:
        metrics = [name for name in failure.metrics if name in asked]
        if not metrics or len(metrics) == len(asked):
            raise SystemFailure(failure.message, code=failure.code, request_id=failure.request_id) from failure
        if new := sorted(set(metrics) - self._refused):
            self._refused |= frozenset(new)
            logger.warning("%s: left out for this run, because TikTok refuses them: %s.", self.name, ", ".join(new))

    def _joined(
        self,
        advertiser: Advertiser,
        dates: Json,
        names: tuple[str, ...],
        seen: set[Hashable],
        smallest_page: int | None,
    ) -> Iterator[list[Json]]:
        """Rows with all metrics, though TikTok answers only so many at once. A row that one answer lacks is kept."""
        parts = requests_of(names)
        listings = [
            self._listing(advertiser, dates, metrics, seen if len(parts) == 1 else set(seen), smallest_page)
            for metrics in parts
        ]
        streams = [pages(self.context.client, listing) for listing in listings]
        if len(streams) == 1:
            yield from streams[0]
            return
        waiting: dict[Hashable, tuple[int, Json]] = {}
        for together in zip_longest(*streams, fillvalue=()):
            merged = [merge(waiting, self._key(row), row, len(streams)) for row in chain.from_iterable(together)]
            if complete := [row for row in merged if row is not None]:
                seen.update(map(self._key, complete))
                yield complete
        if waiting:
            yield [row for _, row in waiting.values()]

    def _listing(
        self,
        advertiser: Advertiser,
        dates: Json,
        metrics: tuple[str, ...],
        seen: set[Hashable],
        smallest_page: int | None,
    ) -> Listing:
        report = self._report
        status_field = report.level.status_field
        filtering = None
        if self.context.config.include_deleted and status_field is not None:
            filtering = [
                {"field_name": status_field, "filter_type": "IN", "filter_value": orjson.dumps([ALL_STATUSES]).decode()}
            ]
        return Listing(
            path=PATH,
            params={
                "advertiser_id": advertiser.advertiser_id,
                "service_type": "AUCTION",
                "report_type": report.breakdown.report_type,
                "data_level": report.level.data_level,
                "dimensions": report.dimensions,
                "metrics": metrics,
                "filtering": filtering,
                **dates,
            },
            smallest_page=smallest_page,
            key=self._key,
            seen=seen,
        )
