"""A plan as a table for people, as JSON for programs, and in a few lines for the log of a sync."""

from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

from source_tiktok_marketing.watch.changes import Change
from source_tiktok_marketing.watch.plan import Plan, StreamPlan

Json = dict[str, Any]

_MOST_ROWS = 20
"""Streams that get a row of the table; the others are one row."""
_MOST_NAMED = 3
_WIDTH = 160
_TEXT = """\
{headline}

{table}
{advice}
Counted are the windows that will be read and one page of each, as if the ad accounts had delivered all the time. What
they delivered nothing in takes less; objects and rows beyond a page, repetitions and what TikTok finds too large more.
"""


def headline(plan: Plan) -> tuple[str, str]:
    """Return what the sync costs, in requests and in time."""
    shared = "" if plan.rates.share == 1 else f", shared to {plan.rates.share:.0%},"
    what = f"{_counted(len(plan.streams), 'stream')} of {_counted(plan.accounts, 'ad account')}"
    rate = f"The rate limit tier {plan.rates.tier}{shared} lets through {plan.rates.app:.1f} a second"
    return (
        f"{what}: about {_range(plan.requests, plan.up_to)} requests.",
        f"{rate}: {_duration(plan.minutes)}.",
    )


def lines(plan: Plan) -> Iterator[str]:
    """Yield what the log of a sync begins with."""
    yield f"Plan: {' '.join(headline(plan))}"
    costliest = [stream for stream in plan.streams[:_MOST_NAMED] if stream.up_to]
    if len(plan.streams) > 1 and costliest:
        named = (f"{stream.row.name} {_range(stream.requests, stream.up_to)}" for stream in costliest)
        yield f"Plan: the costliest streams are {', '.join(named)} requests."


def text(plan: Plan, changes: Sequence[Change]) -> str:
    """Return the plan for people."""
    advice = ""
    if changes:
        told = "".join(f"  - {change.what}:\n    {_saving(plan, change)}\n" for change in changes)
        advice = f"\nWhat would save most, each by itself:\n{told}"
    return _TEXT.format(headline="\n".join(headline(plan)), table=_table(plan), advice=advice)


def as_json(plan: Plan, changes: Sequence[Change]) -> Json:
    """Return the plan for programs."""
    return {
        "accounts": plan.accounts,
        "requests": plan.requests,
        "up_to": plan.up_to,
        "minutes": round(plan.minutes, 2),
        "rate_limit_tier": plan.rates.tier,
        "rate_limit_share": plan.rates.share,
        "requests_a_second": round(plan.rates.app, 3),
        "looked_up": plan.looked_up,
        "streams": [_stream_json(plan, stream) for stream in plan.streams],
        "by_account": dict(plan.by_account),
        "changes": [
            {
                "what": change.what,
                "requests": change.requests,
                "minutes": round(plan.rates.minutes(change.requests), 2),
                "share": round(plan.share(change.requests), 4),
            }
            for change in changes
        ],
    }


def _stream_json(plan: Plan, stream: StreamPlan) -> Json:
    return {
        "stream": stream.row.name,
        "windows": stream.windows,
        "requests": stream.requests,
        "up_to": stream.up_to,
        "for_each": None if stream.each is None else {"of": stream.each[0], "requests": stream.each[1]},
        "minutes": round(plan.rates.minutes(stream.requests, stream.row.path), 2),
    }


def _table(plan: Plan) -> str:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415  a tenth of a second, for `plan` only
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table("stream", box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in ("windows", "requests", "minutes", "share"):
        table.add_column(column, justify="right")
    table.add_column("and for each")
    for stream in plan.streams[:_MOST_ROWS]:
        table.add_row(stream.row.name, *_cells(plan, [stream]), _for_each([stream]))
    if rest := plan.streams[_MOST_ROWS:]:
        table.add_row(_counted(len(rest), "other stream"), *_cells(plan, rest), _for_each(rest))
    looked_up = (f"{plan.looked_up:,}", f"{plan.rates.minutes(plan.looked_up):.1f}")
    table.add_row("look-up of the ad accounts", "", *looked_up, end_section=True)
    windows = sum(stream.windows for stream in plan.streams)
    table.add_row("total", f"{windows:,}", _range(plan.requests, plan.up_to), f"{plan.minutes:,.1f}")
    written = StringIO()
    Console(file=written, width=_WIDTH, color_system=None, force_terminal=False).print(table)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines())


def _cells(plan: Plan, streams: Sequence[StreamPlan]) -> tuple[str, str, str, str]:
    windows, requests, up_to = (sum(getattr(one, name) for one in streams) for name in ("windows", "requests", "up_to"))
    minutes = sum(plan.rates.minutes(stream.requests, stream.row.path) for stream in streams)
    return (
        f"{windows:,}" if windows else "",
        _range(requests, up_to),
        f"{minutes:,.1f}",
        f"{plan.share(up_to):.0%}",
    )


def _for_each(streams: Sequence[StreamPlan]) -> str:
    """Return what is only found while reading, and the requests for each of it."""
    requests: Counter[str] = Counter()
    for stream in streams:
        if stream.each is not None:
            requests[stream.each[0]] += stream.each[1]
    return ", ".join(f"{what}: {number:,}" for what, number in requests.items() if number)


def _range(least: int, most: int) -> str:
    return f"{least:,} to {most:,}" if most > least else f"{least:,}"


def _saving(plan: Plan, change: Change) -> str:
    saved, minutes = change.requests, plan.rates.minutes(change.requests)
    return f"saves {saved:,} requests ({plan.share(saved):.0%}), {_duration(minutes)}."


def _duration(minutes: float) -> str:
    if minutes >= 120:  # noqa: PLR2004  two hours
        return f"{minutes / 60:,.1f} hours"
    return f"{minutes:,.1f} minutes"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")
