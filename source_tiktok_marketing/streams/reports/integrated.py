"""The reports on report/integrated/get/."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial

import orjson

from source_tiktok_marketing.api.failures import (
    AdvertiserUnavailable,
    EndpointUnavailable,
    Failure,
    NeededRefused,
)
from source_tiktok_marketing.catalog.custom_reports import CustomReport
from source_tiktok_marketing.catalog.endpoints import ALL_STATUSES
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.engine.cursor import Cursor, PlannedWindow
from source_tiktok_marketing.engine.stream import Event, Page, Reached, Slice, interleaved
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.idle_days import IdleDays
from source_tiktok_marketing.streams.reports.buying_types import FILTER, BuyingTypes
from source_tiktok_marketing.streams.reports.id_filters import IdFilter, id_filters
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.reports.report_stream import ReportStream
from source_tiktok_marketing.streams.windows import Window


class IntegratedReport(ReportStream):
    """One report."""

    def __init__(self, report: Report | CustomReport, context: Context, cursor: Cursor | None) -> None:
        super().__init__(report, tuple(metric.name for metric in report.metrics), context, cursor)
        self._report = report
        # The sandbox has mocked figures and nothing of TopView.
        self._buying_types = BuyingTypes(report.name, () if context.config.is_sandbox else report.level.buying_types)
        self._idle_days = IdleDays(report.name, report.account_metrics, self.plan, context, self._has_rows)

    def slices(self) -> Iterator[Slice]:
        """Plan one slice a window, an advertiser's in order of time."""
        return interleaved(map(self._slices_of, self.registered()))

    def _slices_of(self, advertiser: Advertiser) -> Iterator[Slice]:
        question = Question(advertiser)
        if self._report.grain.widest_window is None:
            yield Slice(advertiser.advertiser_id, partial(self._read_whole, question))
            return
        settled = self._idle_days.settled(advertiser)
        for window in self.plan.windows(advertiser):
            planned = self.plan.planned(advertiser, window)
            part = Question(advertiser, window=window)
            if settled is None or window.end > settled.end:
                yield Slice(advertiser.advertiser_id, partial(self.read_window, part, planned))
            else:
                yield Slice(advertiser.advertiser_id, partial(self._read_settled, settled, part, planned))

    def _read_settled(self, settled: Window, question: Question, planned: PlannedWindow | None) -> Iterator[Event]:
        """Read one of the `settled` days, unless the advertiser delivered nothing on it."""
        window = question.window
        if window is None or window.start not in self._idle_days.of(question.advertiser, settled):
            yield from self.read_window(question, planned)
        elif planned is not None:
            yield Reached(planned)

    def _has_rows(self, advertiser: Advertiser, day: date) -> bool:
        events = self.divider.events(Question(advertiser, window=Window(day, day)))
        return any(isinstance(event, Page) and event.records for event in events)

    def _read_whole(self, question: Question) -> Iterator[Event]:
        """Read the advertiser's whole life, or the last days that TikTok grants."""
        if (days := self._report.grain.last_days) is None:
            return self.divider.events(question)
        window = self.plan.last_days(question.advertiser, days)
        return iter(()) if window is None else self.divider.events(question.in_window(window))

    def parts_by_ids(self, question: Question) -> Iterable[Question]:
        """Return the parts by ids; none if TikTok would ignore them."""
        return map(question.about_ids, self.id_filters(question))

    def cost(self, advertiser: Advertiser) -> Cost:
        """Count what an advertiser costs: nothing for last days that are not wanted, less for days that may be idle."""
        if (days := self._report.grain.last_days) is not None:
            window = self.plan.last_days(advertiser, days)
            return Cost(advertiser_id=advertiser.advertiser_id, requests=int(window is not None))
        cost, settled = super().cost(advertiser), self._idle_days.settled(advertiser)
        if settled is None:
            return cost
        most = cost.requests + self._idle_days.most_requests(settled)
        return replace(cost, requests=cost.requests - settled.days, most=most)

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

    def pages(self, question: Question, smallest_page: int | None) -> Iterator[Page]:
        """Yield the records of one question, of campaigns of every buying type if TikTok takes the filter for them."""
        advertiser_id, buying_types = question.advertiser.advertiser_id, self._buying_types
        if not buying_types.are_asked_of(advertiser_id):
            yield from super().pages(question.as_default(), smallest_page)
            return
        try:
            for page in super().pages(question, smallest_page):
                buying_types.answered(advertiser_id)
                yield page
                del page  # it is let go before the next is awaited
        except Failure as refusal:
            if not buying_types.may_be_refused(advertiser_id, refusal):
                raise
            yield from self._default_pages(question.as_default(), smallest_page, refusal)
        else:
            buying_types.answered(advertiser_id)

    def _default_pages(self, question: Question, smallest_page: int | None, refusal: Failure) -> Iterator[Page]:
        """Yield the records without the filter. Raises what TikTok says if that isn't what it refuses."""
        advertiser_id = question.advertiser.advertiser_id
        for page in super().pages(question, smallest_page):
            self._buying_types.refused(advertiser_id, refusal)
            yield page
            del page
        self._buying_types.refused(advertiser_id, refusal)

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
        if not question.by_default:
            filters[FILTER] = self._buying_types.values
        if question.id_filter is not None:
            filters[question.id_filter.name] = question.id_filter.ids
        return [
            {"field_name": name, "filter_type": "IN", "filter_value": orjson.dumps(values).decode()}
            for name, values in filters.items()
        ]
