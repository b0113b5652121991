"""Reads a report window by window: what all reports have in common, whatever TikTok calls their parameters."""

import logging
from abc import abstractmethod
from collections.abc import Hashable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from source_tiktok_marketing.api.failures import (
    MetricsRefused,
    SystemFailure,
    TimedOut,
    TooLarge,
    TransientFailure,
)
from source_tiktok_marketing.api.paging import Listing, Pages
from source_tiktok_marketing.api.windows import Window, earliest_local, latest_local, tiles
from source_tiktok_marketing.catalog.metrics import requests_of
from source_tiktok_marketing.catalog.reports import Grain, Report
from source_tiktok_marketing.catalog.stores import StoreReport
from source_tiktok_marketing.streams.base import Context, EncodedRecords, Page, Reached, Step, Stream
from source_tiktok_marketing.streams.cursor import Cursor
from source_tiktok_marketing.streams.directory import Advertiser
from source_tiktok_marketing.streams.joining import Join
from source_tiktok_marketing.streams.placed_rows import PlacedRows
from source_tiktok_marketing.streams.records import Json
from source_tiktok_marketing.streams.report_rows import ReportRows
from source_tiktok_marketing.streams.shards import Shard, shards
from source_tiktok_marketing.streams.state import Extra

logger = logging.getLogger("airbyte")

_LAST_HOUR = 23
_SMALLEST_PAGE = 100
_MOST_ROWS = 50_000
"""Of a window that can be halved: many windows are read at once, and each remembers its rows (100 bytes each)."""
_PAUSES = (5.0, 30.0)
"""Seconds before each repetition of a question that is too large and can't be asked in parts."""


@dataclass(frozen=True, slots=True)
class Question:
    """A report's rows of one advertiser, or of one of its stores, in some days."""

    advertiser: Advertiser
    extra: Extra = ()
    """What it is about beside the advertiser."""
    window: Window | None = None
    """None: a report without dates."""
    shard: Shard | None = None
    seen: set[Hashable] = field(default_factory=set)
    """Rows already handed out, if it was divided."""

    def about(self, window: Window, shard: Shard | None = None) -> "Question":
        """A part of it."""
        return Question(self.advertiser, self.extra, window, shard, self.seen)


