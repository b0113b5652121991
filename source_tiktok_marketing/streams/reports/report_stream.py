"""What all reports have in common: they are planned in windows, read in pages, and divided when they are too large."""

import logging
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from functools import partial
from typing import Protocol

from source_tiktok_marketing.api.failures import MetricsMissing, MetricsRefused, SystemFailure
from source_tiktok_marketing.api.paging import ListRequest, Pages
from source_tiktok_marketing.catalog.levels import Grain
from source_tiktok_marketing.catalog.streams import Row
from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.engine.cursor import Cursor, PlannedWindow
from source_tiktok_marketing.engine.stream import Event, Page, Reached, Stream
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.reports.division import Divider
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.reports.rows import ReportRows
from source_tiktok_marketing.streams.windows import WindowPlan

logger = logging.getLogger("airbyte")

_PAUSES = (5.0, 30.0)
"""Seconds before a refused metric is asked for again: once, or more often if TikTok has answered it before."""
_MOST_ROWS = 50_000
"""Of a window that can be halved: many windows are read at once, and each remembers its rows (100 bytes each)."""


class ReportRow(Row, Protocol):
    """What the row of every report tells."""

    @property
    def grain(self) -> Grain:
        """The stretch of time of its records."""

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What TikTok groups by."""

    @property
    def latency_hours(self) -> int:
        """Hours after which TikTok has finished the figures."""


class ReportStream(Stream):
    """A report. A subclass says what its slices are and how TikTok is asked."""

    page_size = 1000

    def __init__(self, row: ReportRow, context: Context, cursor: Cursor | None) -> None:
        """Prepare to read `row`, incrementally if there is a `cursor`."""
        super().__init__(row.name, cursor, optional=row.optional)
        self.context = context
        self.plan = WindowPlan(
            stream=row.name,
            config=context.config,
            now=context.now,
            widest_window=row.grain.widest_window or 1,
            latency=timedelta(hours=row.latency_hours),
            cursor=cursor,
        )
        is_by_time = row.grain.time_dimension is not None
        self.divider = Divider(
            row.name, context.client, self.pages, self.parts_by_ids, is_by_time=is_by_time, read_whole=self.read_whole
        )
        self._is_windowed = row.grain.widest_window is not None
        self.dimensions = row.dimensions
        self.schema = row.schema()
        self._metrics = context.metrics_of(row)
        self._offered = row.metric_names
        self._refused: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        """The metrics that TikTok refuses, by advertiser."""
        self._answered: defaultdict[str, set[str]] = defaultdict(set)
        """The metrics that it has answered, by advertiser."""
        self._rows_of: dict[tuple[str, ...], ReportRows] = {}

    def costs(self) -> Iterator[Cost]:
        """Count what each advertiser costs."""
        yield from map(self.cost, self.registered())

    def cost(self, advertiser: Advertiser) -> Cost:
        """Count what an advertiser costs: a slice and a request for each window, or one if there are no windows."""
        if not self._is_windowed:
            return Cost(advertiser_id=advertiser.advertiser_id, requests=1)
        windows = self.plan.count(advertiser)
        return Cost(advertiser_id=advertiser.advertiser_id, slices=windows, windows=windows, requests=windows)

    def registered(self) -> tuple[Advertiser, ...]:
        """Return the advertisers to read, each known to the cursor."""
        advertisers = self.context.advertisers.readable
        if self.cursor is not None:
            for advertiser in advertisers:
                self.cursor.register(advertiser.advertiser_id, [()])
        return advertisers

    @abstractmethod
    def params(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """Return the path and the parameters that ask for `metrics` of the question's rows."""

    def parts_by_ids(self, question: Question) -> Iterable[Question]:  # noqa: ARG002  for subclasses
        """Return the parts by ids that the question can be divided into."""
        return ()

    def read_whole(self, question: Question) -> Generator[Event, None, Question | None]:
        """Yield what can be read otherwise of a question about too many objects; return what is left of it."""
        yield from ()
        return question

    def told(self, question: Question) -> dict[str, str]:  # noqa: ARG002  for subclasses
        """Return what every record of the question gets beside its account and store, always under the same names.

        Rows of questions of which it is different are others, though they may be alike.
        """
        return {}

    def read_window(self, question: Question, planned: PlannedWindow | None) -> Iterator[Event]:
        """Yield the question's records, and how far its window was read."""

        def until(day: date) -> Iterable[Event]:
            return () if planned is None else (Reached(planned, self.plan.reached(question.advertiser, day)),)

        yield from self.divider.events(question, until)
        if planned is not None:
            yield Reached(planned)

    def pages(self, question: Question, smallest_page: int | None) -> Iterator[Page]:
        """Yield the records of one question, without metrics that TikTok refuses for the advertiser.

        Raises `MetricsMissing` after the last record if one was left out that TikTok answered before.
        """
        advertiser_id, repetitions = question.advertiser.advertiser_id, 0
        left_out: dict[str, MetricsRefused] = {}
        while True:
            metrics = self.metrics_but(self._refused[advertiser_id] | left_out.keys())
            try:
                for page in self._pages(question, metrics, smallest_page):
                    self.has_answered(advertiser_id, metrics)
                    yield page
                    del page  # it is let go before the next is awaited
            except MetricsRefused as failure:
                refused = self._refused_of(metrics, failure, self._refused[advertiser_id] | left_out.keys())
                was_answered = bool(refused & self._answered[advertiser_id])
                if refused <= self._refused[advertiser_id]:
                    continue
                if repetitions < (len(_PAUSES) if was_answered else 1):  # a refusal may pass
                    self.context.client.pause(_PAUSES[repetitions], advertiser_id)
                    repetitions += 1
                elif not was_answered:
                    self._leave_out(refused, advertiser_id)
                else:
                    left_out |= dict.fromkeys(refused, failure)
            else:
                break
        if left_out:
            name, refusal = next(iter(left_out.items()))
            raise MetricsMissing(
                f"TikTok has answered {name} before and refuses it now, so it is missing in some rows of advertiser "
                f"{advertiser_id}. The next sync reads them again. {refusal.message}",
                code=refusal.code,
                request_id=refusal.request_id,
            )

    def metrics_of(self, advertiser_id: str) -> tuple[str, ...]:
        """Return the metrics that the advertiser is asked for at present."""
        return self.metrics_but(self._refused[advertiser_id])

    def metrics_but(self, refused: AbstractSet[str]) -> tuple[str, ...]:
        """Return the wanted metrics that are not refused; if none is left, all others, lest rows are missing."""
        wanted = tuple(name for name in self._metrics if name not in refused)
        return wanted or tuple(name for name in self._offered if name not in refused)

    def has_answered(self, advertiser_id: str, metrics: tuple[str, ...]) -> None:
        """Take note that TikTok answers the metrics for the advertiser."""
        self._answered[advertiser_id].update(metrics)

    def _pages(self, question: Question, metrics: tuple[str, ...], smallest_page: int | None) -> Iterator[Page]:
        told = self.told(question)
        about = question.about | told
        tally = question.tally
        asked = metrics if tally is None else tally.beside(metrics)
        rows = self._rows(tuple(about), asked)
        path, params = self.params(question, asked)
        request = ListRequest(
            path=path,
            params=params,
            page_size=self.page_size,
            smallest_page=smallest_page,
            is_divisible=True,
            most_rows=_MOST_ROWS if smallest_page is None else None,
            keys=partial(rows.hashes, within=tuple(told.values())),
            decode=rows.decode,
            seen=question.seen,
        )
        for page in Pages(self.context.client, request):
            if tally is not None:
                tally.add(rows.metric(page, tally.metric))
                rows.drop_metrics(page, asked[len(metrics) :])
            yield Page(rows.records(page, about))
            del page

    def _rows(self, constants: tuple[str, ...], metrics: tuple[str, ...]) -> ReportRows:
        """Return how the rows are read; kept, because making the decoder takes a while."""
        if metrics not in self._rows_of:
            self._rows_of[metrics] = self.report_rows(constants, metrics)
        return self._rows_of[metrics]

    def report_rows(self, constants: tuple[str, ...], metrics: tuple[str, ...]) -> ReportRows:
        """Return how the rows of requests for `metrics` are read; `constants` are named as in `ReportRows`."""
        return ReportRows(self.name, self.dimensions, constants, metrics, self.schema)

    def _refused_of(self, asked: tuple[str, ...], failure: MetricsRefused, before: AbstractSet[str]) -> frozenset[str]:
        """Return the refused metrics.

        Raises `SystemFailure` if they are none of those asked for, or nothing is left but what was refused `before`.
        """
        refused = frozenset(failure.metrics).intersection(asked)
        if not refused or not self.metrics_but(refused | before):
            raise SystemFailure(failure.message, code=failure.code, request_id=failure.request_id) from failure
        return refused

    def _leave_out(self, metrics: frozenset[str], advertiser_id: str) -> None:
        """Ask for the metrics no more for the advertiser; warn when it is the first that they are refused for."""
        known = frozenset().union(*self._refused.values())
        if new := metrics - self._refused[advertiser_id]:
            self._refused[advertiser_id] |= new
            logger.log(
                logging.WARNING if new - known else logging.INFO,
                "%s: left out for advertiser %s in this run, because TikTok refuses them: %s.",
                self.name,
                advertiser_id,
                ", ".join(sorted(new)),
            )
