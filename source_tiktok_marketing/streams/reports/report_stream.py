"""What all reports have in common: they are planned in windows, read in pages, and divided when they are too large."""

import logging
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol

from source_tiktok_marketing.api.failures import MetricsRefused, SystemFailure
from source_tiktok_marketing.api.paging import ListRequest, Pages
from source_tiktok_marketing.catalog.levels import Grain
from source_tiktok_marketing.catalog.streams import Row
from source_tiktok_marketing.engine.cursor import Cursor, PlannedWindow
from source_tiktok_marketing.engine.stream import Event, Page, Reached, Stream
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.reports.division import Divider
from source_tiktok_marketing.streams.reports.id_filters import IdFilter
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.reports.rows import ReportRows
from source_tiktok_marketing.streams.windows import WindowPlan

logger = logging.getLogger("airbyte")

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


class ReportStream(Stream):
    """A report. A subclass says what its slices are and how TikTok is asked."""

    def __init__(self, row: ReportRow, metrics: tuple[str, ...], context: Context, cursor: Cursor | None) -> None:
        """Prepare to read `metrics` of `row`, incrementally if there is a `cursor`."""
        super().__init__(row.name, cursor, optional=row.optional)
        self.context = context
        self.plan = WindowPlan(
            stream=row.name,
            config=context.config,
            now=context.now,
            widest_window=row.grain.widest_window or 1,
            cursor=cursor,
        )
        self.divider = Divider(row.name, context.client, self.pages, self.id_filters)
        self._dimensions = row.dimensions
        self._schema = row.schema()
        self._metrics = metrics
        self._refused: frozenset[str] = frozenset()
        self._rows_without: dict[frozenset[str], ReportRows] = {}

    @abstractmethod
    def params(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """Return the path and the parameters that ask for `metrics` of the question's rows."""

    def id_filters(self, question: Question) -> Iterable[IdFilter]:  # noqa: ARG002  for subclasses
        """Return the parts by ids that the question can be divided into."""
        return ()

    def read_window(self, question: Question, planned: PlannedWindow | None) -> Iterator[Event]:
        """Yield the question's records, and how far its window was read."""

        def until(day: date) -> Iterable[Event]:
            return () if planned is None else (Reached(planned, self.plan.reached(question.advertiser, day)),)

        yield from self.divider.events(question, until)
        if planned is not None:
            yield Reached(planned)

    def pages(self, question: Question, smallest_page: int | None) -> Iterator[Page]:
        """Yield the records of one question. Metrics that TikTok refuses are left out from then on."""
        while True:
            refused = self._refused
            metrics = tuple(name for name in self._metrics if name not in refused)
            rows = self._rows(tuple(question.about), metrics, refused)
            path, params = self.params(question, metrics)
            request = ListRequest(
                path=path,
                params=params,
                smallest_page=smallest_page,
                is_divisible=True,
                most_rows=_MOST_ROWS if smallest_page is None else None,
                keys=rows.hashes,
                decode=rows.decode,
                seen=question.seen,
            )
            try:
                for page in Pages(self.context.client, request):
                    yield Page(rows.records(page, question.about))
                    del page  # it is let go before the next is awaited
            except MetricsRefused as failure:
                self._leave_out(failure, metrics)
            else:
                return

    def _rows(self, constants: tuple[str, ...], metrics: tuple[str, ...], refused: frozenset[str]) -> ReportRows:
        """Return how the rows are read; kept, because making the decoder takes a while."""
        if refused not in self._rows_without:
            self._rows_without[refused] = ReportRows(self.name, self._dimensions, constants, metrics, self._schema)
        return self._rows_without[refused]

    def _leave_out(self, failure: MetricsRefused, asked: tuple[str, ...]) -> None:
        metrics = [name for name in failure.metrics if name in asked]
        if not metrics or len(metrics) == len(asked):
            raise SystemFailure(failure.message, code=failure.code, request_id=failure.request_id) from failure
        if new := sorted(set(metrics) - self._refused):
            self._refused |= frozenset(new)
            logger.warning("%s: left out for this run, because TikTok refuses them: %s.", self.name, ", ".join(new))
