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

from benchmarks import competitor, latency, memory, request_count, startup, throughput
from benchmarks.connectors import Pair, ours, theirs
from benchmarks.moment import present
from benchmarks.plot import picture
from benchmarks.report import page

Json = dict[str, Any]

HERE = Path(__file__).parent
JOBS: Mapping[str, Callable[[Pair], Json]] = {
    "startup": startup.run,
    "throughput": throughput.run,
    "memory": memory.run,
    "latency": latency.run,
    "requests": request_count.run,
}


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Build, measure, write after each job."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help=", ".join(JOBS))
    jobs = parser.parse_args().jobs or list(JOBS)
    if unknown := set(jobs) - JOBS.keys():
        parser.error(f"there is no job {', '.join(sorted(unknown))}")
    competitor.build()
    saved = HERE / "results.json"
    results: Json = orjson.loads(saved.read_bytes()) if saved.exists() else {}
    load = os.getloadavg()[0]
    for name in jobs:
        say(f"Measuring {name}")
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            results[name] = JOBS[name](Pair(ours(), theirs(), Path(folder)))
        results["machine"] = _machine(load)
        _write(saved, results)
        say(f"  {orjson.dumps(results[name]).decode()}\n  {time.monotonic() - started:.0f} s")
    say(f"\n{page(results)}")


def _machine(load: float) -> Json:
    return {
        "date": present().date().isoformat(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "load": [load, os.getloadavg()[0]],
    }


def _write(saved: Path, results: Json) -> None:
    saved.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    saved.with_suffix(".md").write_text(page(results), encoding="utf-8")
    saved.with_suffix(".svg").write_text(picture(results), encoding="utf-8")


if __name__ == "__main__":
    main()
