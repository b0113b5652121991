"""TikTok punishes the repetition of a request that it took too long for: the next one asks for less."""

import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault, uniform_world
from integration_tests.expected.days import days_between
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect, Connection, EmulatedClock
from integration_tests.harness.output import Run, assert_orderly, parsed
from source_tiktok_marketing.api.timeouts import Timeouts
from source_tiktok_marketing.run import main

DAILY, HOURLY, LIFETIME = "ads_reports_daily", "ads_reports_hourly", "ads_reports_lifetime"
TOO_LONG, PATIENT = 4.0, 2.0


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    with Emulator(uniform_world(1, 43), now=NOW) as emulator:
        yield emulator


def impatient_read(connection: Connection, *names: str) -> Run:
    """Read with little patience for a reply."""
    out, clock = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), EmulatedClock(connection.tiktok)
    status = main(connection.read_arguments(*names), out, clock, Timeouts(read_seconds=PATIENT))
    run = Run(status, parsed(out.buffer.getvalue(), connection.secrets), clock.waited)
    assert_orderly(run)
    return run


def days(params: dict[str, Any]) -> int:
    if "start_date" not in params:
        return 0
    return len(days_between(date.fromisoformat(params["start_date"]), date.fromisoformat(params["end_date"])))


def rows_at_once(params: dict[str, Any]) -> int:
    return int(params.get("page_size", 0))


@pytest.mark.parametrize(
    ("name", "path", "slow"),
    [
        (DAILY, "report/integrated/get/", lambda asked: days(asked) > 5),
        pytest.param(HOURLY, "report/integrated/get/", lambda asked: rows_at_once(asked) > 500, marks=pytest.mark.slow),
        pytest.param(
            LIFETIME, "report/integrated/get/", lambda asked: rows_at_once(asked) > 500, marks=pytest.mark.slow
        ),
        ("ads", "ad/get/", lambda asked: rows_at_once(asked) > 500),
        pytest.param(
            HOURLY,
            "report/integrated/get/",
            lambda asked: rows_at_once(asked) > 500 and asked["page"] == "2",
            marks=pytest.mark.slow,
        ),
    ],
    ids=["report-window", "report-page", "report-without-days", "list", "second-page"],
)
def test_what_takes_too_long_is_asked_in_smaller_parts_and_never_again(
    connect: Connect, tiktok: Emulator, name: str, path: str, slow: Callable[[dict[str, Any]], bool]
) -> None:
    """Every row comes out once, and no question arrives twice."""
    start = {"start_date": "2026-11-01" if name == DAILY else "2026-11-09", "end_date": "2026-11-09"}
    connection = connect(tiktok, **start)
    whole = connection.read(name)
    tiktok.log.clear()
    arrived: list[str] = []

    def noted(asked: dict[str, Any]) -> bool:
        arrived.append(str(asked))
        return slow(asked)

    tiktok.inject(Fault(path=path, match=noted, delay=TOO_LONG, times=None))
    run = impatient_read(connection, name)

    assert run.exit_status == 0
    assert once(name, run.records(name)) == once(name, whole.records(name))
    assert run.state(name) == whole.state(name)
    assert len(arrived) > len({request.query for request in tiktok.log.to(path) if not slow(request.params)})
    assert len(set(arrived)) == len(arrived)
