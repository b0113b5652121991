"""What an ad delivered, cut into the days of UTC instead of those of its account."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from integration_tests.emulator.world.counters import ZERO, Counters, plus
from integration_tests.emulator.world.delivery import AdDelivery

_DAY = timedelta(days=1)


class UtcDelivery:
    """The delivery of one ad, hour by hour moved to where it is in UTC. Moments are told in the account's zone."""

    def __init__(self, delivery: AdDelivery, timezone: str) -> None:
        self._delivery = delivery
        self._zone = ZoneInfo(timezone)

    @property
    def key(self) -> int:
        """Bits that tell this ad's audience from another's."""
        return self._delivery.key

    def days(self, start: date | None, end: date | None, now: datetime) -> Iterator[date]:
        """Yield the days of the closed range on which the ad may deliver, newest first; None is unbounded."""
        local = list(self._delivery.days(start and start - _DAY, end and end + _DAY, now))
        around = {day + turn * _DAY for day in local for turn in (-1, 0, 1)}
        for day in sorted(around, reverse=True):
            if (start is None or start <= day) and (end is None or day <= end):
                yield day

    def day(self, day: date, now: datetime) -> Counters | None:
        """Return what is known at `now` of a day, None when the ad did not deliver."""
        total = ZERO
        for _, counters in self.by_country(day, now):
            total = plus(total, counters)
        return total if any(total) else None

    def by_country(self, day: date, now: datetime) -> list[tuple[str, Counters]]:
        """Return the day split by country."""
        countries: defaultdict[str, Counters] = defaultdict(lambda: ZERO)
        for _, code, counters in self.by_country_and_hour(day, now):
            countries[code] = plus(countries[code], counters)
        return list(countries.items())

    def by_country_and_hour(self, day: date, now: datetime) -> Iterator[tuple[int, str, Counters]]:
        """Yield the parts of the day by hour and country, up to the hour that has begun."""
        for turn in (-1, 0, 1):
            local = day + turn * _DAY
            for hour, code, counters in self._delivery.by_country_and_hour(local, now):
                moment = datetime.combine(local, time(hour), self._zone).astimezone(UTC)
                if moment.date() == day:
                    yield moment.hour, code, counters
