"""Never green with rows missing: what is withdrawn, not granted or refused, and who is told."""

from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import DAILY, FINISHED_HOUR, HOURLY, REPORT, advertisers_of, ids
from integration_tests.harness.connection import Connect

STREAMS = ("campaigns", "ads", DAILY, HOURLY)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (40001, "No permission to operate advertiser {}"),
        (40300, "Advertiser {} does not exist."),
    ],
)
@pytest.mark.parametrize("path", ["advertiser/info/", "ad/get/", REPORT])
def test_an_advertiser_that_was_withdrawn_is_skipped_and_the_rest_is_read(
    connect: Connect, tiktok: Emulator, code: int, message: str, path: str
) -> None:
    gone, *others = ids(tiktok)

    def about_it(params: dict[str, Any]) -> bool:
        return params.get("advertiser_id") == gone or gone in params.get("advertiser_ids", [])

    tiktok.inject(Fault(path=path, match=about_it, code=code, message=message.format(gone), times=None))
    run = connect(tiktok, start_date="2026-11-08").read("ads", DAILY)
    warnings = run.logged("WARN")

    assert run.exit_status == 0
    assert advertisers_of(run.records("ads")) >= set(others)
    assert advertisers_of(run.records(DAILY)) >= set(others)
    assert any(
        gone in told and str(code) in told and "request_id 2026" in told and ("ads" in told or path in told)
        for told in warnings
    )


def test_an_advertiser_that_the_configuration_names_may_not_be_missed(connect: Connect, tiktok: Emulator) -> None:
    gone, other, _ = ids(tiktok)
    tiktok.world.advertisers[0].granted = False
    run = connect(tiktok, start_date="2026-11-08", advertiser_ids=[gone, other]).read("ads", DAILY)

    assert run.exit_status == 1
    assert {run.statuses(stream)[-1] for stream in ("ads", DAILY)} == {"INCOMPLETE"}
    assert advertisers_of(run.records("ads")) == {other}
    assert all(gone in error["message"] for error in run.errors)
    assert {error["failure_type"] for error in run.errors} == {"config_error"}


def test_when_all_advertisers_are_withdrawn_the_sync_fails(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path="ad/get/", code=40001, message="No permission to operate advertiser", times=None))
    run = connect(tiktok).read("ads", "campaigns")

    assert run.exit_status == 1
    assert run.statuses("ads") == ["STARTED", "INCOMPLETE"]


NOT_GRANTED = "The developer does not grant you the permission /open_api/v1.3/ad/get/:GET."


def test_an_endpoint_that_is_not_granted_costs_only_its_stream(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path="ad/get/", code=40001, message=NOT_GRANTED, times=None))
    run = connect(tiktok, start_date="2026-11-08").read(*STREAMS)

    assert run.exit_status == 1
    assert run.statuses("ads") == ["STARTED", "INCOMPLETE"]
    assert {error["failure_type"] for error in run.errors} == {"config_error"}
    for stream in ("campaigns", DAILY, HOURLY):
        assert run.statuses(stream)[-1] == "COMPLETE"
        assert advertisers_of(run.records(stream)) == set(ids(tiktok))


def test_an_endpoint_that_one_advertiser_lacks_costs_only_that(connect: Connect, tiktok: Emulator) -> None:
    lacking, *others = ids(tiktok)
    tiktok.inject(Fault(path="ad/get/", match={"advertiser_id": lacking}, code=40001, message=NOT_GRANTED, times=None))
    run = connect(tiktok, start_date="2026-11-08").read(*STREAMS)
    (warning,) = run.logged("WARN")

    assert run.exit_status == 0
    assert advertisers_of(run.records("ads")) == set(others)
    assert advertisers_of(run.records(DAILY)) == set(ids(tiktok))
    assert all(part in warning for part in ("ads", lacking, "40001", "request_id 2026"))


@pytest.mark.parametrize("code", [40002, 40006, 49999])
def test_a_request_that_tiktok_refuses_is_never_swallowed(connect: Connect, tiktok: Emulator, code: int) -> None:
    """The stream is red and its state stands where rows were read to; the others are complete."""
    first, *others = ids(tiktok)
    connection = connect(tiktok, start_date="2026-11-01", attribution_window=0)
    before = connection.read(*STREAMS, end_date="2026-11-05")
    refused = {"advertiser_id": first, "dimensions": ["campaign_id", "stat_time_hour"], "start_date": "2026-11-07"}
    tiktok.inject(Fault(path=REPORT, match=refused, code=code, message="Wrong, somehow.", times=None))
    run = connection.read(*STREAMS, state=before.last_states)
    told = run.errors[0]["message"]

    assert run.exit_status == 1
    assert run.statuses(HOURLY)[-1] == "INCOMPLETE"
    assert all(run.statuses(stream)[-1] == "COMPLETE" for stream in STREAMS if stream != HOURLY)
    assert run.cursors(HOURLY) == {first: "2026-11-06 23:00:00"} | dict.fromkeys(others, FINISHED_HOUR)
    assert str(code) in told
    assert "Wrong, somehow." in told
    assert "request_id" in told


