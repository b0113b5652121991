"""The time zones of ad accounts, and what time it is there."""

from datetime import datetime

import pendulum

_EARLIEST_ZONE = pendulum.timezone("Etc/GMT+12")
"""UTC-12: where a day begins last. POSIX signs are inverted."""
_LATEST_ZONE = pendulum.timezone("Etc/GMT-14")
"""UTC+14: where a day begins first."""


def zone_of(display_timezone: object, timezone: object) -> pendulum.Timezone | None:
    """Return the zone of an ad account from advertiser/info, or None if TikTok names none that is known.

    `timezone` is POSIX-like ("Etc/GMT+8" is UTC-8) and knows no daylight saving, so `display_timezone` goes first.
    """
    for name in (display_timezone, timezone):
        if name and isinstance(name, str):
            try:
                return pendulum.timezone(name)
            except (ValueError, OSError):
                continue
    return None


def latest_local(now: datetime, zone: pendulum.Timezone | None) -> datetime:
    """Return the wall-clock time in `zone`; in an unknown one the latest possible, so that nothing is left out."""
    return now.astimezone(zone or _LATEST_ZONE)


def earliest_local(now: datetime, zone: pendulum.Timezone | None) -> datetime:
    """Return the wall-clock time in `zone`; in an unknown one the earliest possible, so that nothing is skipped."""
    return now.astimezone(zone or _EARLIEST_ZONE)
