"""Reads any `Report` of the catalogue."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import orjson

from source_tiktok_marketing.api.windows import Window
from source_tiktok_marketing.catalog.entities import ALL_STATUSES
from source_tiktok_marketing.catalog.metrics import metrics_of
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.streams.base import Context, Slice, interleaved
from source_tiktok_marketing.streams.cursor import Cursor
from source_tiktok_marketing.streams.directory import Advertiser
from source_tiktok_marketing.streams.records import Json
from source_tiktok_marketing.streams.windowed import Question, WindowedStream

PATH = "report/integrated/get/"


class ReportStream(WindowedStream):
    """One report."""

    def __init__(self, name: str, report: Report, schema: Json, context: Context, cursor: Cursor | None) -> None:
        metrics = tuple(metric.name for metric in metrics_of(report))
        super().__init__(name, report, metrics, schema, context, cursor)
        self._report = report

    def slices(self) -> Iterator[Slice]:
        """One slice a window, an advertiser's in order of time."""
        advertisers = self.context.directory.advertisers
        if self.cursor is not None:
            for advertiser in advertisers:
                self.cursor.know(advertiser.advertiser_id, [()])
        return interleaved(map(self._slices_of, advertisers))

    def _slices_of(self, advertiser: Advertiser) -> Iterator[Slice]:
        question = Question(advertiser)
        if self._report.grain.widest_window is None:
            yield Slice(advertiser.advertiser_id, partial(self._read_whole, question))
            return
        for window in self.windows(advertiser):
            ticket = self.ticket(question, window)
            part = Question(advertiser, window=window)
            yield Slice(advertiser.advertiser_id, partial(self.read_window, part, ticket))

    def _read_whole(self, question: Question) -> Iterator[Any]:
        """The advertiser's whole life, or the last days that TikTok grants."""
        if (days := self._report.lifetime_days) is None:
            return self.read_parts(question)
        last = self.last_day(question.advertiser)
        first = max(self.context.config.start_date, last - timedelta(days=days - 1))
        return self.read_parts(question.about(Window(first, last))) if first <= last else iter(())

    def request(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """A request to the integrated report."""
        report, window = self._report, question.window
        return PATH, {
            "advertiser_id": question.advertiser.advertiser_id,
            "service_type": "AUCTION",
            "report_type": report.breakdown.report_type,
            "data_level": report.level.data_level,
            "dimensions": report.dimensions,
            "metrics": metrics,
            "filtering": self._filtering(question) or None,
            "query_lifetime": True if window is None else None,
            "start_date": window and window.start.isoformat(),
            "end_date": window and window.end.isoformat(),
        }

    def _filtering(self, question: Question) -> list[Json]:
        filters: dict[str, tuple[str, ...]] = {}
        if self.context.config.include_deleted and self._report.level.status_field is not None:
            filters[self._report.level.status_field] = (ALL_STATUSES,)
        if question.shard is not None:
            filters[question.shard.filter_name] = question.shard.ids
        return [
            {"field_name": name, "filter_type": "IN", "filter_value": orjson.dumps(values).decode()}
            for name, values in filters.items()
        ]
