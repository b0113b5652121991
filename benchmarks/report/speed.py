"""The sections on time and memory."""

from typing import Any

from benchmarks.report.table import OURS_AND_THEIRS, pair, table

Json = dict[str, Any]

_BOUND = 0.85
"""The share of the granted requests from which on the rate limit is what binds: ours keeps to nine of ten."""


def throughput(result: Json) -> str:
    """Return the section on throughput."""
    ours, theirs, floor = result["ours"], result["theirs"], result["floor_us_per_record"]
    names = {
        "records_per_second": ("records a second, start included", ",.0f"),
        "cpu_us_per_record": ("CPU µs a record, start left out", ",.1f"),
        "cpu_us_per_record_with_start": ("CPU µs a record, start included", ",.1f"),
        "peak_mb": ("peak memory, MB", ",.0f"),
        "records": ("records read", ",d"),
        "pages": ("pages of a report", ",d"),
        "metrics": ("metrics", "d"),
        "requests_per_page": ("requests a page", ".3g"),
        "requests_per_second": ("requests a second, from the second second on", ",.1f"),
        "processors_busy": ("processors kept busy", ".2f"),
    }
    rows = [pair(name, ours[key], theirs[key], form) for key, (name, form) in names.items()]
    return (
        "## Throughput\n\n`ads_reports_daily`, all metrics, pages of 1,000, 20 advertisers, no delay.\n\n"
        f"{table(OURS_AND_THEIRS, rows)}\n\n"
        f"Bare `orjson.loads` and `orjson.dumps` of the same rows: {floor:.1f} µs a record, so ours takes "
        f"{ours['cpu_us_per_record'] / floor:.2f} times that. The emulator alone, whose pages are made before, answers "
        f"{result['emulator_records_per_second']:,.0f} records a second. {_limit(result)}"
    )


def _limit(result: Json) -> str:
    """Say whether the rate limit of the app is what keeps ours from being faster."""
    ours, granted = result["ours"], result["requests_granted_per_second"]
    asked, per_page = ours["requests_in_a_second"], ours["requests_per_page"]
    binds = "is what binds ours" if asked >= _BOUND * granted else "does not bind ours"
    return (
        f"Both are told that the app has the highest tier, {granted} requests a second. In the median second ours "
        f"asks {asked:.0f}, {asked * 1_000 / per_page:,.0f} records at {per_page:.3g} requests a page of 1,000, so the "
        f"rate limit {binds}."
    )


def latency(result: Json) -> str:
    """Return the section on slow replies."""
    ours, theirs = result["ours"], result["theirs"]
    names = {
        "requests_per_second": ("requests a second, from the second second on", ".2f"),
        "refused": ("requests refused for the limit", "d"),
        "requests": ("requests", ",d"),
        "wall": ("wall seconds", ".1f"),
        "wall_at_tier": ("requests / 10 a second", ".1f"),
        "records": ("records", ",d"),
    }
    rows = [pair(name, ours[key], theirs[key], form) for key, (name, form) in names.items()]
    return f"## Latency\n\n300 ms a reply, Basic tier (10 a second).\n\n{table(OURS_AND_THEIRS, rows)}"


def startup(result: Json) -> str:
    """Return the section on start-up."""
    rows = [
        pair(f"{command}, {kind} seconds", costs[kind], result["theirs"][command][kind], ".2f")
        for command, costs in result["ours"].items()
        for kind in ("wall", "cpu")
    ]
    return f"## Start-up\n\n{table(OURS_AND_THEIRS, rows)}"


def memory(result: Json) -> str:
    """Return the section on memory."""
    rows = [
        (
            name,
            f"`{size['stream']}`",
            f"{size['advertisers']}",
            f"{size['windows']}",
            f"{size['records']:,d}",
            f"{size['peak_mb']:.0f}",
        )
        for name, sizes in result.items()
        for size in sizes
    ]
    header = ("", "stream", "advertisers", "windows each", "records", "peak MB")
    return f"## Memory\n\n{table(header, rows)}"
