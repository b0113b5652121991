"""Never red for a reason that passes: what TikTok or the network does for a while, and questions too large."""

from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import DAILY, HOURLY, REPORT, advertisers_of, ids
from integration_tests.harness.connection import Connect

STREAMS = ("campaigns", "ads", DAILY, HOURLY)


@pytest.mark.parametrize(
    "fault",
    [
        {"code": 50000, "message": "System error."},
        {"code": 50002, "message": "Service error."},
        {"code": 51305, "message": "A new one."},
        {"code": 40202, "message": "Conflict."},
        {"code": 40100, "message": "Too many requests. Please retry in some time."},
        {"code": 40016, "message": "Too many requests to the endpoint."},
        {"code": 40133, "message": "Too many requests for the advertiser."},
        {"status": 500},
        {"status": 503, "headers": {"Retry-After": "7"}},
        {"status": 429},
        {"drop": True},
        {"truncate": True},
        {"garbage": True},
        {"drip": 0.2},
    ],
    ids=lambda fault: "-".join(map(str, fault)) + str(fault.get("code", fault.get("status", ""))),
)
def test_what_passes_is_waited_out_and_changes_nothing(
    connect: Connect, tiktok: Emulator, fault: dict[str, Any]
) -> None:
    """The same records, each once, and a green sync."""
    connection = connect(tiktok, start_date="2026-11-08")
    calm = connection.read(*STREAMS)
    for path in (REPORT, "ad/get/", "advertiser/info/"):
        tiktok.inject(Fault(path=path, times=2, **fault))
    rough = connection.read(*STREAMS)

    assert rough.exit_status == 0
    for stream in STREAMS:
        assert once(stream, rough.records(stream)) == once(stream, calm.records(stream))
        assert rough.state(stream) == calm.state(stream)


def test_the_server_decides_how_long_to_wait(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path="ad/get/", status=503, headers={"Retry-After": "300"}))

    assert 300 <= connect(tiktok).read("ads").waited < 330


def test_what_does_not_pass_fails_its_stream_for_the_time_being(connect: Connect, tiktok: Emulator) -> None:
    """The stream that failed keeps what it read and says that the next sync will do; the others are complete."""
    first, *others = ids(tiktok)
    tiktok.inject(Fault(path="ad/get/", match={"advertiser_id": first}, code=50000, message="Down.", times=None))
    run = connect(tiktok, start_date="2026-11-08").read(*STREAMS)

    assert run.exit_status == 1
    assert run.statuses("ads")[-1] == "INCOMPLETE"
    assert all(run.statuses(stream)[-1] == "COMPLETE" for stream in STREAMS if stream != "ads")
    assert advertisers_of(run.records("ads")) == set(others)
    assert {error["failure_type"] for error in run.errors} == {"transient_error"}
    assert "Down." in run.errors[0]["message"]


@pytest.mark.parametrize("fault", [{"code": 40067, "message": "Too large."}, {"headers": {"X-Tt-Ads-Throttle": "20k"}}])
def test_a_question_that_is_too_large_is_asked_in_parts(
    connect: Connect, tiktok: Emulator, fault: dict[str, Any]
) -> None:
    """More than five days are too many for TikTok here; every row comes out once all the same."""
    connection = connect(tiktok, start_date="2026-10-20")
    calm = connection.read(DAILY)

    def wide(params: dict[str, Any]) -> bool:
        return int(params["end_date"][-2:]) - int(params["start_date"][-2:]) not in range(5)

    tiktok.inject(Fault(path=REPORT, match=wide, times=None, **fault))
    run = connection.read(DAILY)

    assert run.exit_status == 0
    assert once(DAILY, run.records(DAILY)) == once(DAILY, calm.records(DAILY))
    assert run.state(DAILY) == calm.state(DAILY)


@pytest.mark.parametrize("times", [1, 2])
def test_a_single_day_that_is_too_large_for_a_while_is_waited_out(
    connect: Connect, tiktok: Emulator, times: int
) -> None:
    """Nothing less can be asked of a report of advertisers by the hour."""
    name = "advertisers_reports_hourly"
    connection = connect(tiktok, start_date="2026-11-06")
    calm = connection.read(name)
    day = {"advertiser_id": ids(tiktok)[0], "start_date": "2026-11-08"}
    tiktok.inject(Fault(path=REPORT, match=day, code=40067, message="Too large.", times=times))
    run = connection.read(name)

    assert run.exit_status == 0
    assert once(name, run.records(name)) == once(name, calm.records(name))
    assert run.state(name) == calm.state(name)


def test_a_single_day_that_is_too_large_fails_loudly(connect: Connect, tiktok: Emulator) -> None:
    first = ids(tiktok)[0]
    day = {"advertiser_id": first, "start_date": "2026-11-08"}
    tiktok.inject(Fault(path=REPORT, match=day, code=40067, message="Too large.", times=None))
    run = connect(tiktok, start_date="2026-11-06").read(HOURLY)

    assert run.exit_status == 1
    assert run.cursors(HOURLY)[first] == "2026-11-07 23:00:00"
    assert "2026-11-08" in run.errors[0]["message"]
