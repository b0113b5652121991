"""What the tests of asynchronous reports share: the streams, the days, and reading while TikTok is at work."""

from typing import Any

import orjson

from integration_tests.emulator import Emulator
from integration_tests.harness.connection import Connection, MovingClock
from integration_tests.harness.output import Run, assert_orderly

DAILY, HOURLY, GROUPS = "ads_reports_daily", "ads_reports_hourly", "ad_groups_reports_daily"
CREATE, CHECK, DOWNLOAD = "report/task/create/", "report/task/check/", "report/task/download/"
REPORT = "report/integrated/get/"
START, END = "2026-10-01", "2026-11-09"
FINISHED = "2026-11-08"
"""The last day at NOW, in UTC, whose figures TikTok has finished."""
MOST = 8
"""Objects that a report holds."""


def read(connection: Connection, *names: str, **changes: Any) -> Run:
    """Read with asynchronous reports, while the emulator's time passes."""
    arguments = connection.read_arguments(*names, **{"async_reports": True} | changes)
    run = connection.run(arguments, MovingClock(connection.tiktok))
    assert_orderly(run)
    return run


def whole(connection: Connection, *names: str, **changes: Any) -> Run:
    """Read as if a report held any number of objects."""
    limits, tiktok = connection.tiktok.report_limits, connection.tiktok
    most, limits.most_objects = limits.most_objects, None
    try:
        return connection.read(*names, **changes)
    finally:
        limits.most_objects = most
        tiktok.log.clear()


def in_order(run: Run, name: str) -> list[bytes]:
    """A stream's records as text, whatever order they came in."""
    return sorted(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in run.records(name))


def warnings(run: Run) -> list[str]:
    """The log messages that tell of tasks given up."""
    return [message for message in run.logged("WARN") if "asynchronous reports" in message]


def sent(tiktok: Emulator, path: str) -> int:
    """How often a path was asked."""
    return len(tiktok.log.to(path))
