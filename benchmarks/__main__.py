"""Measure and write `benchmarks/results.md`, `.json` and `.svg`: `python -m benchmarks [JOB…]`.

Without jobs all are measured; with some, the others keep their last results.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from benchmarks import results
from benchmarks.connectors import public_package
from benchmarks.connectors.connector import Pair, ours, theirs
from benchmarks.jobs import all_streams, daily, latency, memory, report_requests, startup, throughput
from benchmarks.report.page import page
from benchmarks.report.picture import picture
from benchmarks.service.service import present

Json = dict[str, Any]

JOBS: Mapping[str, Callable[[Pair], Json]] = {
    "startup": startup.run,
    "throughput": throughput.run,
    "memory": memory.run,
    "latency": latency.run,
    "report_requests": report_requests.run,
    "requests": all_streams.run,
    "daily": daily.run,
}


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Install the public package, measure, and write the results after each job."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(JOBS))
    jobs = parser.parse_args().jobs or list(JOBS)
    if unknown := set(jobs) - JOBS.keys():
        parser.error(f"there is no job {', '.join(sorted(unknown))}")
    public_package.install()
    measured = results.load()
    load = os.getloadavg()[0]
    for name in jobs:
        say(f"Measuring {name}")
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            job = JOBS[name](Pair(ours(), theirs(), Path(folder)))
        measured |= {name: job, "machine": _machine(load)}
        text = results.encode(measured)
        measured = orjson.loads(text)
        _write(text, measured)
        say(f"  {orjson.dumps(measured[name]).decode()}\n  {time.monotonic() - started:.0f} s")
    say(f"\n{page(measured)}")


def _machine(load: float) -> Json:
    return {
        "date": present().date().isoformat(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "load": [load, os.getloadavg()[0]],
    }


def _write(text: bytes, measured: Json) -> None:
    results.FILE.write_bytes(text)
    results.FILE.with_suffix(".md").write_text(page(measured), encoding="utf-8")
    results.FILE.with_suffix(".svg").write_text(picture(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
