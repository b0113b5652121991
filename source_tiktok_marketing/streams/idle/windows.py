"""Windows in which an ad account delivered nothing, so that a report need not ask for them.

The account's own report of the same days, without any breakdown, has rows whenever a report of its campaigns, ad groups
or ads has. So it is asked first, with the same grain and kind of metrics, and a window of which it has no row, not even
one of zeros, is asked of no other stream. Of hours, the account's daily report tells first which days are worth a
question. Windows whose figures may still change are always read, and the first idle window of each stream and account
is asked of its own report, too: if that has rows, every window of it is read.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from source_tiktok_marketing.api.failures import Failure
from source_tiktok_marketing.catalog.levels import DAILY, HOURLY
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.idle.activity import AccountReader
from source_tiktok_marketing.streams.windows import Window, WindowPlan

logger = logging.getLogger("airbyte")

_BLOCK = DAILY.widest_window or 1
_FEWEST_DAYS = 8
"""To find out which of fewer had no hours takes about as many requests as it saves."""


class IdleWindows:
    """The windows that one report leaves out. Safe to share between threads."""

    def __init__(
        self,
        account_report: Report,
        plan: WindowPlan,
        context: Context,
        reader_of: Callable[[Report], AccountReader],
        stream: str,
        has_rows: Callable[[Advertiser, Window], bool],
    ) -> None:
        """Prepare to ask what `reader_of` returns for the `account_report` and, if it is hourly, for the daily one.

        `has_rows` asks the report of the `stream` itself.
        """
        self._stream = stream
        self._has_own_rows = has_rows
        self._lock = threading.Lock()
        self._turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._is_borne_out: dict[str, bool] = {}
        """Whether the stream's own report had nothing in the first idle window, by advertiser."""
        self._report = account_report
        self._plan = plan
        self._context = context
        self._reader_of = reader_of
        self._latency = timedelta(hours=account_report.latency_hours)

    def settled(self, advertiser: Advertiser) -> Window | None:
        """Return the days of which windows may be left out; None if all are to be read."""
        settled = self._plan.settled(advertiser, self._latency)
        is_short = settled is not None and self._report.grain is HOURLY and settled.days < _FEWEST_DAYS
        return None if is_short else settled

    def idle_among(self, asked: Sequence[tuple[Advertiser, Window]], window: Window) -> set[str]:
        """Return the advertisers of which the window, one of their settled ones, needn't be asked.

        Raises nothing that TikTok answers: what can't be found out is asked.
        """
        found = self._found_idle([advertiser for advertiser, _ in asked], window)
        return {
            each.advertiser_id for each, _ in asked if each.advertiser_id in found and self._bears_out(each, window)
        }

    def _bears_out(self, advertiser: Advertiser, window: Window) -> bool:
        """Whether the stream's own report had nothing in the advertiser's first idle window, which may be this one."""
        with self._lock:
            turn = self._turns[advertiser.advertiser_id]
        with turn:
            if (known := self._is_borne_out.get(advertiser.advertiser_id)) is not None:
                return known
            try:
                is_contradicted = self._has_own_rows(advertiser, window)
            except Failure:  # the reading of the window meets it again
                return False
            finally:
                self._context.client.gate.leave()
            self._is_borne_out[advertiser.advertiser_id] = not is_contradicted
        if is_contradicted:
            logger.warning(
                "%s: every window of advertiser %s is read in this run, because TikTok has rows of %s to %s, of which "
                "the report of the whole account tells nothing.",
                *(self._stream, advertiser.advertiser_id, window.start, window.end),
            )
        return not is_contradicted

    def _found_idle(self, advertisers: Sequence[Advertiser], window: Window) -> set[str]:
        """Return the advertisers whose own report has nothing in the window."""
        self._context.client.gate.leave()  # those who ask need a place, which nobody who waits for them may hold
        if self._report.grain is not HOURLY:
            return {each.advertiser_id for each in advertisers if self._is_idle(each, window)}
        candidates = {each.advertiser_id: each for each in advertisers if not self._has_daily_row(each, window.start)}

        def with_rows(ids: Sequence[str]) -> set[str]:
            reader = self._reader(self._report)
            return reader.accounts_with_rows([candidates[id_] for id_ in ids], window, self._take_note)

        return self._context.activity.idle_days(self._report, candidates, window.start, with_rows)

    def learn(self, advertiser: Advertiser, *, delivers: bool) -> None:
        """Take note of whether a window that was read had rows."""
        self._context.activity.learn((self._report, advertiser.advertiser_id), delivers=delivers)

    def _is_idle(self, advertiser: Advertiser, window: Window) -> bool:
        account = (self._report, advertiser.advertiser_id)
        try:
            return self._context.activity.is_idle_window(
                account, window, lambda: bool(self._delivered(self._report, advertiser, window))
            )
        except Failure as failure:
            self._take_note(advertiser, failure)
            return False

    def _has_daily_row(self, advertiser: Advertiser, day: date) -> bool:
        """Whether the account has a row of the day; it is taken to have one if that can't be found out."""
        days = self._plan.tiles(advertiser, None)
        before = (day - days.start).days % _BLOCK
        first = day - timedelta(days=before)
        block = Window(first, min(first + timedelta(days=_BLOCK - 1), days.end))
        try:
            return bool(self._delivered(replace(self._report, grain=DAILY), advertiser, block) >> before & 1)
        except Failure as failure:
            self._take_note(advertiser, failure)
            return True

    def _delivered(self, report: Report, advertiser: Advertiser, window: Window) -> int:
        """Return a bit for each day of the window that has a row, read once a run for all streams."""

        def read() -> list[int]:
            days = self._reader(report).days_with_rows(advertiser, window)
            return [sum(1 << (day - window.start).days for day in days)]

        key = ("delivered", report, advertiser.advertiser_id, window)
        (days,) = self._context.parents.remembered(key, read)
        return days

    def _take_note(self, advertiser: Advertiser, failure: Failure) -> None:
        """Ask for the account's own report no more."""
        if self._context.activity.give_up((self._report, advertiser.advertiser_id)):
            logger.info(
                "%s: further windows of advertiser %s are read, because TikTok doesn't tell when it delivered. %s",
                self._report.name,
                advertiser.advertiser_id,
                failure.message,
            )

    def _reader(self, report: Report) -> AccountReader:
        return self._context.activity.reader(report, self._reader_of)
