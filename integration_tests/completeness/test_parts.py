"""A stream that was read of a part of an account is never complete."""

from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.harness.accounts import DAILY, NOW, REPORT, accounts, ids
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json, Run

EVENTS, PATH = "pixel_instant_page_events", "pixel/instant_page/event/"
INFO = "advertiser/info/"
WITHDRAWN, NOT_GRANTED = "No permission to operate advertiser.", "The endpoint is not granted to the app."


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts."""
    with Emulator(accounts(2), now=NOW) as emulator:
        yield emulator


def rows_of(run: Run, stream: str, account: str) -> list[Json]:
    return [row for row in run.records(stream) if str(row["advertiser_id"]) == account]


@pytest.mark.parametrize("message", [WITHDRAWN, NOT_GRANTED])
@pytest.mark.parametrize("is_withdrawn", [True, False], ids=["account", "endpoint"])
def test_instant_page_events_that_are_refused_half_way_are_not_complete(
    connect: Connect, tiktok: Emulator, message: str, *, is_withdrawn: bool
) -> None:
    """Some combinations of objective and goal were answered for the account, the others never will be."""
    first, _ = ids(tiktok)
    connection = connect(tiktok)
    calm = connection.read(EVENTS)
    tiktok.inject(Fault(path=PATH, match={"advertiser_id": first}, code=40001, message=message, times=None, after=4))
    if is_withdrawn:
        tiktok.inject(Fault(path=INFO, match={"advertiser_ids": [first]}, code=40001, message=message, times=None))
    run = connection.read(EVENTS)

    assert 0 < len(rows_of(run, EVENTS, first)) < len(rows_of(calm, EVENTS, first))
    assert run.statuses(EVENTS)[-1] == "INCOMPLETE"


@pytest.mark.parametrize("message", [WITHDRAWN, NOT_GRANTED])
@pytest.mark.parametrize("is_withdrawn", [True, False], ids=["account", "endpoint"])
def test_a_window_that_arrives_after_another_was_refused_makes_a_part(
    connect: Connect, tiktok: Emulator, message: str, *, is_withdrawn: bool
) -> None:
    """The first window was on its way when the second was refused, and its rows come out."""
    first, _ = ids(tiktok)
    refused = {"advertiser_id": first, "start_date": "2026-11-09"}
    tiktok.inject(Fault(path=REPORT, match={"advertiser_id": first, "start_date": "2026-11-08"}, delay=1.0))
    tiktok.inject(Fault(path=REPORT, match=refused, code=40001, message=message, times=None))
    if is_withdrawn:
        tiktok.inject(Fault(path=INFO, match={"advertiser_ids": [first]}, code=40001, message=message, times=None))
    connection = connect(tiktok, start_date="2026-11-08", end_date="2026-11-09", report_granularity=1)
    run = connection.read(DAILY)

    assert len(rows_of(run, DAILY, first)) == 1
    assert run.statuses(DAILY)[-1] == "INCOMPLETE"


def test_a_stream_that_is_under_way_when_an_account_turns_out_to_be_withdrawn_makes_a_part(
    connect: Connect, tiktok: Emulator
) -> None:
    """Another stream finds out while the first window is on its way; the later ones are not asked for any more."""
    first, _ = ids(tiktok)
    tiktok.inject(Fault(path=REPORT, match={"advertiser_id": first}, times=None, delay=0.5))
    for path, match in (("campaign/get/", {"advertiser_id": first}), (INFO, {"advertiser_ids": [first]})):
        tiktok.inject(Fault(path=path, match=match, code=40001, message=WITHDRAWN, times=None))
    connection = connect(tiktok, start_date="2026-08-01", report_granularity=1)
    run = connection.read(DAILY, "campaigns")
    part = rows_of(run, DAILY, first)

    assert 0 < len(part) < 102
    assert run.statuses(DAILY)[-1] == "INCOMPLETE"
