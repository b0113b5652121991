"""Requests: 20 advertisers created at various dates, all shared streams from the default start, then a day later.

Ours is counted in full. The compared package asks every window since 2016 of every advertiser, which would take
hours; so what depends on windows is measured for one advertiser (hourly streams: one of them) and multiplied, which is
exact as long as its windows don't depend on the advertiser. Everything else of it is counted in full, and so is its
sync a day later, which goes on from a first sync of the last days.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from benchmarks.connectors.connector import Pair
from benchmarks.connectors.sync import Sync, synchronise
from benchmarks.service.request_log import by_path, refused
from benchmarks.service.service import Service, present

Json = dict[str, Any]

ADVERTISERS = 20
SAMPLE_HOURLY = "advertisers_reports_hourly"
RECENT = timedelta(days=10)
DAY = timedelta(days=1)


@dataclass
class Shared:
    """The streams that both offer, as each describes them."""

    ours: list[Json]
    theirs: list[Json]

    @property
    def names(self) -> list[str]:
        """The names of all of them."""
        offered = {stream["name"] for stream in self.theirs}
        return [stream["name"] for stream in self.ours if stream["name"] in offered]

    def ending(self, *ends: str) -> list[str]:
        """Return the names with one of these ends."""
        return [name for name in self.names if name.endswith(ends)]

    @property
    def unwindowed(self) -> list[str]:
        """The names of those that are not read in windows of days."""
        return [name for name in self.names if name not in self.ending("_daily", "_hourly")]


def run(pair: Pair) -> Json:
    """Count both."""
    now = present()
    with Service(f"various:{ADVERTISERS}", now) as service:
        shared = Shared(pair.ours.streams(service, pair.folder), pair.theirs.streams(service, pair.folder))
        first = synchronise(pair, pair.ours, service, (shared.ours, shared.names))
        sampled = _first_of_theirs(pair, service, shared, _an_advertiser(first))
        recent = synchronise(pair, pair.theirs, service, (shared.theirs, shared.names), start=(now - RECENT).date())
        service.set_clock(now + DAY)
        second = synchronise(pair, pair.ours, service, (shared.ours, shared.names), first.states)
        their_second = synchronise(pair, pair.theirs, service, (shared.theirs, shared.names), recent.states)
    return {
        "streams": len(shared.names),
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
        "syncs": _outcomes(
            {
                "ours, first": first,
                "ours, a day later": second,
                "theirs, unwindowed": sampled.whole,
                "theirs, daily": sampled.daily,
                "theirs, hourly": sampled.hourly,
                "theirs, last days": recent,
                "theirs, a day later": their_second,
            }
        ),
    }


@dataclass
class Sampled:
    """The parts of their first sync that were measured."""

    whole: Sync
    daily: Sync
    hourly: Sync
    advertiser_id: str

    def requests(self, shared: Shared) -> int:
        """Return their number, the windowed ones multiplied."""
        hourly = self.hourly.about_advertisers() * len(shared.ending("_hourly"))
        return len(self.whole.requests) + (self.daily.about_advertisers() + hourly) * ADVERTISERS

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


def _first_of_theirs(pair: Pair, service: Service, shared: Shared, advertiser_id: str) -> Sampled:
    def part(names: list[str], **config: Any) -> Sync:
        return synchronise(pair, pair.theirs, service, (shared.theirs, names), **config)

    return Sampled(
        whole=part(shared.unwindowed),
        daily=part(shared.ending("_daily"), advertiser_id=advertiser_id),
        hourly=part([SAMPLE_HOURLY], advertiser_id=advertiser_id),
        advertiser_id=advertiser_id,
    )


def _an_advertiser(sync: Sync) -> str:
    """Return one of middling age: ids grow as ages do."""
    advertisers = sorted({advertiser for _, advertiser in sync.records if advertiser})
    return advertisers[len(advertisers) // 2]


def _records(ours: Any, theirs: Any) -> Json:
    """Return the records of the same job, and the streams of which we have fewer."""
    fewer = {name: [ours[name], number] for name, number in sorted(theirs.items()) if ours[name] < number}
    return {"records": {"ours": ours.total(), "theirs": theirs.total()}, "fewer": fewer}


def _outcomes(syncs: dict[str, Sync]) -> Json:
    """Return how each ended: a sync that failed asks less than one that does its work."""
    return {
        name: {"status": sync.status, "failures": sync.failures, "refusals": refused(sync.requests)}
        for name, sync in syncs.items()
    }