def test_a_failed_stream_goes_on_where_it_stopped(connect: Connect, tiktok: Emulator) -> None:
    """After the fault is mended the next sync fills the gap: both together hold every hour."""
    connection = connect(tiktok, start_date="2026-11-06", attribution_window=0)
    whole = connection.read(HOURLY)
    refused = {"advertiser_id": ids(tiktok)[1], "start_date": "2026-11-08"}
    tiktok.inject(Fault(path=REPORT, match=refused, code=40002, message="Wrong, somehow.", times=1))
    failed = connection.read(HOURLY)
    mended = connection.read(HOURLY, state=failed.last_states)
    keys = {(record["campaign_id"], record["stat_time_hour"]) for record in whole.records(HOURLY)}
    both = failed.records(HOURLY) + mended.records(HOURLY)

    assert (failed.exit_status, mended.exit_status) == (1, 0)
    assert {(record["campaign_id"], record["stat_time_hour"]) for record in both} == keys
    assert mended.state(HOURLY) == whole.state(HOURLY)


def test_a_metric_that_tiktok_refuses_is_left_out_with_one_warning(connect: Connect, tiktok: Emulator) -> None:
    """Everything else of every row comes out."""
    connection = connect(tiktok, start_date="2026-11-08")
    before = once(DAILY, connection.read(DAILY).records(DAILY))
    message = (
        "Please correct the information in invalid metric fields and try again. Invalid metric fields: ['reach']. "
    )
    tiktok.inject(
        Fault(path=REPORT, match=lambda asked: "reach" in asked["metrics"], code=40002, message=message, times=None)
    )
    run = connection.read(DAILY)
    (warning,) = run.logged("WARN")
    for record in before.values():
        del record["metrics"]["reach"]

    assert run.exit_status == 0
    assert once(DAILY, run.records(DAILY)) == before
    assert DAILY in warning
    assert "reach" in warning


def test_a_token_revoked_in_the_middle_ends_the_run_at_once(connect: Connect, tiktok: Emulator) -> None:
    """No further request makes sense; what was read is kept, and the user is told to authorise again."""
    tiktok.inject(Fault(path=REPORT, after=5, code=40105, message="Access token is incorrect.", times=None))
    run = connect(tiktok, start_date="2026-09-01").read(HOURLY, DAILY)

    assert run.exit_status == 1
    assert {run.statuses(stream)[-1] for stream in (HOURLY, DAILY)} == {"INCOMPLETE"}
    assert {error["failure_type"] for error in run.errors} == {"config_error"}
    assert "uthorise" in run.errors[-1]["message"]
    assert len(tiktok.log.to(REPORT)) < 60


def test_a_secret_that_tiktok_repeats_in_its_message_stays_hidden(connect: Connect, tiktok: Emulator) -> None:
    """Neither logs nor traces show it: the harness looks for it in every output."""
    echo = f"The token {tiktok.access_token} of app {tiktok.app_id} with {tiktok.secret} may not do this."
    tiktok.inject(Fault(path="ad/get/", code=40002, message=echo, times=None))
    run = connect(tiktok).read("ads")

    assert run.exit_status == 1
    assert "may not do this" in run.errors[0]["message"]


def test_an_answer_that_is_a_part_only_is_told(connect: Connect, tiktok: Emulator) -> None:
    """TikTok answers a batch of which some failed with what it has, and says so."""
    connection = connect(tiktok, start_date="2026-11-08")
    calm = connection.read("campaigns", DAILY)
    tiktok.inject(Fault(code=20001, message="Some failed.", times=None))
    run = connection.read("campaigns", DAILY)

    assert run.exit_status == 0
    assert all(once(stream, run.records(stream)) == once(stream, calm.records(stream)) for stream in run.streams)
    assert [told for told in run.logged("WARN") if "20001" in told and "Some failed." in told]


def test_advertisers_that_tiktok_tells_nothing_of_are_read_and_named(connect: Connect, tiktok: Emulator) -> None:
    untold = ids(tiktok)[0]

    def without_it(data: dict[str, Any]) -> dict[str, Any]:
        return {"list": [row for row in data["list"] if row["advertiser_id"] != untold]}

    connection = connect(tiktok, start_date="2026-11-08")
    calm = connection.read("campaigns", "advertisers")
    tiktok.inject(Fault(path="advertiser/info/", rewrite=without_it, times=None))
    run = connection.read("campaigns", "advertisers")

    assert run.exit_status == 0
    assert once("campaigns", run.records("campaigns")) == once("campaigns", calm.records("campaigns"))
    assert len(run.records("advertisers")) == len(calm.records("advertisers")) - 1
    assert [told for told in run.logged("WARN") if f"Stream advertisers skips advertiser {untold}." in told]
