"""The emulator's clock: the real time, or a fixed time that moves only when told."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def as_utc(moment: datetime | str) -> datetime:
    """Return `moment` as an aware UTC datetime; text without a zone is read as UTC."""
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


class Clock:
    """A clock that stands still at `now`, or follows the real time when `now` is None; both can be moved."""

    def __init__(self, now: datetime | str | None = None) -> None:
        self._fixed = None if now is None else as_utc(now)
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return (self._fixed or datetime.now(UTC)) + self._offset

    def move(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Shift the clock and return the new present moment."""
        self._offset += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return self.now()

    def set(self, moment: datetime | str) -> datetime:
        """Stop the clock at `moment`."""
        self._fixed, self._offset = as_utc(moment), timedelta()
        return self.now()

    def local(self, timezone: str) -> datetime:
        """Return the naive wall-clock time of an IANA zone."""
        return self.now().astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
