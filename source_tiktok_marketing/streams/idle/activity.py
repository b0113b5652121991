"""What a run has learnt of when ad accounts delivered anything, for all reports that profit from it."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future
from datetime import date
from typing import Protocol

from source_tiktok_marketing.api.failures import Failure
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.windows import Window

_Account = tuple[Report, str]
"""The account's own report, and its id."""


class AccountReader(Protocol):
    """Reads the report of a whole account."""

    def days_with_rows(self, advertiser: Advertiser, window: Window) -> frozenset[date]:
        """Return the days of a window of which TikTok has rows, in a daily report. Raises `Failure`."""

    def accounts_with_rows(
        self, advertisers: Sequence[Advertiser], window: Window, failed: Callable[[Advertiser, Failure], None]
    ) -> set[str]:
        """Return those that have rows of a window; those that can't be asked are told to `failed`, and returned."""


class Activity:
    """What the accounts' own reports have told so far. Safe to share between threads."""

    def __init__(self, reports: Iterable[Report] = ()) -> None:
        """Serve the selected `reports`."""
        self._sharing = Counter(report.account_report for report in reports)
        self._readers: dict[Report, AccountReader] = {}
        self._lock = threading.Lock()
        self._turns: defaultdict[_Account, threading.Lock] = defaultdict(threading.Lock)
        self._delivers: dict[_Account, bool] = {}
        """Whether the last window that is known of had rows."""
        self._idle_windows: set[tuple[_Account, Window]] = set()
        self._idle_days: defaultdict[tuple[_Account, int], int] = defaultdict(int)
        """By year, a bit for each day: a run may know of hundreds of thousands."""
        self._asked_now: dict[tuple[_Account, date], Future[bool]] = {}
        self._unknown: set[_Account] = set()

    def is_shared(self, account_report: Report | None) -> bool:
        """Whether several of the selected reports need not be asked when the account's own report has nothing."""
        return account_report is not None and self._sharing[account_report] > 1

    def reader(self, report: Report, make: Callable[[Report], AccountReader]) -> AccountReader:
        """Return the one that reads the account's `report`, made when it is needed first."""
        with self._lock:
            if report not in self._readers:
                self._readers[report] = make(report)
            return self._readers[report]

    def give_up(self, account: _Account) -> bool:
        """Ask for the account's own report no more; return whether that is news."""
        with self._lock:
            is_news = account not in self._unknown
            self._unknown.add(account)
        return is_news

    def learn(self, account: _Account, *, delivers: bool) -> None:
        """Take note of whether the last window that was read had rows."""
        self._delivers[account] = delivers

    def is_idle_window(self, account: _Account, window: Window, has_rows: Callable[[], bool]) -> bool:
        """Whether the account delivered nothing in a window.

        `has_rows` asks its own report, one window after another, and only while the last one that is known of had
        nothing: an account that delivers is not asked twice.
        """
        with self._lock:
            turn = self._turns[account]
        with turn:
            if (account, window) in self._idle_windows:
                return True
            if account in self._unknown or self._delivers.get(account, False):
                return False
            delivers = has_rows()
            self._delivers[account] = delivers  # others may write it at any time
            if not delivers:
                self._idle_windows.add((account, window))
            return not delivers

    def idle_days(
        self,
        report: Report,
        advertiser_ids: Iterable[str],
        day: date,
        with_rows: Callable[[list[str]], Collection[str]],
    ) -> set[str]:
        """Return the accounts that delivered nothing on a day.

        `with_rows` asks for their own reports and returns those that have rows; nobody is asked for who is known to be
        idle, or whom another thread asks for at the same time.
        """
        bit = 1 << day.timetuple().tm_yday
        idle, answers, mine = set(), {}, {}
        with self._lock:
            for id_ in advertiser_ids:
                if (report, id_) in self._unknown:
                    continue
                if self._idle_days[(report, id_), day.year] & bit:
                    idle.add(id_)
                elif (answer := self._asked_now.get(((report, id_), day))) is not None:
                    answers[id_] = answer
                else:
                    mine[id_] = self._asked_now[(report, id_), day] = Future()
        delivered: Collection[str] = mine
        try:
            if mine:
                delivered = with_rows(list(mine))
        finally:
            with self._lock:
                for id_ in mine:
                    del self._asked_now[(report, id_), day]
                    if id_ not in delivered:
                        self._idle_days[(report, id_), day.year] |= bit
            for id_, answer in mine.items():
                answer.set_result(id_ in delivered)
        return idle | {id_ for id_, answer in (answers | mine).items() if not answer.result()}
