"""Requests: 20 advertisers created at various dates, all shared streams from the default start, then a day later.

Ours is counted in full, also with several advertisers in a request. The compared package asks every window since 2016
of every advertiser, which would take hours; so what depends on windows is measured for one advertiser (hourly streams:
one of them) and multiplied, which is exact as long as its windows don't depend on the advertiser. Everything else of it
is counted in full, and so is its sync a day later, which goes on from a first sync of the last days.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from benchmarks.connectors.connector import Pair
from benchmarks.connectors.shared import Shared
from benchmarks.connectors.sync import Sync, synchronise
from benchmarks.service.request_log import by_path, report_requests
from benchmarks.service.service import Service, present

Json = dict[str, Any]

ADVERTISERS = 20
SAMPLE_HOURLY = "advertisers_reports_hourly"
SEVERAL = 5
"""The most advertisers that a request for a report may be about."""
RECENT = timedelta(days=10)
DAY = timedelta(days=1)


@dataclass
class World:
    """What is read: the same accounts by every sync, at a moment and a day later."""

    pair: Pair
    service: Service
    shared: Shared
    now: datetime
    advertisers: int

    def ours(self, **config: Any) -> tuple[Sync, Sync]:
        """Read everything with ours, and again a day later."""
        streams = self.shared.ours, self.shared.names
        self.service.set_clock(self.now)
        first = synchronise(self.pair, self.pair.ours, self.service, streams, **config)
        self.service.set_clock(self.now + DAY)
        return first, synchronise(self.pair, self.pair.ours, self.service, streams, first.states, **config)

    def theirs(self, advertiser_id: str) -> tuple["Sampled", Sync, Sync]:
        """Read parts of everything with theirs, then the last days, and those again a day later."""
        streams = self.shared.theirs, self.shared.names
        self.service.set_clock(self.now)
        first = self._sampled(advertiser_id)
        start = (self.now - RECENT).date()
        recent = synchronise(self.pair, self.pair.theirs, self.service, streams, start=start)
        self.service.set_clock(self.now + DAY)
        return first, recent, synchronise(self.pair, self.pair.theirs, self.service, streams, recent.states)

    def _sampled(self, advertiser_id: str) -> "Sampled":
        def part(names: list[str], **config: Any) -> Sync:
            return synchronise(self.pair, self.pair.theirs, self.service, (self.shared.theirs, names), **config)

        return Sampled(
            whole=part(self.shared.unwindowed),
            daily=part(self.shared.ending("_daily"), advertiser_id=advertiser_id),
            hourly=part([SAMPLE_HOURLY], advertiser_id=advertiser_id),
            advertiser_id=advertiser_id,
            advertisers=self.advertisers,
        )


@dataclass
class Sampled:
    """The parts of their first sync that were measured."""

    whole: Sync
    daily: Sync
    hourly: Sync
    advertiser_id: str
    advertisers: int

    def requests(self, shared: Shared) -> int:
        """Return their number, the windowed ones multiplied."""
        hourly = self.hourly.about_advertisers() * len(shared.ending("_hourly"))
        return len(self.whole.requests) + (self.daily.about_advertisers() + hourly) * self.advertisers

    def compared(self, ours: Sync, shared: Shared) -> Json:
        """Return the records of the same streams and advertisers."""
        our_records = ours.by_stream(shared.unwindowed)
        our_records += ours.by_stream([*shared.ending("_daily"), SAMPLE_HOURLY], self.advertiser_id)
        their_records = self.whole.by_stream(shared.unwindowed) + self.daily.by_stream(shared.names)
        return _records(our_records, their_records + self.hourly.by_stream(shared.names)) | {
            "measured": {
                "all advertisers, unwindowed": len(self.whole.requests),
                "one advertiser, daily": self.daily.about_advertisers(),
                "one advertiser, one hourly": self.hourly.about_advertisers(),
            }
        }


def run(pair: Pair, advertisers: int = ADVERTISERS) -> Json:
    """Count both."""
    now = present()
    with Service(f"various:{advertisers}", now) as service:
        shared = Shared.of(pair, service)
        world = World(pair, service, shared, now, advertisers)
        ours = world.ours()
        several = world.ours(accounts_per_request=SEVERAL)
        theirs = world.theirs(_an_advertiser(ours[0]))
    return {
        "streams": len(shared.names),
        "advertisers": advertisers,
        **compared(shared, ours, theirs),
        "several": in_several(shared, ours, several),
    }


def compared(shared: Shared, ours: tuple[Sync, Sync], theirs: tuple[Sampled, Sync, Sync]) -> Json:
    """Return what both asked and read."""
    (first, second), (sampled, recent, their_second) = ours, theirs
    syncs = {
        "ours, first": first,
        "ours, a day later": second,
        "theirs, unwindowed": sampled.whole,
        "theirs, daily": sampled.daily,
        "theirs, hourly": sampled.hourly,
        "theirs, last days": recent,
        "theirs, a day later": their_second,
    }
    return {
        "first": {
            "ours": len(first.requests),
            "theirs": sampled.requests(shared),
            "our_records": first.records.total(),
            **sampled.compared(first, shared),
        },
        "incremental": {
            "ours": len(second.requests),
            "theirs": len(their_second.requests),
            **_records(second.by_stream(shared.names), their_second.by_stream(shared.names)),
        },
        "by_path": {"ours": by_path(second.requests), "theirs": by_path(their_second.requests)},
        "syncs": {name: sync.outcome() for name, sync in syncs.items()},
    }


def in_several(shared: Shared, alone: tuple[Sync, Sync], several: tuple[Sync, Sync]) -> Json:
    """Return what ours asked with several advertisers in a request, and the streams whose records are others."""
    return {"accounts_per_request": SEVERAL} | {
        part: {
            "requests": len(sync.requests),
            "about_several": sum("advertiser_ids" in asked["params"] for asked in report_requests(sync.requests)),
            "records": sync.records.total(),
            "records_alone": other.records.total(),
            "unlike": sync.unlike(other, shared.names),
            "outcome": sync.outcome(),
        }
        for part, sync, other in zip(("first", "incremental"), several, alone, strict=True)
    }


def _an_advertiser(sync: Sync) -> str:
    """Return one of middling age: ids grow as ages do."""
    advertisers = sorted({advertiser for _, advertiser in sync.records if advertiser})
    return advertisers[len(advertisers) // 2]


def _records(ours: Any, theirs: Any) -> Json:
    """Return the records of the same job, and the streams of which we have fewer."""
    fewer = {name: [ours[name], number] for name, number in sorted(theirs.items()) if ours[name] < number}
    return {"records": {"ours": ours.total(), "theirs": theirs.total()}, "fewer": fewer}
