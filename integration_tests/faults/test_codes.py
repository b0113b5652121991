"""Return codes, end to end: each sort of answer once, the body before the HTTP status, nothing swallowed."""

from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator, Fault, uniform_world
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import ADS, DAILY, HOURLY, NOW, REPORT, accounts, advertisers_of, ids
from integration_tests.harness.connection import Connect


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Three accounts alike."""
    with Emulator(accounts(3), now=NOW) as emulator:
        yield emulator


# What can be about the buying types that ads are asked for is asked once more, for all of them together.
ONCE, TWICE = [40011, 40051, 40117, 41001, 43210], [40000, 40002, 40007, 40118, 40125]


@pytest.mark.parametrize("code", [*ONCE, *TWICE])
def test_what_waiting_cannot_mend_is_not_asked_again(connect: Connect, tiktok: Emulator, code: int) -> None:
    """One request an advertiser, then the stream is red with TikTok's code and words; the others are complete."""
    tiktok.inject(Fault(path=ADS, code=code, message="Not like this.", times=None))
    run = connect(tiktok, start_date="2026-11-08").read("ads", "campaigns", DAILY)
    told = run.errors[0]

    assert run.exit_status == 1
    assert run.statuses("ads") == ["STARTED", "INCOMPLETE"]
    assert [run.statuses(stream)[-1] for stream in ("campaigns", DAILY)] == ["COMPLETE", "COMPLETE"]
    assert advertisers_of(run.records(DAILY)) == set(ids(tiktok))
    assert str(code) in told["message"]
    assert "Not like this." in told["message"]
    assert "request_id" in told["message"]
    assert told["failure_type"] in ("config_error", "system_error")
    assert len(tiktok.log.to(ADS)) == 3 * (1 if code in ONCE else 2)


@pytest.mark.parametrize("code", [40016, 40050, 40100, 40133, 40202, 40700, 50000, 50002, 51039, 60001])
def test_what_does_not_pass_in_time_is_told_as_passing(connect: Connect, tiktok: Emulator, code: int) -> None:
    """After patience the stream fails for the time being, and the message tells what was tried."""
    connection = connect(tiktok, start_date="2026-11-08")
    tiktok.inject(Fault(path=ADS, match={"advertiser_id": ids(tiktok)[0]}, code=code, message="Later.", times=None))
    run = connection.read("ads", "campaigns")
    told = run.errors[0]

    assert run.exit_status == 1
    assert run.statuses("ads")[-1] == "INCOMPLETE"
    assert run.statuses("campaigns")[-1] == "COMPLETE"
    assert advertisers_of(run.records("ads")) == set(ids(tiktok)[1:])
    assert told["failure_type"] == "transient_error"
    assert str(code) in told["message"]
    assert "times" in told["message"] or "minutes" in told["message"]


@pytest.mark.parametrize("code", [40101, 40102, 40104, 40105, 40106, 40110, 40113, 40115, 40116, 40124, 41000])
def test_a_refused_token_or_app_ends_the_run(connect: Connect, tiktok: Emulator, code: int) -> None:
    """Nothing can be read any more: all streams are red, the user is told to act, TikTok is left alone."""
    tiktok.inject(Fault(path=REPORT, after=2, code=code, message="Refused.", times=None))
    run = connect(tiktok, start_date="2026-09-01").read(HOURLY, DAILY)

    assert run.exit_status == 1
    assert {run.statuses(stream)[-1] for stream in (HOURLY, DAILY)} == {"INCOMPLETE"}
    assert {error["failure_type"] for error in run.errors} == {"config_error"}
    assert str(code) in run.errors[-1]["message"]
    assert len(tiktok.log.to(REPORT)) < 60


@pytest.mark.parametrize("code", [40001, 40119, 40300, 40301])
def test_an_advertiser_that_is_gone_is_asked_nothing_more(connect: Connect, tiktok: Emulator, code: int) -> None:
    """70 days of hourly reports are not tried one by one, and the other advertisers are read."""
    gone, *others = ids(tiktok)
    message = f"No permission to operate advertiser {gone}"
    tiktok.inject(Fault(path=REPORT, match={"advertiser_id": gone}, code=code, message=message, times=None))
    run = connect(tiktok, start_date="2026-09-01").read("campaigns", HOURLY)

    assert run.exit_status == 0
    assert advertisers_of(run.records(HOURLY)) == set(others)
    assert len([request for request in tiktok.log.to(REPORT) if request.params["advertiser_id"] == gone]) <= 40
    assert any(gone in told and str(code) in told for told in run.logged("WARN"))


def test_a_permission_for_an_object_does_not_cost_the_advertiser(connect: Connect, tiktok: Emulator) -> None:
    """40001 about something within the account: the stream lacks the advertiser, no other stream does."""
    first = ids(tiktok)[0]
    connection = connect(tiktok, start_date="2026-10-01")
    calm = connection.read(HOURLY)
    message = "Insufficient permissions for some images"
    tiktok.inject(Fault(path=ADS, match={"advertiser_id": first}, code=40001, message=message, times=None))
    run = connection.read("ads", HOURLY)

    assert run.exit_status == 0
    assert advertisers_of(run.records("ads")) == set(ids(tiktok)[1:])
    assert once(HOURLY, run.records(HOURLY)) == once(HOURLY, calm.records(HOURLY))


def test_a_wrong_parameter_on_the_second_page_is_not_the_end_of_the_list(connect: Connect) -> None:
    """40002 after a good page: red, with the page that was read kept and the cursor before it."""
    with Emulator(uniform_world(1, 43), now=NOW) as tiktok:
        tiktok.inject(Fault(path=REPORT, match={"page": "2"}, code=40002, message="page: is wrong.", times=None))
        connection = connect(tiktok, start_date="2026-11-09", end_date="2026-11-09")
        run = connection.read("ads_reports_hourly")

        assert run.exit_status == 1
        assert run.statuses("ads_reports_hourly")[-1] == "INCOMPLETE"
        assert run.state("ads_reports_hourly")["states"] == []
        assert "page: is wrong." in run.errors[0]["message"]
