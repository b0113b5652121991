"""The results as a page of Markdown."""

from typing import Any

from benchmarks.connectors.public_package import PACKAGE, VERSION
from benchmarks.report.daily import daily
from benchmarks.report.requests import report_requests, requests
from benchmarks.report.speed import latency, memory, startup, throughput

Json = dict[str, Any]

SECTIONS = {
    "throughput": throughput,
    "report_requests": report_requests,
    "requests": requests,
    "daily": daily,
    "latency": latency,
    "startup": startup,
    "memory": memory,
}


def page(results: Json) -> str:
    """Return the page of all jobs that were measured."""
    parts = [_head(results["machine"])]
    parts += [section(results[name]) for name, section in SECTIONS.items() if name in results]
    return "\n\n".join(parts) + "\n"


def _head(machine: Json) -> str:
    before, after = machine["load"]
    return (
        "# Benchmark\n\n"
        f"Written by `make bench` on {machine['date']}: {machine['processors']} processors, Python "
        f"{machine['python']}. Load of the machine before and after: {before:.1f}, {after:.1f}.\n\n"
        f"*Theirs* is the public package `{PACKAGE}` {VERSION} with its default settings. Both ask the same emulator, "
        "in turns; values are medians of the turns. Compare the ratios rather than the values.\n\n"
        "![Ours and theirs](results.svg)"
    )
