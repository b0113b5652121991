"""Runs one command and writes what it cost: `python launch.py REPORT COMMAND…`.

The kernel counts the memory of the process that starts another as the other's own until that has replaced it, so this
one stays small: the standard library only.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    """Run the command, report, and exit as the command did."""
    report, *command = sys.argv[1:]
    started = time.monotonic()
    process = subprocess.Popen(command)  # noqa: S603  the benchmark's own command
    _, status, usage = os.wait4(process.pid, 0)
    cost = {
        "wall": time.monotonic() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
        "status": os.waitstatus_to_exitcode(status),
    }
    Path(report).write_text(json.dumps(cost), encoding="utf-8")


if __name__ == "__main__":
    main()
