"""Report requests: daily reports of 13 months, the same a day later, and hourly reports of 14 days.

The accounts were created on the start date, so neither connector gains by leaving out the years before, and both have
the same rows to read. Each uses its own defaults otherwise.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from benchmarks.connectors.connector import Connector, Pair
from benchmarks.connectors.sync import Sync, synchronise
from benchmarks.service.request_log import by_path, refused, report_pages
from benchmarks.service.service import Service, present

Json = dict[str, Any]

ADVERTISERS, ADS = 5, 4
LEVELS = ("ads", "ad_groups", "campaigns", "advertisers")
DAILY = tuple(f"{level}_reports_daily" for level in LEVELS)
HOURLY = tuple(f"{level}_reports_hourly" for level in LEVELS)
MONTHS, HOURLY_DAYS = 13, 14
DAY = timedelta(days=1)


@dataclass
class Reader:
    """A connector, the streams it reads, and the states it left."""

    connector: Connector
    offered: list[Json]
    states: dict[str, Json] | None = None

    def read(self, pair: Pair, service: Service, names: tuple[str, ...], start: date) -> Sync:
        """Read the streams, on from the states of the last time."""
        sync = synchronise(pair, self.connector, service, (self.offered, names), self.states, start=start)
        self.states = sync.states
        return sync


def run(pair: Pair) -> Json:
    """Count both."""
    now = present()
    first_day = _months_before(now.date(), MONTHS)
    results: Json = {"advertisers": ADVERTISERS, "ads": ADVERTISERS * ADS}
    with _accounts_of(first_day, now) as service:
        readers = list(_readers(pair, service))
        results["daily"] = _compared(pair, service, readers, DAILY, first_day)
        service.set_clock(now + DAY)
        results["daily_resumed"] = _compared(pair, service, readers, DAILY, first_day)
    first_day = now.date() - (HOURLY_DAYS - 1) * DAY
    with _accounts_of(first_day, now) as service:
        results["hourly"] = _compared(pair, service, list(_readers(pair, service)), HOURLY, first_day)
    return results


def _accounts_of(created: date, now: datetime) -> Service:
    """Return a service of equal accounts in UTC whose ads deliver in every hour since that day."""
    moment = datetime.combine(created, time(), UTC)
    return Service(f"uniform:{ADVERTISERS}x{ADS}:{moment.isoformat()}", now)


def _readers(pair: Pair, service: Service) -> Iterator[Reader]:
    for connector in pair.both():
        yield Reader(connector, connector.streams(service, pair.folder))


def _compared(pair: Pair, service: Service, readers: list[Reader], names: tuple[str, ...], start: date) -> Json:
    """Let both read the streams, and compare what they asked and what they read."""
    syncs = {reader.connector.name: reader.read(pair, service, names, start) for reader in readers}
    ours, theirs = syncs["ours"].spend, syncs["theirs"].spend
    both = ours.keys() & theirs.keys()
    return {
        "start_date": start.isoformat(),
        "now": service.now.isoformat(),
        **{name: _summary(sync) for name, sync in syncs.items()},
        "rows": {
            "both": len(both),
            "only_ours": len(ours.keys() - both),
            "only_theirs": len(theirs.keys() - both),
            "spend_differs": sum(ours[row] != theirs[row] for row in both),
        },
    }


def _summary(sync: Sync) -> Json:
    times = [row[-1][:10] for row in sync.spend]
    return {
        "status": sync.status,
        "failures": sync.failures,
        "requests": len(sync.requests),
        "by_path": by_path(sync.requests),
        "refused": refused(sync.requests),
        **report_pages(sync.requests),
        "records": sync.records.total(),
        "rows": len(sync.spend),
        "spend": float(sum(sync.spend.values())),
        "from": min(times, default=None),
        "to": max(times, default=None),
    }


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months before, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    _, days = monthrange(year, month + 1)
    return date(year, month + 1, min(day.day, days))
