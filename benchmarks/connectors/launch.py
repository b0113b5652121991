"""Runs one command and writes what it cost: `python launch.py REPORT PROCESSORS COMMAND…`; 0 is all processors.

The kernel counts the memory of the process that starts another as the other's own until that has replaced it, so this
one stays small: the standard library only.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

_PAUSE = 0.1
"""Seconds between looks at the memory; what is read each time is a peak since the start, so none is missed."""


class Peaks:
    """The peaks of memory of a process and of those that it starts, in KiB, until it is waited for."""

    def __init__(self, process: int) -> None:
        self._peaks: dict[int, int] = {}
        self._process = process
        threading.Thread(target=self._watch, daemon=True).start()

    def total(self) -> int:
        """Return the sum of all peaks, which is at least what was ever held at once."""
        return sum(self._peaks.values())

    def largest(self) -> int:
        """Return the peak of the largest process."""
        return max(self._peaks.values(), default=0)

    def _watch(self) -> None:
        while self._look(self._process):
            time.sleep(_PAUSE)

    def _look(self, process: int) -> bool:
        """Note the peaks of a process and its children; return whether the process is still there."""
        try:
            status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
            tasks = [path.read_text(encoding="ascii") for path in Path(f"/proc/{process}/task").glob("*/children")]
        except OSError:
            return False
        for line in status.splitlines():
            if line.startswith("VmHWM:"):
                self._peaks[process] = int(line.split()[1])
        for child in " ".join(tasks).split():
            self._look(int(child))
        return True


def main() -> None:
    """Run the command, report, and exit as the command did."""
    report, processors, *command = sys.argv[1:]
    if int(processors):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(processors)])
    started = time.monotonic()
    process = subprocess.Popen(command)  # noqa: S603  the benchmark's own command
    peaks = Peaks(process.pid)
    _, status, usage = os.wait4(process.pid, 0)
    cost = {
        "wall": time.monotonic() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": max(usage.ru_maxrss, peaks.total()) / 1024,
        "process_peak_mb": max(usage.ru_maxrss, peaks.largest()) / 1024,
        "status": os.waitstatus_to_exitcode(status),
    }
    Path(report).write_text(json.dumps(cost), encoding="utf-8")


if __name__ == "__main__":
    main()
