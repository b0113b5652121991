"""The reports on report/integrated/get/."""

from collections.abc import Generator, Iterable, Iterator
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
from source_tiktok_marketing.streams.idle.account import AccountReportReader
from source_tiktok_marketing.streams.idle.days import IdleDays
from source_tiktok_marketing.streams.idle.windows import IdleWindows
from source_tiktok_marketing.streams.joint.answers import Way
from source_tiktok_marketing.streams.joint.groups import joint_costs, joint_slices
from source_tiktok_marketing.streams.joint.proofs import Claim, Shape
from source_tiktok_marketing.streams.joint.rows import JointRows
from source_tiktok_marketing.streams.reports.buying_types import FILTER, BuyingTypes
from source_tiktok_marketing.streams.reports.id_filters import IdFilter, id_filters
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.reports.report_stream import ReportStream
from source_tiktok_marketing.streams.reports.tasks.whole import WholeReport
from source_tiktok_marketing.streams.windows import Window


class IntegratedReport(ReportStream):
    """One report."""

    def __init__(self, report: Report | CustomReport, context: Context, cursor: Cursor | None) -> None:
        super().__init__(report, context, cursor)
        self._report = report
        # The sandbox has mocked figures and nothing of TopView.
        self._buying_types = BuyingTypes(report.name, () if context.config.is_sandbox else report.level.buying_types)
        self._idle = self._idle_ones(report)
        self._whole = WholeReport(self, report.level) if self._may_use_tasks else None
        self._joint_rows: dict[tuple[str, ...], JointRows] = {}

    @property
    def _may_use_tasks(self) -> bool:
        """Whether asynchronous tasks can hold what the report does, which they can't filter, and are wanted."""
        report, config = self._report, self.context.config
        is_whole = not report.breakdown.dimensions and not (isinstance(report, CustomReport) and report.filters)
        is_finished = report.grain.time_dimension is not None
        is_wanted = config.async_reports and config.include_deleted and not config.is_sandbox
        return is_wanted and is_whole and is_finished and report.level.in_tasks

    def _idle_ones(self, report: Report | CustomReport) -> IdleDays | IdleWindows | None:
        """Return what tells the windows that are left out; None: all are read."""
        context, how = self.context, self.context.config.skip_idle_days
        if how == "never" or context.config.is_sandbox:
            return None
        if how == "if_likely" and report.account_metrics:
            return IdleDays(report.name, report.account_metrics, self.plan, context, self._has_rows)
        account_report = report.account_report
        if account_report is None or not context.activity.is_shared(account_report):
            return None
        return IdleWindows(account_report, self.plan, context, self._account_reader, report.name, self._has_rows)

    def _account_reader(self, report: Report) -> AccountReportReader:
        every_metric = replace(self.context, wanted_metrics={})  # whatever was delivered, it is to be noticed
        return AccountReportReader(IntegratedReport(report, every_metric, None), self.accounts_per_request)

    def slices(self) -> Iterator[Slice]:
        """Plan one slice a window, of one advertiser or of several at once; an advertiser's are in order of time."""
        advertisers = self.registered()
        if self.accounts_per_request > 1:
            return joint_slices(self, advertisers, self.accounts_per_request)
        return interleaved(map(self._slices_of, advertisers))

    @property
    def accounts_per_request(self) -> int:
        """How many advertisers one request may be about."""
        return 1 if self.context.config.is_sandbox else self.context.config.accounts_per_request

    def costs(self) -> Iterator[Cost]:
        """Count what each advertiser costs alone; slices of several count for one of them."""
        if self.accounts_per_request > 1:
            return joint_costs(self, self.registered(), self.accounts_per_request)
        return super().costs()

    def _slices_of(self, advertiser: Advertiser) -> Iterator[Slice]:
        settled = self.settled(advertiser)
        for window in self.windows(advertiser):
            part = Question(advertiser, window=window)
            planned = self.planned(advertiser, window)
            yield Slice(advertiser.advertiser_id, partial(self._read_unless_idle, part, planned, settled))

    def _read_unless_idle(
        self, question: Question, planned: PlannedWindow | None, settled: Window | None
    ) -> Iterator[Event]:
        """Read a window, unless it is a `settled` one in which the advertiser delivered nothing."""
        if self.idle_among([(question, settled)]):
            yield from () if planned is None else (Reached(planned),)
            return
        delivers = False
        for event in self.read_window(question, planned):
            delivers = delivers or isinstance(event, Page)
            yield event
            del event  # no page is kept while the next is awaited
        self.learn(question, delivers=delivers)

    def settled(self, advertiser: Advertiser) -> Window | None:
        """Return the days of which windows may be left out; None: all are read."""
        return None if self._idle is None else self._idle.settled(advertiser)

    def idle_among(self, asked: Iterable[tuple[Question, Window | None]]) -> set[str]:
        """Return the advertisers that delivered nothing in the window of all these questions.

        Only those are considered of whose settled days, given with each question, the window is a part.
        """
        settled_ones = [
            (question.advertiser, question.window, settled)
            for question, settled in asked
            if settled is not None and question.window is not None and question.window.end <= settled.end
        ]
        if self._idle is None or not settled_ones:
            return set()
        _, window, _ = settled_ones[0]
        return self._idle.idle_among([(advertiser, settled) for advertiser, _, settled in settled_ones], window)

    def learn(self, question: Question, *, delivers: bool) -> None:
        """Take note of whether TikTok had rows of the question."""
        if isinstance(self._idle, IdleWindows) and not self._report.breakdown.dimensions:
            self._idle.learn(question.advertiser, delivers=delivers)

    def _has_rows(self, advertiser: Advertiser, window: Window) -> bool:
        events = self.divider.events(Question(advertiser, window=window))
        return any(isinstance(event, Page) and event.records for event in events)

    def windows(self, advertiser: Advertiser, seam: date | None = None) -> Iterator[Window | None]:
        """Yield the windows of an advertiser, along the seam.

        Of a report without time it is one: the whole life, which is None, or the last days that TikTok grants.
        """
        grain = self._report.grain
        if grain.widest_window is not None:
            yield from self.plan.windows(advertiser, seam=seam)
        elif grain.last_days is None:
            yield None
        else:
            window = self.plan.last_days(advertiser, grain.last_days)
            yield from () if window is None else (window,)

    def planned(self, advertiser: Advertiser, window: Window | None) -> PlannedWindow | None:
        """Announce a window to the cursor; None if the report is read without one."""
        return None if window is None else self.plan.planned(advertiser, window)

    @property
    def shape(self) -> Shape:
        """What reports have in common that TikTok answers alike for several advertisers."""
        level, breakdown = self._report.level, self._report.breakdown
        divided = "divided" if breakdown.dimensions else "whole"
        return breakdown.report_type, level.id_dimension, self._report.grain.time_dimension or "", divided

    def claims(self, question: Question) -> frozenset[Claim]:
        """Return what is to be proven before an advertiser is asked about with others: its days, and the shape."""
        zone, grain = question.advertiser.zone, self._report.grain
        if question.window is None:  # a whole life is the same in every time zone
            return frozenset((self.shape,))
        return frozenset((self.shape, (grain.time_dimension or grain.name, zone.name if zone else "")))

    def way(self, question: Question) -> Way:
        """Return which metrics the question's advertiser is asked for, and whether TikTok's default is."""
        advertiser_id = question.advertiser.advertiser_id
        return self.metrics_of(advertiser_id), not self._buying_types.are_asked_of(advertiser_id)

    def was_asked(self, question: Question, way: Way) -> None:
        """Take note that TikTok answers the question's advertiser, asked in this way."""
        metrics, by_default = way
        self.has_answered(question.advertiser.advertiser_id, metrics)
        if not by_default:
            self._buying_types.answered(question.advertiser.advertiser_id)

    def joint_rows(self, metrics: tuple[str, ...]) -> JointRows:
        """Return how the rows of several advertisers are read; kept, because making the decoder takes a while."""
        if metrics not in self._joint_rows:
            self._joint_rows[metrics] = JointRows(self.name, self.dimensions, metrics, self.schema)
        return self._joint_rows[metrics]

    def read_whole(self, question: Question) -> Generator[Event, None, Question | None]:
        """Yield what an asynchronous task holds of a question about too many objects; return what is left of it."""
        return (yield from super().read_whole(question) if self._whole is None else self._whole.read(question))

    def is_asked_for_reservations(self, advertiser_id: str) -> bool:
        """Whether the advertiser's report has campaigns of every buying type."""
        return self._buying_types.are_asked_of(advertiser_id)

    def parts_by_ids(self, question: Question) -> Iterable[Question]:
        """Return the parts by ids; none if TikTok would ignore them."""
        return map(question.about_ids, self.id_filters(question))

    def cost(self, advertiser: Advertiser) -> Cost:
        """Count what an advertiser costs: nothing for last days that are not wanted."""
        if (days := self._report.grain.last_days) is not None:
            window = self.plan.last_days(advertiser, days)
            return Cost(advertiser_id=advertiser.advertiser_id, requests=int(window is not None))
        return super().cost(advertiser)

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
        filters[FILTER] = self._buying_types.values
        filters |= dict(question.only)
        if question.by_default:
            del filters[FILTER]
        if question.id_filter is not None:
            filters[question.id_filter.name] = question.id_filter.ids
        return [
            {"field_name": name, "filter_type": "IN", "filter_value": orjson.dumps(values).decode()}
            for name, values in filters.items()
        ]
