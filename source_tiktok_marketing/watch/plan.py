"""What a sync will cost, counted before it is begun: requests and minutes, by stream and by ad account."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from source_tiktok_marketing.catalog.streams import Row
from source_tiktok_marketing.engine.cost import Cost

_MINUTE = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Rates:
    """Requests a second that a run can keep up."""

    tier: str
    share: float
    """The part of the tier's limit that the run may use."""
    app: float
    endpoints: Mapping[str, float]
    """Of endpoints that TikTok limits more than the app."""

    def minutes(self, requests: float, path: str = "") -> float:
        """Return how long so many requests take at least."""
        return requests / min(self.app, self.endpoints.get(path, self.app)) / _MINUTE


@dataclass(slots=True)
class StreamPlan:
    """What a stream costs, as if its ad accounts delivered all the time, for all of them together."""

    row: Row
    slices: int = 0
    windows: int = 0
    requests: int = 0
    up_to: int = 0
    """The requests, or as many as there can be where that is known."""
    each: tuple[str, int] | None = None
    """What is only found while reading, and the most requests for each of it."""

    def add(self, cost: Cost) -> None:
        """Add what one ad account costs."""
        self.slices += cost.slices
        self.windows += cost.windows
        self.requests += cost.requests
        self.up_to += cost.up_to
        if cost.each is not None:
            self.each = max(self.each or cost.each, cost.each)


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a sync costs, as if its ad accounts delivered all the time."""

    streams: tuple[StreamPlan, ...]
    """From the costliest down."""
    by_account: Mapping[str, int] = field(repr=False)
    """Requests for each ad account alone, of all that can be read."""
    looked_up: int
    """Requests for the list of accounts and their details."""
    rates: Rates

    @property
    def accounts(self) -> int:
        """How many ad accounts can be read."""
        return len(self.by_account)

    @property
    def requests(self) -> int:
        """The requests of the whole sync."""
        return self.looked_up + sum(stream.requests for stream in self.streams)

    @property
    def up_to(self) -> int:
        """The requests, or as many as there can be where that is known."""
        return self.looked_up + sum(stream.up_to for stream in self.streams)

    @property
    def minutes(self) -> float:
        """How long they take at the rate limit; the narrowest limit tells."""
        on_paths: Counter[str] = Counter()
        for stream in self.streams:
            on_paths[stream.row.path] += stream.requests
        return max(
            self.rates.minutes(self.requests), *(self.rates.minutes(on_paths[path], path) for path in on_paths), 0.0
        )

    def share(self, requests: int) -> float:
        """Return what share of the sync so many requests are."""
        return requests / max(self.up_to, 1)


def planned(
    costs: Iterable[tuple[str, Cost]],
    rows: Mapping[str, Row],
    *,
    advertiser_ids: Iterable[str],
    looked_up: int,
    rates: Rates,
) -> Plan:
    """Return the plan of streams that cost so much for these ad accounts."""
    streams = {name: StreamPlan(row) for name, row in rows.items()}
    by_account = dict.fromkeys(advertiser_ids, 0)
    for name, cost in costs:
        streams[name].add(cost)
        if cost.advertiser_id:
            by_account[cost.advertiser_id] += cost.requests
    ranked = sorted(streams.values(), key=lambda stream: (-stream.up_to, stream.row.name))
    return Plan(streams=tuple(ranked), by_account=by_account, looked_up=looked_up, rates=rates)