class WindowedStream(Stream):
    """A report that is read in windows of days."""

    def __init__(
        self,
        name: str,
        row: Report | StoreReport,
        metrics: tuple[str, ...],
        schema: Json,
        context: Context,
        cursor: Cursor | None,
        *,
        optional: bool = False,
    ) -> None:
        super().__init__(name, context, cursor, optional=optional)
        self.dimensions = row.dimensions
        self._grain: Grain = row.grain
        self._schema = schema
        self._metrics = metrics
        self._refused: frozenset[str] = frozenset()
        self._rows_without: dict[frozenset[str], ReportRows] = {}

    @abstractmethod
    def request(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """The path and the parameters that ask for `metrics` of the question's rows."""

    def windows(self, advertiser: Advertiser, extra: Extra = ()) -> Iterator[Window]:
        """The windows from the cursor, less the lookback, to the advertiser's today or the end date."""
        config = self.context.config
        start = config.start_date
        if advertiser.created is not None:
            start = max(start, advertiser.created - timedelta(days=1))
        end = self.last_day(advertiser)
        if self.cursor and (position := self.cursor.position((advertiser.advertiser_id, extra))) is not None:
            lookback = self.cursor.overlap + timedelta(days=config.attribution_window)
            if position - datetime.min > lookback:  # noqa: DTZ901  naive, like every local time here
                start = max(start, (position - lookback).date())
            if position.date() > latest_local(self.context.now, None).date():
                logger.warning(
                    "%s: the state says that advertiser %s was read up to %s, which is still to come, so nothing is "
                    "read before. Clear the state to read it again.",
                    self.name,
                    advertiser.advertiser_id,
                    position.date(),
                )
        return tiles(start, end, min(self._grain.widest_window or 1, config.days_per_request))

    def last_day(self, advertiser: Advertiser) -> date:
        """The advertiser's today or the end date, whichever is earlier."""
        today = latest_local(self.context.now, advertiser.zone).date()
        return min(today, self.context.config.end_date or today)

    def ticket(self, question: Question, window: Window) -> object:
        """Announce the window to the cursor."""
        if self.cursor is None:
            return None
        partition = (question.advertiser.advertiser_id, question.extra)
        return self.cursor.plan(partition, self._reached(question.advertiser, window.end))

    def _reached(self, advertiser: Advertiser, last_day: date) -> datetime:
        """Where the cursor stands after `last_day`: its last hour, or the hour it is now."""
        now = earliest_local(self.context.now, advertiser.zone).replace(tzinfo=None, minute=0, second=0, microsecond=0)
        return min(datetime.combine(last_day, time(_LAST_HOUR)), now)

    def read_window(self, question: Question, ticket: object) -> Iterator[Step]:
        """The question's rows, and the news that its window is done."""
        yield from self.read_parts(question, ticket)
        if self.cursor is not None:
            yield Reached((question.advertiser.advertiser_id, question.extra), ticket)

    def read_parts(self, question: Question, ticket: object = None) -> Iterator[Step]:
        """The question's rows; if they are too many, those of its parts."""
        window = question.window
        divisible = window is not None and window.days > 1 and question.shard is None
        try:
            yield from map(Page, self._records(question, None if divisible else _SMALLEST_PAGE))
        except TooLarge as failure:
            if divisible and window is not None:
                yield from self._halves(question, window, ticket, failure)
            elif parts := self.parts(question):
                yield from self._shards(question, parts, failure)
            else:
                yield from self._repeated(question, failure)

    def parts(self, question: Question) -> list[Shard]:
        """What the question can be divided into by ids; nothing if TikTok would ignore them."""
        advertiser_id = question.advertiser.advertiser_id
        return list(shards(self.context.parents, advertiser_id, self.dimensions[0], question.shard))

    def _halves(self, question: Question, window: Window, ticket: object, failure: TooLarge) -> Iterator[Step]:
        logger.info("%s: %s Halving %s to %s.", self.name, failure.message, window.start, window.end)
        earlier, later = window.halves()
        yield from self.read_parts(question.about(earlier), ticket)
        if self.cursor is not None:
            reached = self._reached(question.advertiser, earlier.end)
            yield Reached((question.advertiser.advertiser_id, question.extra), ticket, reached)
        yield from self.read_parts(question.about(later), ticket)

    def _shards(self, question: Question, parts: list[Shard], failure: TooLarge) -> Iterator[Step]:
        logger.info("%s: %s Asking for %d parts by ids.", self.name, failure.message, len(parts))
        for part in parts:
            yield from self.read_parts(
                Question(question.advertiser, question.extra, question.window, part, question.seen)
            )

    def _repeated(self, question: Question, failure: TooLarge) -> Iterator[Step]:
        """What can't be asked in parts is asked again: what was too much for TikTok at one time may not be at another.

        Raises what it was the last time.
        """
        advertiser_id = question.advertiser.advertiser_id
        for seconds in _PAUSES:
            logger.info("%s: %s Asking again in %.0f s.", self.name, failure.message, seconds)
            self.context.client.pause(seconds, advertiser_id)
            try:
                yield from map(Page, self._records(question, _SMALLEST_PAGE))
            except TooLarge as again:
                failure = again
            else:
                return
        when = f" on {question.window.start}" if question.window else ""
        kind = TransientFailure if isinstance(failure.__cause__, TimedOut) else SystemFailure
        raise kind(
            f"{failure.message} The connector can't ask for less of advertiser {advertiser_id}{when}.",
            code=failure.code,
            request_id=failure.request_id,
        ) from failure

    def _records(self, question: Question, smallest_page: int | None) -> Iterator[list[Any] | EncodedRecords]:
        """The records of one question. Metrics that TikTok refuses are left out from then on."""
        about = {"advertiser_id": question.advertiser.advertiser_id, **dict(question.extra)}
        while True:
            refused = self._refused
            names = tuple(name for name in self._metrics if name not in refused)
            with closing(PlacedRows(self._rows(tuple(about), refused), self.context.second)) as rows:
                try:
                    pages_of_rows = self._joined(question, names, rows, smallest_page)
                    yield from map(partial(rows.records, about=about), pages_of_rows)
                except MetricsRefused as failure:
                    self._leave_out(failure, asked=names)
                else:
                    return

    def _rows(self, constants: tuple[str, ...], refused: frozenset[str]) -> ReportRows:
        """How the rows are read; made when the first are, and kept, because making the decoder takes a while."""
        if refused not in self._rows_without:
            metrics = tuple(name for name in self._metrics if name not in refused)
            self._rows_without[refused] = ReportRows(self.name, self.dimensions, constants, metrics, self._schema)
        return self._rows_without[refused]

    def _leave_out(self, failure: MetricsRefused, asked: tuple[str, ...]) -> None:
        metrics = [name for name in failure.metrics if name in asked]
        if not metrics or len(metrics) == len(asked):
            raise SystemFailure(failure.message, code=failure.code, request_id=failure.request_id) from failure
        if new := sorted(set(metrics) - self._refused):
            self._refused |= frozenset(new)
            logger.warning("%s: left out for this run, because TikTok refuses them: %s.", self.name, ", ".join(new))

    def _joined(
        self, question: Question, names: tuple[str, ...], rows: PlacedRows, smallest_page: int | None
    ) -> Iterator[Sequence[Any]]:
        """Rows with all metrics, though TikTok answers only so many at once. A row that one answer lacks is kept."""
        # The largest part last: it takes up what the others hold.
        parts, seen = sorted(requests_of(names), key=len), question.seen
        client = self.context.client
        listings = [self._listing(question, part, rows, smallest_page, len(parts) > 1) for part in parts]
        if len(listings) == 1:
            yield from Pages(client, listings[0])
            return
        join = Join(rows, parts)
        readings = [Pages(client, listing) for listing in listings]
        with ExitStack() as stack:
            for reading in readings:
                stack.callback(reading.close)
            while any(together := _next_of_each(readings)):
                if complete := join.whole(together):
                    seen.update(rows.marks(complete))
                    yield complete
                del together, complete  # a page is let go before the next is awaited
        if rest := join.rest():
            logger.warning(
                "%s: TikTok answered some metrics without %d of the rows; they are emitted without those metrics.",
                self.name,
                len(rest),
            )
            yield rest

    def _listing(
        self,
        question: Question,
        metrics: tuple[str, ...],
        rows: PlacedRows,
        smallest_page: int | None,
        is_part: bool,  # noqa: FBT001
    ) -> Listing:
        path, params = self.request(question, metrics)
        return Listing(
            path=path,
            params=params,
            smallest_page=smallest_page,
            is_divisible=True,
            most_rows=_MOST_ROWS if smallest_page is None else None,
            keys=rows.marks,
            decode=rows.decode,
            seen=set(question.seen) if is_part else question.seen,
        )


def _next_of_each(readings: list[Pages]) -> list[Sequence[Any]]:
    """The next page of each, empty at its end. None is read before all arrive, lest one wait in memory for another."""
    for reading in readings:
        reading.send_next()
    for reading in readings:
        reading.await_next()
    return [next(reading, []) for reading in readings]
