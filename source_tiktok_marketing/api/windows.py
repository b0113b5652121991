"""Date arithmetic: what "today" is for an ad account, and which stretches of days are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

EARLIEST_ZONE = ZoneInfo("Etc/GMT+12")
"""UTC-12: where a day begins last. POSIX signs are inverted."""
LATEST_ZONE = ZoneInfo("Etc/GMT-14")
"""UTC+14: where a day begins first."""


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
        return (self.end - self.start).days + 1

    def halves(self) -> "tuple[Window, Window]":
        """The earlier and the later half; only for a window of two days or more."""
        middle = self.start + timedelta(days=self.days // 2 - 1)
        return Window(self.start, middle), Window(middle + timedelta(days=1), self.end)


def tiles(start: date, end: date, widest: int) -> Iterator[Window]:
    """Windows of at most `widest` days that cover `start` to `end`, inclusive, without gap or overlap, in order."""
    while start <= end:
        last = min(start + timedelta(days=widest - 1), end)
        yield Window(start, last)
        start = last + timedelta(days=1)


def zone_of(display_timezone: object, timezone: object) -> ZoneInfo | None:
    """The zone of an ad account from advertiser/info, or None if TikTok names none that is known.

    `timezone` is POSIX-like ("Etc/GMT+8" is UTC-8) and knows no daylight saving, so `display_timezone` goes first.
    """
    for name in (display_timezone, timezone):
        if name and isinstance(name, str):
            try:
                return ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                continue
    return None


def latest_local(now: datetime, zone: ZoneInfo | None) -> datetime:
    """The wall-clock time in `zone`; if it isn't known, the furthest that it can be, so that nothing is left out."""
    return now.astimezone(zone or LATEST_ZONE)


def earliest_local(now: datetime, zone: ZoneInfo | None) -> datetime:
    """The wall-clock time in `zone`; if it isn't known, the least far that it can be, so that nothing is skipped."""
    return now.astimezone(zone or EARLIEST_ZONE)
