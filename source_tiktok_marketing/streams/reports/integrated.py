"""The reports on report/integrated/get/."""

from collections.abc import Iterable, Iterator
from functools import partial

import orjson
import pendulum

from source_tiktok_marketing.api.failures import AdvertiserUnavailable, EndpointUnavailable, NeededRefused
from source_tiktok_marketing.catalog.custom_reports import CustomReport
from source_tiktok_marketing.catalog.endpoints import ALL_STATUSES
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.stream import Event, Slice, interleaved
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.reports.id_filters import IdFilter, id_filters
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.reports.report_stream import ReportStream
from source_tiktok_marketing.streams.windows import Window


class IntegratedReport(ReportStream):
    """One report."""

    def __init__(self, report: Report | CustomReport, context: Context, cursor: Cursor | None) -> None:
        super().__init__(report, tuple(metric.name for metric in report.metrics), context, cursor)
        self._report = report

    def slices(self) -> Iterator[Slice]:
        """Plan one slice a window, an advertiser's in order of time."""
        advertisers = self.context.advertisers.readable
        if self.cursor is not None:
            for advertiser in advertisers:
                self.cursor.register(advertiser.advertiser_id, [()])
        return interleaved(map(self._slices_of, advertisers))

    def _slices_of(self, advertiser: Advertiser) -> Iterator[Slice]:
        question = Question(advertiser)
        if self._report.grain.widest_window is None:
            yield Slice(advertiser.advertiser_id, partial(self._read_whole, question))
            return
        for window in self.plan.windows(advertiser):
            planned = self.plan.planned(advertiser, window)
            part = Question(advertiser, window=window)
            yield Slice(advertiser.advertiser_id, partial(self.read_window, part, planned))

    def _read_whole(self, question: Question) -> Iterator[Event]:
        """Read the advertiser's whole life, or the last days that TikTok grants."""
        if (days := self._report.lifetime_days) is None:
            return self.divider.events(question)
        last = self.plan.last_day(question.advertiser)
        first = max(self.context.config.start_date, last - pendulum.duration(days=days - 1))
        return self.divider.events(question.in_window(Window(first, last))) if first <= last else iter(())

    def id_filters(self, question: Question) -> Iterable[IdFilter]:
        """Return the parts by ids; none if TikTok would ignore them. Raises `NeededRefused` if it lists no ids."""
        advertiser_id, id_dimension = question.advertiser.advertiser_id, self._report.level.id_dimension
        try:
            return list(id_filters(self.context.parents, advertiser_id, id_dimension, question.id_filter))
        except (AdvertiserUnavailable, EndpointUnavailable) as refusal:
            raise NeededRefused(
                f"The report is too large for TikTok and can't be divided by ids. {refusal.message}",
                code=refusal.code,
                request_id=refusal.request_id,
            ) from refusal

    def params(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """Return the path and parameters of a request to the integrated report."""
        report, window = self._report, question.window
        return report.path, {
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
        if question.id_filter is not None:
            filters[question.id_filter.name] = question.id_filter.ids
        return [
            {"field_name": name, "filter_type": "IN", "filter_value": orjson.dumps(values).decode()}
            for name, values in filters.items()
        ]
