"""Deals the ad accounts of a sync out to several connections, so that each takes about as long as the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace
from math import floor
from typing import Any

import orjson

from source_tiktok_marketing.api.failures import ConfigFailure
from source_tiktok_marketing.watch.plan import Plan

Json = dict[str, Any]

_SMALLEST_SHARE = 0.01
_DIGITS = 10_000
"""A share is rounded down to four digits: together they must not exceed the limit."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of the ad accounts, and the share of the rate limit that it may use."""

    advertiser_ids: tuple[str, ...]
    requests: int
    share: float

    @property
    def options(self) -> Json:
        """What the shard's configuration has instead of the whole one's."""
        return {"advertiser_ids": list(self.advertiser_ids), "rate_limit_share": self.share}


def dealt(plan: Plan, number: int) -> tuple[Shard, ...]:
    """Deal the accounts out to so many shards, the costliest first, each to the shard that has least to do.

    Raises `ConfigFailure` if there are fewer accounts than shards, or too little of the rate limit for each.
    """
    share = floor(plan.rates.share / number * _DIGITS) / _DIGITS
    most = min(len(plan.by_account), int(plan.rates.share / _SMALLEST_SHARE))
    if number > most:
        raise ConfigFailure(
            f"--shards: {number} is too many; at most {most} are possible with {len(plan.by_account)} ad accounts and "
            f"a rate_limit_share of {plan.rates.share:g}, of which each shard needs {_SMALLEST_SHARE:g}."
        )
    shards: list[tuple[int, int, list[str]]] = [(0, position, []) for position in range(number)]
    heapify(shards)
    for advertiser_id, requests in sorted(plan.by_account.items(), key=lambda item: (-item[1], item[0])):
        done, position, ids = shards[0]
        # An account without requests counts, too, so that such are spread like the others.
        heapreplace(shards, (done + max(requests, 1), position, [*ids, advertiser_id]))
    return tuple(
        Shard(tuple(sorted(ids)), sum(plan.by_account[id_] for id_ in ids), share)
        for _, _, ids in sorted(shards, key=lambda shard: shard[1])
    )


def text(plan: Plan, shards: Sequence[Shard]) -> str:
    """Return the shards for people: what each costs, and what goes into its configuration."""
    lines = [f"\nDealt out to {len(shards)} connections, each with a part of the rate limit:"]
    for number, shard in enumerate(shards, 1):
        minutes = plan.rates.minutes(shard.requests) * plan.rates.share / shard.share
        accounts = len(shard.advertiser_ids)
        lines.append(f"  {number}: {accounts:,} ad accounts, {shard.requests:,} requests, {minutes:,.1f} minutes")
        lines.append(f"     {orjson.dumps(shard.options).decode()}")
    lines.append("Put these options into the configuration of each connection; the others stay as they are.")
    return "\n".join(lines) + "\n"


def as_json(shards: Sequence[Shard]) -> list[Json]:
    """Return the shards for programs."""
    return [{"requests": shard.requests, "options": shard.options} for shard in shards]
