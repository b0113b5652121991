"""A full refresh that is tried again goes on where the earlier attempt was cut off; a finished one starts anew."""

from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.expected.keys import keyed, once
from integration_tests.harness.accounts import ADS, DAILY, HOURLY, NOW, REPORT, accounts, advertisers_of, ids
from integration_tests.harness.connection import Connect

STREAMS = (DAILY, HOURLY, "ads", "campaigns")
SINCE = "2026-10-20"


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Three accounts."""
    with Emulator(accounts(3), now=NOW) as emulator:
        yield emulator


def test_an_attempt_goes_on_where_the_one_before_was_cut_off(connect: Connect, tiktok: Emulator) -> None:
    """Per account and window: what was emitted is not emitted again, and together they are the whole."""
    connection = connect(tiktok, start_date=SINCE, report_granularity=5)
    whole = connection.read(*STREAMS, sync_mode="full_refresh")
    first, second, third = ids(tiktok)
    for path in (ADS, "campaign/get/"):
        tiktok.inject(Fault(path=path, match={"advertiser_id": second}, code=50000, times=None))
    for account, day in ((second, "2026-10-30"), (third, "2026-11-04")):
        tiktok.inject(Fault(path=REPORT, match={"advertiser_id": account, "start_date": day}, code=50000, times=None))
    attempt = connection.read(*STREAMS, sync_mode="full_refresh")
    tiktok.clear_faults()
    asked = len(tiktok.log)
    again = connection.read(*STREAMS, sync_mode="full_refresh", state=attempt.last_states)

    assert attempt.exit_status == 1
    assert again.exit_status == 0
    for stream in STREAMS:
        before, after = keyed(stream, attempt.records(stream)), once(stream, again.records(stream))

        assert before | after == once(stream, whole.records(stream))
    assert keyed(DAILY, attempt.records(DAILY)).keys() & keyed(DAILY, again.records(DAILY)).keys() < set(
        keyed(DAILY, attempt.records(DAILY))
    )
    assert first not in advertisers_of([*again.records("ads"), *again.records("campaigns")])
    assert [request for request in list(tiktok.log)[asked:] if request.path == ADS] != []


def test_an_attempt_that_was_finished_but_for_one_window_costs_that_window(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok, start_date=SINCE, end_date="2026-11-08", report_granularity=5)
    last = ids(tiktok)[-1]
    tiktok.inject(Fault(path=REPORT, match={"advertiser_id": last, "start_date": "2026-11-04"}, code=50000, times=None))
    attempt = connection.read(DAILY, sync_mode="full_refresh")
    tiktok.clear_faults()
    tiktok.log.clear()
    again = connection.read(DAILY, sync_mode="full_refresh", state=attempt.last_states)

    assert [(r.params["advertiser_id"], r.params["start_date"]) for r in tiktok.log.to(REPORT)] == [
        (last, "2026-11-04")
    ]
    assert keyed(DAILY, attempt.records(DAILY)).keys().isdisjoint(keyed(DAILY, again.records(DAILY)))


@pytest.mark.parametrize("stream", STREAMS)
def test_a_finished_full_refresh_starts_anew(connect: Connect, tiktok: Emulator, stream: str) -> None:
    """Its state says that it is done, in either mode of the next sync."""
    connection = connect(tiktok, start_date=SINCE)
    first = connection.read(stream, sync_mode="full_refresh")
    second = connection.read(stream, sync_mode="full_refresh", state=first.last_states)
    incremental = connection.read(stream, state=first.last_states)

    assert once(stream, second.records(stream)) == once(stream, first.records(stream)) != {}
    assert once(stream, incremental.records(stream)) == once(stream, first.records(stream))


@pytest.mark.parametrize("stream", STREAMS)
def test_the_state_of_an_incremental_sync_is_no_attempt(connect: Connect, tiktok: Emulator, stream: str) -> None:
    """Somebody changed the mode of the stream: everything is read."""
    connection = connect(tiktok, start_date=SINCE)
    incremental = connection.read(stream)
    run = connection.read(stream, sync_mode="full_refresh", state=incremental.last_states)

    assert once(stream, run.records(stream)) == once(stream, incremental.records(stream))


def test_an_attempt_goes_on_without_lookback(connect: Connect, tiktok: Emulator) -> None:
    """What the earlier attempt emitted was read today."""
    connection = connect(tiktok, start_date=SINCE, attribution_window=28)
    first = connection.read(DAILY, sync_mode="full_refresh")
    unfinished = [state for state in first.of("STATE") if "stream" in state][:-1]
    tiktok.log.clear()
    again = connection.read(DAILY, sync_mode="full_refresh", state=unfinished[-1:])

    assert keyed(DAILY, again.records(DAILY)).keys() < keyed(DAILY, first.records(DAILY)).keys()


def test_an_attempt_on_the_next_day_reads_the_rest_of_the_day_before(connect: Connect, tiktok: Emulator) -> None:
    _, second, _ = ids(tiktok)
    connection = connect(tiktok, start_date="2026-11-08")
    tiktok.inject(Fault(path=REPORT, match={"advertiser_id": second}, code=50000, times=None))
    attempt = connection.read(DAILY, sync_mode="full_refresh")
    tiktok.clear_faults()
    tiktok.clock.move(days=1)
    again = connection.read(DAILY, sync_mode="full_refresh", state=attempt.last_states)
    merged = keyed(DAILY, attempt.records(DAILY)) | keyed(DAILY, again.records(DAILY))
    whole = keyed(DAILY, connection.read(DAILY, sync_mode="full_refresh").records(DAILY))

    assert again.statuses(DAILY)[-1] == "COMPLETE"
    assert {key: row["metrics"]["spend"] for key, row in merged.items()} == {
        key: row["metrics"]["spend"] for key, row in whole.items()
    }
