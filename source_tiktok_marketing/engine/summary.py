"""What became of a sync: a summary for the log, and the failure that its exit status stands for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from source_tiktok_marketing.api.failures import AuthorisationFailure, Failure, FailureType
from source_tiktok_marketing.engine.outcome import Accounts, Outcome

_NAMED = 10
"""Streams or advertisers that are named one by one."""


class SyncFailure(Failure):
    """Some streams were not read; each has said why."""

    def __init__(self, message: str, failure_type: FailureType) -> None:
        super().__init__(message)
        self.failure_type = failure_type


def summary(outcomes: Mapping[str, Outcome], accounts: Accounts, requests: int, repetitions: int) -> Iterator[str]:
    """Yield the lines of the summary: totals, each stream, each advertiser that was left out."""
    failed = [name for name, outcome in outcomes.items() if outcome.failures]
    skipped: defaultdict[str, dict[str, Failure]] = defaultdict(dict)
    for advertiser_id, failure in accounts.unavailable.items():
        skipped[advertiser_id] = dict.fromkeys(outcomes, failure)
    for name, outcome in outcomes.items():
        for advertiser_id, failure in outcome.skipped.items():
            skipped[advertiser_id][name] = failure
    records = sum(outcome.records for outcome in outcomes.values())
    yield (
        f"Summary: {len(outcomes) - len(failed)} of {len(outcomes)} streams complete, {records} records, "
        f"{len(accounts.readable) + len(accounts.unavailable)} advertisers, {len(skipped)} of them left out somewhere; "
        f"{requests} requests, {repetitions} of them repetitions."
    )
    for name, outcome in outcomes.items():
        verdict = f"failed: {outcome.failures[0].message}" if outcome.failures else "complete"
        missing = f", {len(outcome.skipped)} advertisers skipped" if outcome.skipped else ""
        yield f"Stream {name}: {outcome.records} records{missing}, {verdict}"
    for advertiser_id, reasons in skipped.items():
        first = next(iter(reasons.values()))
        yield f"Advertiser {advertiser_id} was skipped in {_listed(reasons)}: {first.message}"


def _listed(names: Iterable[str]) -> str:
    named = list(names)
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more


def sync_failure(
    outcomes: Mapping[str, Outcome], refused: Mapping[str, Failure], authorisation: AuthorisationFailure | None
) -> SyncFailure | None:
    """Return the failure of the whole sync, None if every stream is complete."""
    failed: dict[str, Failure] = dict(refused)
    failed |= {name: outcome.failures[0] for name, outcome in outcomes.items() if outcome.failures}
    if not failed:
        return None
    first = authorisation or next(iter(failed.values()))
    return SyncFailure(
        f"{len(failed)} of {len(outcomes) + len(refused)} streams were not read completely ({_listed(failed)}). "
        f"The first reason: {first.message}",
        first.failure_type,
    )
