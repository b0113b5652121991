"""The results as a page of Markdown."""

from typing import Any

Json = dict[str, Any]
Row = tuple[str, ...]


def page(results: Json) -> str:
    """All jobs that were measured."""
    parts = [_head(results["machine"])]
    sections = {
        "throughput": _throughput,
        "requests": _requests,
        "latency": _latency,
        "startup": _startup,
        "memory": _memory,
    }
    parts += [section(results[name]) for name, section in sections.items() if name in results]
    return "\n\n".join(parts) + "\n"


def _head(machine: Json) -> str:
    before, after = machine["load"]
    return (
        "# Benchmark\n\n"
        f"Written by `make bench` on {machine['date']}: {machine['processors']} processors, Python "
        f"{machine['python']}. Load of the machine before and after: {before:.1f}, {after:.1f}.\n\n"
        "*Theirs* is the public package `airbyte-source-tiktok-marketing` 4.7.0 with its default settings. Both ask "
        "the same emulator, in turns; values are medians of the turns. Compare the ratios rather than the values.\n\n"
        "![Ours and theirs](results.svg)"
    )


def _table(header: Row, rows: list[Row]) -> str:
    lines = ["| " + " | ".join(header) + " |", "| --- |" + " ---: |" * (len(header) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _pair(name: str, ours: float, theirs: float, form: str) -> Row:
    """A row of the two and how they relate."""
    return name, format(ours, form), format(theirs, form), f"{ours / theirs:.3g}" if theirs else "-"


HEADER = ("", "ours", "theirs", "ours / theirs")


def _throughput(result: Json) -> str:
    ours, theirs, floor = result["ours"], result["theirs"], result["floor_us_per_record"]
    names = {
        "records_per_second": ("records a second, start included", ",.0f"),
        "cpu_us_per_record": ("CPU µs a record, start left out", ",.1f"),
        "cpu_us_per_record_with_start": ("CPU µs a record, start included", ",.1f"),
        "peak_mb": ("peak memory, MB", ",.0f"),
        "records": ("records read", ",d"),
    }
    rows = [_pair(name, ours[key], theirs[key], form) for key, (name, form) in names.items()]
    return (
        "## Throughput\n\n`ads_reports_daily`, all metrics, pages of 1,000, 20 advertisers, no delay.\n\n"
        f"{_table(HEADER, rows)}\n\n"
        f"Bare `orjson.loads` and `orjson.dumps` of the same rows: {floor:.1f} µs a record, so ours takes "
        f"{ours['cpu_us_per_record'] / floor:.2f} times that. The emulator alone answers "
        f"{result['emulator_records_per_second']:,.0f} records a second."
    )


def _requests(result: Json) -> str:
    first, second = result["first"], result["incremental"]
    rows = [
        _pair("requests, first sync", first["ours"], first["theirs"], ",d"),
        _pair("requests, a day later", second["ours"], second["theirs"], ",d"),
        _pair("records, first sync, where both were read", first["records"]["ours"], first["records"]["theirs"], ",d"),
        _pair("records, a day later", second["records"]["ours"], second["records"]["theirs"], ",d"),
    ]
    measured = "; ".join(f"{name}: {number:,d}" for name, number in first["measured"].items())
    fewer = {**first["fewer"], **second["fewer"]}
    less = ", ".join(f"{name} ({ours} to {theirs})" for name, (ours, theirs) in fewer.items()) or "none"
    return (
        f"## Requests\n\nThe {result['streams']} streams that both have, 20 advertisers of 10 to 960 days, default "
        f"`start_date`.\n\n{_table(HEADER, rows)}\n\n"
        f"Their first sync is worked out from what was measured ({measured}): windows of one advertiser times 20, of "
        "one hourly stream times the number of them. Their later sync goes on from one that began ten days earlier. "
        f"Streams of which ours has fewer records: {less}.\n\n{_outcomes(result)}"
    )


def _outcomes(result: Json) -> str:
    """Whether the syncs that were counted did their work: one that fails asks less."""
    if "syncs" not in result:
        return f"Exit statuses: {result['statuses']}. Requests of ours that were refused: {result['refused']}."
    rows: list[Row] = [
        (
            name,
            str(sync["status"]),
            ", ".join(sync["failures"]) or "-",
            ", ".join(f"{number} x {what}" for what, number in sync["refusals"].items()) or "-",
        )
        for name, sync in result["syncs"].items()
    ]
    return _table(("sync", "exit status", "streams that failed", "refused requests"), rows)


def _latency(result: Json) -> str:
    ours, theirs = result["ours"], result["theirs"]
    names = {
        "requests_per_second": ("requests a second, from the second second on", ".2f"),
        "refused": ("requests refused for the limit", "d"),
        "requests": ("requests", ",d"),
        "wall": ("wall seconds", ".1f"),
        "wall_at_tier": ("requests / 10 a second", ".1f"),
        "records": ("records", ",d"),
    }
    rows = [_pair(name, ours[key], theirs[key], form) for key, (name, form) in names.items()]
    return f"## Latency\n\n300 ms a reply, Basic tier (10 a second).\n\n{_table(HEADER, rows)}"


def _startup(result: Json) -> str:
    rows = [
        _pair(f"{command}, {kind} seconds", costs[kind], result["theirs"][command][kind], ".2f")
        for command, costs in result["ours"].items()
        for kind in ("wall", "cpu")
    ]
    return f"## Start-up\n\n{_table(HEADER, rows)}"


def _memory(result: Json) -> str:
    rows: list[Row] = [
        (name, f"{size['advertisers']}", f"{size['windows']}", f"{size['records']:,d}", f"{size['peak_mb']:.0f}")
        for name, sizes in result.items()
        for size in sizes
    ]
    header = ("", "advertisers", "windows each", "records", "peak MB")
    return f"## Memory\n\n{_table(header, rows)}"
