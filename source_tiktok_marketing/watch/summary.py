"""What became of a sync, as one object for programs.

It is bounded, however many streams and ad accounts there are: of each stream, the costliest accounts are told one by
one, some hundreds of all streams together, and the others as a sum; so are the accounts over all streams, and what was
left out is told by its reason.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from source_tiktok_marketing.engine.outcome import Accounts, Outcome, Reading

if TYPE_CHECKING:
    from source_tiktok_marketing.api.failures import Failure

Json = dict[str, Any]

_MOST_PARTS = 200
"""Ad accounts that are told of all streams together, but at least one of each."""
_MOST_ACCOUNTS = 50
_MOST_REASONS = 20
_MOST_NAMED = 5
"""Ad accounts and streams that are named for a reason."""
_MOST_TEXT = 200
"""Characters of a message."""


@dataclass(slots=True)
class _Figures:
    """What was read, by however many streams and of however many ad accounts."""

    records: int = 0
    requests: int = 0
    seconds: float = 0.0
    first_day: date | None = None
    last_day: date | None = None

    def add(self, reading: Reading, requests: int) -> None:
        """Add what was read of one ad account in one stream."""
        self.records += reading.records
        self.requests += requests
        self.seconds += reading.seconds
        if reading.first_day is not None and reading.last_day is not None:
            self.first_day = min(self.first_day or reading.first_day, reading.first_day)
            self.last_day = max(self.last_day or reading.last_day, reading.last_day)

    def as_json(self) -> Json:
        """Return them; days only if there are some."""
        days = {} if self.first_day is None else {"first_day": str(self.first_day), "last_day": str(self.last_day)}
        return {"records": self.records, "requests": self.requests, **days, "seconds": round(self.seconds, 1)}


@dataclass(slots=True)
class _Sum:
    """Figures that add up, and the parts they are made of."""

    total: _Figures = field(default_factory=_Figures)
    parts: defaultdict[str, _Figures] = field(default_factory=lambda: defaultdict(_Figures))
    """By ad account."""

    def add(self, advertiser_id: str, reading: Reading, requests: int) -> None:
        """Add a part; what is about no ad account is in the total only."""
        self.total.add(reading, requests)
        if advertiser_id:
            self.parts[advertiser_id].add(reading, requests)

    def accounts(self, most: int) -> Json:
        """Return the costliest ad accounts, and how many others there are with the sum of what they are."""
        ranked = sorted(self.parts.items(), key=lambda part: (-part[1].requests, -part[1].records, part[0]))
        told: Json = {"accounts": [{"advertiser_id": id_, **part.as_json()} for id_, part in ranked[:most]]}
        if others := [part for _, part in ranked[most:]]:
            rest = _Figures()
            for part in others:
                rest.add(Reading(part.records, part.seconds, part.first_day, part.last_day), part.requests)
            told["other_accounts"] = {"number": len(others), **rest.as_json()}
        return told


def summary_object(
    outcomes: Mapping[str, Outcome], accounts: Accounts, sent_for: Mapping[tuple[str, str], int], repeated: int
) -> Json:
    """Return the summary of a sync; `sent_for` has its requests by stream and ad account."""
    requests: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (name, advertiser_id), number in sent_for.items():
        requests[name][advertiser_id] = number
    most, everything, streams = max(_MOST_PARTS // max(len(outcomes), 1), 1), _Sum(), []
    for name, outcome in outcomes.items():
        of_stream = _Sum()
        for advertiser_id in dict.fromkeys((*outcome.readings, *requests[name])):
            reading = outcome.readings.get(advertiser_id, Reading())
            for figures in (of_stream, everything):
                figures.add(advertiser_id, reading, requests[name].get(advertiser_id, 0))
        streams.append({"stream": name, **_verdict(outcome), **of_stream.total.as_json(), **of_stream.accounts(most)})
    return {
        **everything.total.as_json(),
        "requests": sum(sent_for.values()),
        "repeated": repeated,
        "streams": streams,
        **everything.accounts(_MOST_ACCOUNTS),
        "left_out": list(_left_out(outcomes, accounts))[:_MOST_REASONS],
    }


def _verdict(outcome: Outcome) -> Json:
    told: Json = {"complete": not outcome.failures}
    if outcome.failures:
        told["failure"] = outcome.failures[0].message[:_MOST_TEXT]
    if outcome.skipped:
        told["accounts_left_out"] = len(outcome.skipped)
    return told


def _left_out(outcomes: Mapping[str, Outcome], accounts: Accounts) -> Iterator[Json]:
    """Yield each reason for leaving ad accounts out, with how many it was of how many streams."""
    reasons: defaultdict[tuple[str, int | None], list[tuple[str, str, Failure]]] = defaultdict(list)
    for id_, failure in accounts.unavailable.items():
        for name in outcomes:
            reasons[type(failure).__name__, failure.code].append((name, id_, failure))
    for name, outcome in outcomes.items():
        for id_, failure in outcome.skipped.items():
            reasons[type(failure).__name__, failure.code].append((name, id_, failure))
    for (kind, code), parts in sorted(reasons.items(), key=lambda item: -len(item[1])):
        streams, ids = dict.fromkeys(part[0] for part in parts), dict.fromkeys(part[1] for part in parts)
        yield {
            "reason": parts[0][2].message[:_MOST_TEXT],
            "kind": kind,
            "code": code,
            "number_of_streams": len(streams),
            "number_of_accounts": len(ids),
            "streams": list(streams)[:_MOST_NAMED],
            "advertiser_ids": list(ids)[:_MOST_NAMED],
        }
