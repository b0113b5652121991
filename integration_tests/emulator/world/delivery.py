"""What every ad delivered: integer counters per local day, split without remainder into countries and hours.

The counters of a day are drawn once. Parts are differences of rounded-down cumulative shares, so that the parts of
any split add up to the whole: hours to days, countries to days, and (being sums) ads to every higher level.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from integration_tests.emulator.world.breakdowns import weights_of
from integration_tests.emulator.world.counters import INDEX, ZERO, Counters, plus, split
from integration_tests.emulator.world.draws import MASK, scramble
from integration_tests.emulator.world.entities import Ad

# Percent of a day's conversions that are known so many days later: attribution fills up for three days.
MATURITY = (40, 60, 80)
_HOURS = range(24)


@lru_cache(maxsize=20_000)
def hours_of(timezone: str, day: date) -> tuple[bool, ...]:
    """Return which hours of a day exist in a zone: one is missing when the clocks go forward."""
    zone = ZoneInfo(timezone)
    wall = [datetime.combine(day, time(hour)) for hour in _HOURS]
    return tuple(
        moment.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")).astimezone(zone).hour == moment.hour for moment in wall
    )


class AdDelivery:
    """The delivery of one ad, in the zone of its account."""

    def __init__(self, ad: Ad, timezone: str, goal: str) -> None:
        self._ad = ad
        self._timezone = timezone
        self._key = scramble(int(ad.id))
        zone = ZoneInfo(timezone)
        self._starts = (ad.starts or ad.created).astimezone(zone).replace(tzinfo=None)
        self._stops = ad.stops.astimezone(zone).replace(tzinfo=None) if ad.stops else None
        self._result = INDEX["clicks"] if goal == "CLICK" else INDEX["conversions"]
        self._days: dict[date, Counters | None] = {}

    @property
    def key(self) -> int:
        """Bits that tell this ad's audience from another's."""
        return self._key

    def days(self, start: date | None, end: date | None, now: datetime) -> Iterator[date]:
        """Yield the days of the closed range on which the ad may deliver, newest first; None is unbounded."""
        first = self._starts.date() if start is None else max(start, self._starts.date())
        last = now.date() if end is None else min(end, now.date())
        if self._stops:
            last = min(last, self._stops.date())
        for back in range((last - first).days + 1):
            yield last - timedelta(days=back)

    def day(self, day: date, now: datetime) -> Counters | None:
        """Return what is known at local time `now` of a day, None when the ad did not deliver."""
        total = self._known(day, now)
        if total is None or day < now.date():
            return total
        return self._until(total, day, now.hour + 1)

    def by_country(self, day: date, now: datetime) -> list[tuple[str, Counters]]:
        """Return the day split by country."""
        total = self._known(day, now)
        if total is None:
            return []
        if day < now.date():
            return self._countries(total)
        weights = self._hour_weights(day)
        part, whole = sum(weights[: now.hour + 1]), sum(weights)
        return [(code, _share(counters, part, whole)) for code, counters in self._countries(total)]

    def by_hour(self, day: date, now: datetime) -> list[tuple[int, Counters]]:
        """Return the day split by hour of the wall clock."""
        hours: dict[int, Counters] = {}
        for hour, _, counters in self.by_country_and_hour(day, now):
            hours[hour] = plus(hours[hour], counters) if hour in hours else counters
        return list(hours.items())

    def by_country_and_hour(self, day: date, now: datetime) -> Iterator[tuple[int, str, Counters]]:
        """Yield the parts of the day by hour and country, up to the hour that has begun."""
        total = self._known(day, now)
        if total is None:
            return
        weights = self._hour_weights(day)
        last = 23 if day < now.date() else now.hour
        for code, counters in self._countries(total):
            for hour, part in enumerate(split(counters, weights)[: last + 1]):
                if any(part):
                    yield hour, code, part

    def _known(self, day: date, now: datetime) -> Counters | None:
        if day not in self._days:
            self._days[day] = self._draw(day)
        total = self._days[day]
        age = (now.date() - day).days
        if total is None or age < 0:
            return None
        if age < len(MATURITY):
            known = MATURITY[age]
            late = tuple(count * known // 100 for count in total[16:19])
            total = total[:16] + late + (0,)
        return (*total[:-1], total[self._result])

    def _until(self, total: Counters, day: date, hour: int) -> Counters | None:
        weights = self._hour_weights(day)
        part, whole = sum(weights[:hour]), sum(weights)
        known = ZERO
        for _, counters in self._countries(total):
            known = plus(known, _share(counters, part, whole))
        return known if any(known) else None

    def _countries(self, total: Counters) -> list[tuple[str, Counters]]:
        values, weights = weights_of("country_code", self._key)
        return list(zip(values, split(total, weights), strict=True))

    def _draw(self, day: date) -> Counters | None:
        bits = scramble(self._key ^ (day.toordinal() * 0x2545F4914F6CDD1D & MASK))
        if bits % 100 >= self._ad.share or not any(self._hour_weights(day)):
            return None
        return _counters(self._ad.volume, bits >> 7)

    def _hour_weights(self, day: date) -> tuple[int, ...]:
        bits = scramble(self._key + day.toordinal())
        floor = 2 if self._ad.every_hour else 0
        exists = hours_of(self._timezone, day)
        weights = tuple(((bits >> (2 * hour)) & 3) + floor if exists[hour] else 0 for hour in _HOURS)
        if self._starts.date() < day and (self._stops is None or day < self._stops.date()):
            return weights
        opened = datetime.combine(self._starts.date(), time(self._starts.hour))
        return tuple(
            weight if moment >= opened and (self._stops is None or moment < self._stops) else 0
            for moment, weight in zip((datetime.combine(day, time(hour)) for hour in _HOURS), weights, strict=True)
        )


def _share(counters: Counters, part: int, whole: int) -> Counters:
    return tuple(count * part // whole for count in counters)


def _counters(volume: int, bits: int) -> Counters:
    """Return the counters of a day around `volume` impressions; each stage of the funnel is a part of the one above."""

    def part(of: int, bit: int, low: int, span: int) -> int:
        return of * (low + (bits >> bit) % span) // 256

    shown = volume * (64 + (bits & 127)) // 128
    clicks = part(shown, 7, 1, 8)
    plays = shown - part(shown, 10, 0, 16)
    two = part(plays, 14, 60, 64)
    quarter = part(two, 20, 120, 64)
    half = part(quarter, 23, 120, 64)
    most = part(half, 26, 140, 64)
    likes = part(clicks, 29, 60, 128)
    conversions = part(clicks, 36, 30, 60)
    purchases = part(conversions, 41, 60, 120)
    return (
        shown,
        clicks,
        shown * (40 + (bits >> 3) % 64) // 100,
        plays,
        two,
        part(two, 17, 90, 64),
        quarter,
        half,
        most,
        part(most, 33, 120, 64),
        plays * (2 + (bits >> 31) % 4),
        likes,
        part(likes, 38, 10, 40),
        part(likes, 40, 8, 30),
        part(likes, 44, 4, 30),
        part(clicks, 46, 10, 60),
        conversions,
        purchases,
        purchases * (1500 + (bits >> 43) % 4096),
        0,
    )
