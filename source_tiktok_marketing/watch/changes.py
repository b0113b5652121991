"""Which changes of a configuration or of the selected streams would make a sync cheaper, and by how much."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from source_tiktok_marketing.catalog.levels import HOURLY
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.catalog.streams import Row
from source_tiktok_marketing.config import Config
from source_tiktok_marketing.watch.plan import Plan, StreamPlan

Recount = Callable[[Config], Plan]
"""Counts the same streams again under another configuration."""

_MOST_CHANGES = 3
_WORTHWHILE = 0.01
"""Share of the requests that a change saves at least to be worth a line."""
_STRETCHES = (365, 90, 30)
"""Days that a sync may go back instead, where it goes back twice as far now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Something to do, and the requests that it saves by itself."""

    what: str
    requests: int


def changes(plan: Plan, config: Config, now: datetime, recount: Recount) -> tuple[Change, ...]:
    """Return the changes that save most, from the best down."""
    found = [*_of_streams(plan), *_of_options(plan, config, now.date(), recount)]
    worthwhile = [change for change in found if plan.share(change.requests) >= _WORTHWHILE]
    return tuple(sorted(worthwhile, key=lambda change: -change.requests)[:_MOST_CHANGES])


def _of_streams(plan: Plan) -> Iterator[Change]:
    hourly = [stream for stream in plan.streams if _is_hourly(stream.row)]
    if hourly:
        what = f"Leave out the hourly reports ({_names(hourly)}), or read them in a connection that starts later"
        yield Change(what=what, requests=_sum(hourly))
    audience = [stream for stream in plan.streams if _is_audience(stream.row)]
    if len(audience) > 1:
        what = f"Leave out the audience reports that you don't look at ({_names(audience)})"
        yield Change(what=what, requests=_sum(audience))
    for stream in plan.streams:
        if stream not in hourly and stream not in audience:
            yield Change(what=f"Leave out {stream.row.name} if you don't need it", requests=stream.up_to)


def _of_options(plan: Plan, config: Config, today: date, recount: Recount) -> Iterator[Change]:
    age = (today - config.start_date).days
    for days in _STRETCHES:
        if age >= 2 * days:
            start = today - timedelta(days=days)
            fewer = plan.up_to - recount(config.model_copy(update={"start_date": start})).up_to
            yield Change(what=f"Begin with start_date {start}, {days} days ago", requests=fewer)
            break
    for option in ("report_granularity", "attribution_window"):
        usual = Config.model_fields[option].default
        if getattr(config, option) != usual:
            fewer = plan.up_to - recount(config.model_copy(update={option: usual})).up_to
            yield Change(what=f"Set {option} to {usual}, its default", requests=fewer)


def _is_hourly(row: Row) -> bool:
    return getattr(row, "grain", None) is HOURLY


def _is_audience(row: Row) -> bool:
    return isinstance(row, Report) and row.breakdown.report_type == "AUDIENCE"


def _names(streams: list[StreamPlan]) -> str:
    return streams[0].row.name if len(streams) == 1 else f"{len(streams)} streams"


def _sum(streams: list[StreamPlan]) -> int:
    return sum(stream.up_to for stream in streams)
