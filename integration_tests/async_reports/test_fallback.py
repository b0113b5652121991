"""Whatever goes wrong with a task, the report is asked in parts instead: nothing is lost, nothing comes out twice."""

import csv
import io
import re
import signal
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration_tests.async_reports.cases import (
    CHECK,
    CREATE,
    DAILY,
    DOWNLOAD,
    FINISHED,
    GROUPS,
    MOST,
    REPORT,
    START,
    in_order,
    read,
    sent,
    warnings,
    whole,
)
from integration_tests.emulator import Emulator, Fault, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Run, parsed

GRACE = 8
"""Seconds after which a container is killed, less what a busy machine takes."""
Table = list[list[str]]


def assert_divided(run: Run, expected: Run, tiktok: Emulator, told: str) -> None:
    """Everything came out once, by ids, and one line of the log tells why."""
    (warning,) = warnings(run)

    assert run.exit_status == 0
    assert in_order(run, DAILY) == in_order(expected, DAILY)
    assert run.state(DAILY) == expected.state(DAILY)
    assert sent(tiktok, "campaign/get/") > 0
    assert told in warning
    assert re.search(r"request_id \w{20}", warning)


def test_an_app_that_is_not_allow_listed_asks_once(connect: Connect, tiktok: Emulator) -> None:
    """For all streams and windows of a run."""
    tiktok.report_tasks.is_allowed = False
    connection = connect(tiktok, start_date="2026-08-01", end_date=FINISHED)
    expected = whole(connection, DAILY, GROUPS)
    run = read(connection, DAILY, GROUPS)

    assert_divided(run, expected, tiktok, "40118")
    assert in_order(run, GROUPS) == in_order(expected, GROUPS)
    assert sent(tiktok, CREATE) == 1


@pytest.mark.parametrize("end", ["FAILED", "CANCELED", None])
def test_a_task_that_fails_or_never_ends(connect: Connect, tiktok: Emulator, end: str | None) -> None:
    tiktok.report_tasks.end = end
    connection = connect(tiktok, start_date="2026-10-20", end_date=FINISHED)
    expected = whole(connection, DAILY)
    run = read(connection, DAILY)

    assert_divided(run, expected, tiktok, end or "after 30 minutes")
    assert sent(tiktok, CREATE) == 1
    assert sent(tiktok, CHECK) < 50
    assert run.waited > (1800 if end is None else 0)


def without_a_column(rows: Table) -> Table:
    return [row[:-1] for row in rows]


def without_a_row(rows: Table) -> Table:
    return rows[:-1]


def with_a_row_twice(rows: Table) -> Table:
    return [*rows, rows[-1]]


def with_short_rows(rows: Table) -> Table:
    return [rows[0], *(row[:-1] for row in rows[1:])]


def with_titles(rows: Table) -> Table:
    return [[name.title() for name in rows[0]], *rows[1:]]


def with_other_days(rows: Table) -> Table:
    return [[value.replace("2026-11-0", "2026-12-0") for value in row] for row in rows]


def with_other_times(rows: Table) -> Table:
    return [[value.removesuffix(" 00:00:00") for value in row] for row in rows]


def with_thousands(rows: Table) -> Table:
    return [[f"{int(value):,}" if value.isdecimal() and len(value) < 10 else value for value in row] for row in rows]


@pytest.mark.parametrize(
    "bend",
    [
        without_a_column,
        without_a_row,
        with_a_row_twice,
        with_short_rows,
        with_titles,
        with_other_days,
        with_other_times,
        with_thousands,
    ],
)
def test_a_file_that_is_not_what_was_asked_for(
    connect: Connect, tiktok: Emulator, bend: Callable[[Table], Table]
) -> None:
    def bent(file: str) -> str:
        written = io.StringIO()
        csv.writer(written).writerows(bend(list(csv.reader(io.StringIO(file, newline="")))))
        return written.getvalue()

    tiktok.inject(Fault(path=DOWNLOAD, rewrite=bent, times=None))
    connection = connect(tiktok, start_date="2026-10-20", end_date=FINISHED)
    expected = whole(connection, DAILY)
    run = read(connection, DAILY)

    assert_divided(run, expected, tiktok, "of TikTok's task")
    assert sent(tiktok, CREATE) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"path": CREATE, "code": 40002, "message": "Invalid metric fields: ['reach']"},
        {"path": CREATE, "code": 40001, "message": "No permission to operate advertiser 1"},
        {"path": CHECK, "code": 40200, "message": "Task error."},
        {"path": DOWNLOAD, "code": 40201, "message": "Not ready."},
        {"path": CREATE, "status": 503},
        {"path": CREATE, "rewrite": lambda _: {}},
        {"path": CHECK, "rewrite": lambda _: {"status": "LOST", "message": ""}},
    ],
    ids=lambda fault: f"{fault['path'].split('/')[2]}-{fault.get('code', fault.get('status', 'answer'))}",
)
def test_requests_about_tasks_that_are_refused(connect: Connect, tiktok: Emulator, fault: dict[str, Any]) -> None:
    tiktok.inject(Fault(times=None, **fault))
    connection = connect(tiktok, start_date="2026-10-20", end_date=FINISHED)
    expected = whole(connection, DAILY)
    run = read(connection, DAILY)

    assert run.exit_status == 0
    assert in_order(run, DAILY) == in_order(expected, DAILY)
    assert run.state(DAILY) == expected.state(DAILY)
    assert len(warnings(run)) == 1


