"""What the demo shows: how much each stream asked and answered, and whether the money is all there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integration_tests.emulator import Emulator, LoggedRequest
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.catalog.streams import Row

Json = dict[str, Any]

SPEND_STREAM = "ads_reports_daily"
EVERYTHING = [
    {"field_name": "ad_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'},
    {
        "field_name": "buying_type",
        "filter_type": "IN",
        "filter_value": '["AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"]',
    },
]


@dataclass
class Sync:
    """What one `read` asked and answered."""

    succeeded: bool
    seconds: float
    requests: list[LoggedRequest]
    streams: list[str] = field(default_factory=list)
    records: Counter[str] = field(default_factory=Counter)
    states: dict[str, Json] = field(default_factory=dict)
    spend: dict[tuple[object, ...], Decimal] = field(default_factory=dict)
    """Of each row of `SPEND_STREAM`, by its key."""

    def take(self, message: Json) -> None:
        """Take note of one message."""
        match message:
            case {
                "type": "TRACE",
                "trace": {"stream_status": {"stream_descriptor": {"name": name}, "status": "STARTED"}},
            }:
                self.streams.append(name)
            case {"type": "RECORD", "record": {"stream": name, "data": data}}:
                self.records[name] += 1
                if name == SPEND_STREAM:
                    key = (data["advertiser_id"], data["ad_id"], data["stat_time_day"])
                    self.spend[key] = Decimal(data["metrics"]["spend"])
            case {"type": "STATE", "state": {"stream": {"stream_descriptor": {"name": name}}} as state}:
                self.states[name] = state


def asked_by(row: Row, request: LoggedRequest) -> bool:
    """Whether `request` is one of those that the stream is read by."""
    if isinstance(row, Report):
        names = [metric.name for metric in row.metrics]
        identity = (row.level.data_level, row.breakdown.report_type, list(row.dimensions), names)
        told = tuple(request.params.get(name) for name in ("data_level", "report_type", "dimensions", "metrics"))
        return request.path == row.path and told == identity
    return request.path == row.path and getattr(row, "promotion_type", "") in request.query


def window(requests: Sequence[LoggedRequest], before: Json | None) -> str:
    """What stretch of time the requests asked for; `before` is the state that they went on from."""
    days = [str(request.params[end]) for request in requests for end in ("start_date", "end_date") if _dated(request)]
    if days:
        return stretch(min(days), max(days))
    if any("query_lifetime" in request.params for request in requests):
        return "lifetime"
    cursors = list(cursors_of(before)) if before else []
    return f"since {min(cursors)[:10]}" if cursors else "all" if requests else "-"


def _dated(request: LoggedRequest) -> bool:
    return "start_date" in request.params and "end_date" in request.params


def cursors_of(state: Json) -> Iterator[str]:
    """The cursor of each partition of a stream's state."""
    for partition in state["stream"]["stream_state"].get("states", ()):
        yield from map(str, partition["cursor"].values())


def stretch(first: str, last: str) -> str:
    """Two days as one text, without what the second repeats."""
    first, last = first[:10], last[:10]
    if first == last:
        return first
    return f"{first}..{last[5:] if first[:4] == last[:4] else last}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[int]) -> str:
    """Aligned columns; those in `left` start at the same place, the others end there."""
    lines = [tuple(header), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("-" * width for width in widths))
    pad = [str.ljust if place in left else str.rjust for place in range(len(widths))]
    return "\n".join(
        "  ".join(fit(cell, width) for fit, cell, width in zip(pad, line, widths, strict=True)).rstrip()
        for line in lines
    )


def stream_table(catalogue: Mapping[str, Row], first: Sync, second: Sync) -> str:
    """What each stream asked and answered in both syncs; a dash where it was not read."""
    rows, syncs = [], (first, second)
    for name in first.streams:
        asked = [[r for r in sync.requests if name in sync.streams and asked_by(catalogue[name], r)] for sync in syncs]
        records = [f"{sync.records[name]:,}" if name in sync.streams else "-" for sync in syncs]
        cursors = list(cursors_of(second.states[name])) if name in second.states else []
        windows = (window(asked[0], None), window(asked[1], first.states.get(name)))
        reached = stretch(min(cursors), max(cursors)) if cursors else "-"
        rows.append(
            (name, *records, *(f"{len(requests):,}" if requests else "-" for requests in asked), *windows, reached)
        )
    totals = (*(f"{s.records.total():,}" for s in syncs), *(f"{len(s.requests):,}" for s in syncs))
    rows.append(("total", *totals, "", "", ""))
    header = ("stream", "records", "then", "requests", "then", "window read", "then", "cursors")
    return table(header, rows, left=(0, 5, 6, 7))


def spend_table(emulator: Emulator, start: str, syncs: Sequence[Sync]) -> tuple[str, bool]:
    """The spend that both syncs together brought, beside what the account holds; whether they agree."""
    brought: defaultdict[str, Decimal] = defaultdict(Decimal)
    for (advertiser_id, *_), spend in (syncs[0].spend | syncs[1].spend).items():
        brought[str(advertiser_id)] += spend
    rows, agree = [], True
    for advertiser in emulator.world.advertisers:
        held = Decimal()
        for row in emulator.report_rows(
            advertiser_id=advertiser.id,
            report_type="BASIC",
            data_level="AUCTION_AD",
            dimensions=["ad_id", "stat_time_day"],
            metrics=["spend"],
            start_date=start,
            end_date=emulator.clock.local(advertiser.timezone).date().isoformat(),
            filtering=EVERYTHING,
        ):
            held += Decimal(row["metrics"]["spend"])
        got = brought[advertiser.id]
        agree &= got == held
        rows.append(
            (advertiser.id, advertiser.row["currency"], f"{got:,.2f}", f"{held:,.2f}", "yes" if got == held else "NO")
        )
    return table(("ad account", "currency", "spend read", "spend held", "equal"), rows, left=(0, 1)), agree
