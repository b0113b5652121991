"""Plans the windows of days that a report is read in.

A resumed report goes back from the cursor by the lookback window, because TikTok books conversions to the day of the
click for days after it. Days are those of the ad account's own time zone, and both ends of a window are inclusive:

    start_date or creation      cursor - lookback        cursor             today or end_date
            │                           │                  │                       │
            ├── read by earlier syncs ──┼─── read again ───┼── read for the first ─┤
                                        │                  │   time                │
                                        ├──── window ────┬─┴── window ────┬─ window┤
                                          at most `widest_window` days

When a window and all before it were emitted, the cursor moves to its end, but never past the newest hour whose figures
TikTok can have finished. It never moves back, and never over a window that is still open.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import pendulum

from source_tiktok_marketing.catalog.levels import DAILY
from source_tiktok_marketing.config import Config
from source_tiktok_marketing.engine.cursor import Cursor, PlannedWindow
from source_tiktok_marketing.engine.state import Labels
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.time_zones import earliest_local, latest_local

logger = logging.getLogger("airbyte")

_LAST_HOUR = time(23)
_FIRST_DAY = pendulum.date(1, 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of days, both ends inclusive, in the time zone of the ad account."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a window can't end before it starts: {self.start} to {self.end}")

    @property
    def days(self) -> int:
        """How many days, at least 1."""
        return pendulum.Interval(self.start, self.end).in_days() + 1

    def first(self, days: int) -> "Window":
        """Return the window of its first `days`, as far as it has so many."""
        return Window(self.start, min(_plain(self.start).add(days=days - 1), self.end))

    def halves(self) -> "tuple[Window, Window]":
        """Return the earlier and the later half; only for a window of two days or more."""
        middle = _plain(self.start).add(days=self.days // 2)
        return Window(self.start, middle.subtract(days=1)), Window(middle, self.end)


@dataclass(frozen=True, slots=True)
class Tiles:
    """Windows of at most `widest` days that cover `start` to `end`, inclusive, without gap or overlap."""

    start: date
    end: date
    widest: int
    seam: date | None = None
    """A whole number of widest windows lies between it and the beginning of every window but the first, so that
    stretches which begin on different days have windows in common."""

    def __iter__(self) -> Iterator[Window]:
        if self.start <= self.end:
            last, second = _plain(self.end), _plain(self.start).add(days=self._first_days)
            yield Window(_plain(self.start), min(second.subtract(days=1), last))
            if second <= last:
                for first in pendulum.Interval(second, last).range("days", self.widest):
                    yield Window(first, min(first.add(days=self.widest - 1), last))

    def __len__(self) -> int:
        """Count the windows without making them."""
        days = self.end.toordinal() - self.start.toordinal() + 1
        return 0 if days < 1 else 1 + max(-(-(days - self._first_days) // self.widest), 0)

    @property
    def _first_days(self) -> int:
        """How many days the first window has at most."""
        if self.seam is None:
            return self.widest
        return (self.seam.toordinal() - self.start.toordinal() - 1) % self.widest + 1


def _plain(day: date) -> pendulum.Date:
    return pendulum.date(day.year, day.month, day.day)


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowPlan:
    """Plans the windows of one report stream."""

    stream: str
    config: Config
    now: datetime
    widest_window: int
    latency: timedelta
    """How long after an hour TikTok has finished its figures."""
    cursor: Cursor | None
    first_day: date = date.min
    """The first day that TikTok has any figures of."""

    def windows(self, advertiser: Advertiser, labels: Labels = (), seam: date | None = None) -> Tiles:
        """Return the windows to read, along the seam; warn if the state says that the future was read."""
        position = self._position(advertiser, labels)
        is_attempt = self.cursor is not None and self.cursor.is_full_refresh
        if position is not None and not is_attempt and position.date() > latest_local(self.now, None).date():
            logger.warning(
                "%s: the state says that advertiser %s was read up to %s, which is still to come, so nothing is "
                "read before. Clear the state to read it again.",
                self.stream,
                advertiser.advertiser_id,
                position.date(),
            )
        return replace(self.tiles(advertiser, position), seam=seam)

    def start(self, advertiser: Advertiser) -> date:
        """Return the day on which the windows begin."""
        return self.tiles(advertiser, self._position(advertiser, ())).start

    def count(self, advertiser: Advertiser, labels: Labels = ()) -> int:
        """Count the windows to read."""
        return len(self.tiles(advertiser, self._position(advertiser, labels)))

    def tiles(self, advertiser: Advertiser, position: datetime | None) -> Tiles:
        """Return the windows from the cursor's position, less the lookback, to the advertiser's today or the end date.

        None: it was never read.
        """
        start = max(self.config.start_date, self.first_day)
        if advertiser.created is not None:
            start = max(start, date.fromordinal(advertiser.created.toordinal() - 1))
        if self.cursor is not None and position is not None:
            start = max(start, self._resumed_start(self.cursor, position))
        return Tiles(start, self.last_day(advertiser), self._days_per_request)

    def settled(self, advertiser: Advertiser, latency: timedelta) -> Window | None:
        """Return the days to be read whose figures stand still; None if there are none.

        They end before the lookback window and the hours that are not finished, which take `latency` or longer.
        """
        to_read = self.tiles(advertiser, self._position(advertiser, ()))
        finished = earliest_local(self.now - max(self.latency, latency), advertiser.zone).date()
        end = min(to_read.end, _plain(finished).subtract(days=self.config.attribution_window + 1))
        return Window(to_read.start, end) if to_read.start <= end else None

    def _position(self, advertiser: Advertiser, labels: Labels) -> datetime | None:
        return None if self.cursor is None else self.cursor.position((advertiser.advertiser_id, labels))

    @property
    def _days_per_request(self) -> int:
        """What TikTok grants, or fewer days if the configuration allows less than it grants ordinary reports."""
        days = self.config.days_per_request
        return self.widest_window if days == DAILY.widest_window else min(self.widest_window, days)

    def _resumed_start(self, cursor: Cursor, position: datetime) -> pendulum.Date:
        """Return the day on which the lookback window before the cursor begins.

        An attempt at a full refresh goes on with the day of the cursor instead.
        """
        if cursor.is_full_refresh:
            return _plain(position.date())
        try:
            lookback = pendulum.duration(days=self.config.attribution_window) + cursor.overlap
            return _plain((position - lookback).date())
        except OverflowError:  # before the year 1
            return _FIRST_DAY

    def last_day(self, advertiser: Advertiser) -> date:
        """Return the advertiser's today or the end date, whichever is earlier."""
        today = latest_local(self.now, advertiser.zone).date()
        return min(today, self.config.end_date or today)

    def last_days(self, advertiser: Advertiser, days: int) -> Window | None:
        """Return the last `days` as far as they are to be read; None: no day of them is."""
        last = self.last_day(advertiser)
        first = max(self.config.start_date, self.first_day, _plain(last).subtract(days=days - 1))
        return Window(first, last) if first <= last else None

    def planned(self, advertiser: Advertiser, window: Window, labels: Labels = ()) -> PlannedWindow | None:
        """Announce the window to the cursor; None if the stream is read without one."""
        if self.cursor is None:
            return None
        reached = self.reached(advertiser, window.end)
        return self.cursor.plan((advertiser.advertiser_id, labels), reached, (window.start, window.end))

    def reached(self, advertiser: Advertiser, last_day: date) -> datetime:
        """Return where the cursor stands after `last_day`: its last hour, or the newest hour that is finished.

        In a full refresh it is the day to go on with: the one after, or the one of the newest hour that is finished.
        """
        end = datetime.combine(last_day, _LAST_HOUR)
        finished = earliest_local(self.now - self.latency, advertiser.zone)
        newest_hour = finished.replace(tzinfo=None, minute=0, second=0, microsecond=0)
        if self.cursor is not None and self.cursor.is_full_refresh:
            next_day = _plain(last_day).add(days=1)
            return datetime.combine(min(next_day, newest_hour.date()), time())
        return min(end, newest_hour)
