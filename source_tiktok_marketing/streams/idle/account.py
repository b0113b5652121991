"""The report of a whole ad account, asked to learn when it delivered anything."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

import msgspec

from source_tiktok_marketing.api.failures import Failure, SystemFailure
from source_tiktok_marketing.catalog.levels import DAILY
from source_tiktok_marketing.engine.state import parsed_moment
from source_tiktok_marketing.engine.stream import Page
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.joint.answers import SeveralAccountsReport
from source_tiktok_marketing.streams.joint.reader import JointReader
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.windows import Window, WindowPlan


class WholeAccountReport(SeveralAccountsReport, Protocol):
    """What is needed of the report."""

    plan: WindowPlan


class AccountReportReader:
    """Reads one. Safe to share between threads, none of which holds a place for a page afterwards.

    They wait for each other's answers; whoever held a place meanwhile would keep it from the one that asks.
    """

    def __init__(self, report: WholeAccountReport, accounts_per_request: int) -> None:
        """Prepare to ask `report` for up to so many accounts at once."""
        self._report = report
        self._together = JointReader(report, accounts_per_request) if accounts_per_request > 1 else None

    def days_with_rows(self, advertiser: Advertiser, window: Window) -> frozenset[date]:
        """Return the days of a window of which TikTok has rows, in a daily report. Raises `Failure`."""
        try:
            return frozenset(_day_in(window, record) for record in self._records(advertiser, window))
        finally:
            self._report.context.client.gate.leave()

    def accounts_with_rows(
        self, advertisers: Sequence[Advertiser], window: Window, failed: Callable[[Advertiser, Failure], None]
    ) -> set[str]:
        """Return those that have rows of a window; those that can't be asked are told to `failed`, and returned."""
        try:
            answered, found = set[str](), set[str]()
            if self._together is not None and len(advertisers) > 1:
                questions = [Question(each, window=window) for each in advertisers]
                answered, found = self._together.with_rows(questions, self._likely(advertisers))
            for advertiser in advertisers:
                if advertiser.advertiser_id not in answered and self._may_have_rows(advertiser, window, failed):
                    found.add(advertiser.advertiser_id)
            return found
        finally:
            self._report.context.client.gate.leave()

    def _likely(self, advertisers: Sequence[Advertiser]) -> list[Question]:
        """Return questions about the last day that is over for all, on which most accounts delivered if on any."""
        day = min(map(self._report.plan.last_day, advertisers)) - timedelta(days=1)
        return [Question(each, window=Window(day, day)) for each in advertisers]

    def _may_have_rows(
        self, advertiser: Advertiser, window: Window, failed: Callable[[Advertiser, Failure], None]
    ) -> bool:
        try:
            return any(True for _ in self._records(advertiser, window))
        except Failure as failure:
            failed(advertiser, failure)
            return True

    def _records(self, advertiser: Advertiser, window: Window) -> Iterator[Any]:
        for event in self._report.read_window(Question(advertiser, window=window), None):
            if isinstance(event, Page):
                yield from event.records


def _day_in(window: Window, record: Any) -> date:
    """Return the day of a record of a daily report. Raises `SystemFailure` if it is none of the window."""
    told = msgspec.to_builtins(record)[DAILY.time_dimension]
    try:
        day = parsed_moment(told).date()
    except (TypeError, ValueError, AttributeError):
        day = None
    if day is None or not window.start <= day <= window.end:
        raise SystemFailure(f"A row of the account's daily report is of {told!r:.60}, which was not asked for.")
    return day
