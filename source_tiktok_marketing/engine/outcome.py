"""What became of a stream, and whether the accounts it had to leave out make it fail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from source_tiktok_marketing.api.failures import EndpointUnavailable, Failure, PartlyRead
from source_tiktok_marketing.engine.stream import Stream


@dataclass(frozen=True, kw_only=True, slots=True)
class Accounts:
    """The ad accounts of a run."""

    readable: frozenset[str]
    unavailable: Mapping[str, Failure]
    """Those that TikTok withdrew, and what it said."""
    configured: frozenset[str]
    """Those that the configuration names."""
    is_sandbox: bool


@dataclass(slots=True)
class Reading:
    """What was read of an advertiser."""

    records: int = 0
    seconds: float = 0.0
    """That workers spent on it, waiting for TikTok included."""
    first_day: date | None = None
    last_day: date | None = None
    """Of the windows that were read to their end."""

    def cover(self, first: date, last: date) -> None:
        """Take note that these days were read."""
        self.first_day = min(self.first_day or first, first)
        self.last_day = max(self.last_day or last, last)


@dataclass(slots=True)
class Outcome:
    """What became of a stream."""

    records: int = 0
    size: int = 0
    """Bytes of the records."""
    readings: dict[str, Reading] = field(default_factory=dict)
    """What was read of each advertiser; what is about none has an empty id."""
    skipped: dict[str, Failure] = field(default_factory=dict)
    """Advertisers that were left out, and why."""
    emitted: set[str] = field(default_factory=set)
    """Advertisers of which something was emitted."""
    failures: list[Failure] = field(default_factory=list)
    is_finished: bool = False

    def reading(self, advertiser_id: str) -> Reading:
        """Return what was read of an advertiser so far."""
        return self.readings.setdefault(advertiser_id, Reading())


def failures_of_skipped(stream: Stream, outcome: Outcome, accounts: Accounts) -> list[Failure]:
    """Return the failures of a stream that had to leave out advertisers it can't do without.

    Those are the ones of which a part was emitted, the ones that the configuration names, or all. What an optional
    feature or the sandbox doesn't offer isn't missing, because there is nothing to be read.
    """
    if partly := [advertiser_id for advertiser_id in outcome.skipped if advertiser_id in outcome.emitted]:
        return [_partly_read(advertiser_id, outcome.skipped[advertiser_id]) for advertiser_id in partly]
    left_out = {**outcome.skipped, **(accounts.unavailable if stream.needs_advertisers else {})}
    if stream.optional or accounts.is_sandbox:
        left_out = {id_: failure for id_, failure in left_out.items() if not isinstance(failure, EndpointUnavailable)}
    named = [advertiser_id for advertiser_id in left_out if advertiser_id in accounts.configured]
    if not left_out or (accounts.readable - left_out.keys() and not named):
        return []
    why = left_out[named[0]] if named else next(iter(left_out.values()))
    what = (
        f"Advertiser {named[0]}, which the configuration names, can't be read" if named else "No advertiser can be read"
    )
    return [type(why)(f"{what}. {why.message}", code=why.code, request_id=why.request_id)]


def _partly_read(advertiser_id: str, why: Failure) -> PartlyRead:
    message = f"Only a part of advertiser {advertiser_id} was read. {why.message}"
    return PartlyRead(message, code=why.code, request_id=why.request_id)
