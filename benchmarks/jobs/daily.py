"""Daily job: how long the sync of another day takes, at 300 ms a reply and the Basic tier, of all shared streams.

Each goes on from a first sync of its own, which was made a day before, of the last ten days, and is not measured.
Streams that theirs doesn't finish cost it time for nothing, so both also read those that it finishes, alone.
"""

from datetime import timedelta
from typing import Any

from benchmarks.connectors.connector import Connector, Pair
from benchmarks.connectors.shared import Shared
from benchmarks.connectors.sync import Sync, synchronise
from benchmarks.jobs.latency import SECONDS, TIER
from benchmarks.service.emulator import TIERS
from benchmarks.service.request_log import by_path, requests_per_second
from benchmarks.service.service import Service, present

Json = dict[str, Any]

ADVERTISERS = 20
RECENT = timedelta(days=10)
DAY = timedelta(days=1)


def run(pair: Pair, advertisers: int = ADVERTISERS, seconds: float = SECONDS, tier: str = TIER) -> Json:
    """Measure both, one after the other; `seconds` is how long a reply takes, `tier` what is granted."""
    world, now = f"various:{advertisers}", present()
    with Service(world, now) as service:
        service.set_clock(now - DAY)
        shared = Shared.of(pair, service)
        offered = {"ours": shared.ours, "theirs": shared.theirs}
        start = (service.now - RECENT).date()
        states = {
            connector.name: synchronise(
                pair, connector, service, (offered[connector.name], shared.names), start=start
            ).states
            for connector in pair.both()
        }
    with Service(world, now, "--latency", str(seconds), "--tier", tier) as service:

        def read(connector: Connector, names: list[str]) -> Sync:
            return synchronise(
                pair,
                connector,
                service,
                (offered[connector.name], names),
                states[connector.name],
                at_service_time=False,
                start=start,
                rate_limit_tier=tier,
            )

        every = {connector.name: read(connector, shared.names) for connector in pair.both()}
        finished = [name for name in shared.names if name not in every["theirs"].failures]
        some = {connector.name: read(connector, finished) for connector in pair.both()}
    return {
        "advertisers": advertisers,
        "seconds_a_reply": seconds,
        "tier": tier,
        "granted": TIERS[tier][0],
        "all": _compared(shared.names, every),
        "finished": _compared(finished, some),
    }


def _compared(names: list[str], syncs: dict[str, Sync]) -> Json:
    return {"streams": len(names)} | {name: _summary(sync) for name, sync in syncs.items()}


def _summary(sync: Sync) -> Json:
    return {
        "wall": sync.wall,
        "requests": len(sync.requests),
        "requests_per_second": requests_per_second(sync.requests),
        "records": sync.records.total(),
        "by_path": by_path(sync.requests),
        "outcome": sync.outcome(),
    }