@pytest.mark.parametrize(
    "fault",
    [{"path": CHECK, "code": 40100}, {"path": CHECK, "status": 502}, {"path": DOWNLOAD, "truncate": True}],
    ids=["limit", "gateway", "cut"],
)
def test_what_passes_is_waited_out(connect: Connect, tiktok: Emulator, fault: dict[str, Any]) -> None:
    """The task goes on meanwhile."""
    tiktok.inject(Fault(times=3, **fault))
    connection = connect(tiktok, start_date="2026-10-20", end_date=FINISHED)
    expected = whole(connection, DAILY)
    run = read(connection, DAILY)

    assert in_order(run, DAILY) == in_order(expected, DAILY)
    assert warnings(run) == []
    assert sent(tiktok, CREATE) == 1
    assert sent(tiktok, "campaign/get/") == 0


def test_one_account_that_fails_leaves_the_others_their_tasks(connect: Connect, tiktok: Emulator, world: World) -> None:
    """A task of one account that failed doesn't tell of another."""
    world.add(other := an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z"))
    for _ in range(MOST + 1):
        world.add(campaign := a_campaign(other), group := an_ad_group(campaign), an_ad(group, share=100))
    first = world.advertisers[0].id
    tiktok.inject(Fault(path=CHECK, match={"advertiser_id": first}, rewrite=lambda _: {"status": "FAILED"}, times=None))
    connection = connect(tiktok, start_date="2026-08-01", end_date=FINISHED)
    expected = whole(connection, DAILY)
    run = read(connection, DAILY)
    created = [request.params["advertiser_id"] for request in tiktok.log.to(CREATE)]

    assert in_order(run, DAILY) == in_order(expected, DAILY)
    assert created.count(other.id) == 4
    assert len(warnings(run)) == 1
    assert first in warnings(run)[0]


def test_a_run_that_is_told_to_end_waits_for_no_task(connect: Connect, world: World) -> None:
    """Its state says that nothing was read."""
    today, waits = datetime.now(UTC).date(), threading.Event()

    def is_waiting(_: dict[str, Any]) -> bool:
        waits.set()
        return False

    with Emulator(world) as tiktok:
        tiktok.report_tasks.is_allowed, tiktok.report_tasks.end = True, None
        tiktok.report_limits.most_objects = MOST
        tiktok.inject(Fault(path=CHECK, match=is_waiting, times=None))
        connection = connect(
            tiktok,
            start_date=str(today - timedelta(days=9)),
            end_date=str(today - timedelta(days=3)),
            async_reports=True,
        )
        with connection.start(connection.read_arguments(DAILY), stderr=subprocess.PIPE) as process:
            assert waits.wait(60)
            process.send_signal(signal.SIGTERM)
            try:
                written, complaints = process.communicate(timeout=GRACE)
            finally:
                process.kill()
    run = Run(process.returncode, parsed(written, connection.secrets))

    assert complaints == b""
    assert run.exit_status == 1
    assert run.records(DAILY) == []
    assert all("states" not in str(state) or run.cursors(DAILY) == {} for state in run.of("STATE"))


def test_the_command_line_of_a_new_sync_starts_anew(connect: Connect, tiktok: Emulator) -> None:
    """What a run has learnt of tasks is forgotten with it."""
    tiktok.report_tasks.is_allowed = False
    connection = connect(tiktok, start_date=START, end_date=FINISHED)
    read(connection, DAILY)
    tiktok.report_tasks.is_allowed = True
    run = read(connection, DAILY)

    assert warnings(run) == []
    assert sent(tiktok, DOWNLOAD) == 2
    assert sent(tiktok, REPORT) > 0
