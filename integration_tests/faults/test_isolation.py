"""A broken advertiser costs only itself, a broken stream only itself, and the end of the log tells both."""

from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import ADS, DAILY, HOURLY, NOW, REPORT, accounts, advertisers_of, ids
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json, Run

STREAMS = ("advertisers", "campaigns", "ad_groups", "ads", DAILY, HOURLY)
MANY = 12
EVENTS, DAYS = "pixel/instant_page/event/", 62


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """A dozen accounts alike."""
    with Emulator(accounts(MANY), now=NOW) as emulator:
        yield emulator


def ending(run: Run) -> str:
    """What the log says after the last record, state or status of a stream."""
    last = max(place for place, message in enumerate(run.messages) if message["type"] in ("RECORD", "STATE"))
    return "\n".join(message["log"]["message"] for message in run.messages[last:] if message["type"] == "LOG")


@pytest.mark.parametrize("when", ["before", "meanwhile"])
@pytest.mark.parametrize("fate", ["revoked", "deleted"])
def test_an_advertiser_that_is_gone_costs_only_itself(connect: Connect, tiktok: Emulator, fate: str, when: str) -> None:
    """Gone before the sync or while it runs: the others are whole, and the summary names it and says why."""
    connection = connect(tiktok, start_date="2026-11-07")
    calm = connection.read(*STREAMS)
    gone = ids(tiktok)[4]
    code, message = (40001, "No permission to operate advertiser") if fate == "revoked" else (40300, "Deleted:")
    paths = ("advertiser/info/",) if when == "before" else (REPORT, ADS, "campaign/get/", "adgroup/get/")

    for path in paths:
        tiktok.inject(
            Fault(
                path=path,
                match=lambda asked: gone in (asked.get("advertiser_id"), *asked.get("advertiser_ids", ())),
                code=code,
                message=f"{message} {gone}",
                times=None,
            )
        )
    run = connection.read(*STREAMS)

    assert run.exit_status == 0
    assert run.errors == []
    for stream in STREAMS:
        assert run.statuses(stream)[-1] == "COMPLETE"
        others = [record for record in calm.records(stream) if str(record["advertiser_id"]) != gone]
        if when == "before" or stream != "advertisers":
            assert once_by(stream, run) == {str(record): record for record in others}
    assert gone in ending(run)
    assert str(code) in ending(run)


def once_by(stream: str, run: Run) -> dict[str, Json]:
    """The records of a stream by their text, each of which occurs once."""
    found = {str(record): record for record in run.records(stream)}
    assert len(found) == len(run.records(stream))
    return found


def test_an_advertiser_that_never_answers_costs_only_itself(connect: Connect, tiktok: Emulator) -> None:
    """50000 on all that is asked of it: the streams are red for the time being, every other row is there."""
    connection = connect(tiktok, start_date="2026-11-07")
    calm = connection.read(*STREAMS)
    broken = ids(tiktok)[4]
    tiktok.inject(Fault(match={"advertiser_id": broken}, code=50000, message="Down.", times=None))
    run = connection.read(*STREAMS)

    assert run.exit_status == 1
    assert run.statuses("advertisers")[-1] == "COMPLETE"
    for stream in STREAMS[1:]:
        assert run.statuses(stream)[-1] == "INCOMPLETE"
        whole = {
            key: record
            for key, record in once(stream, calm.records(stream)).items()
            if record["advertiser_id"] != int(broken)
        }
        assert once(stream, run.records(stream)) == whole
    assert {error["failure_type"] for error in run.errors} == {"transient_error"}
    assert set(run.cursors(DAILY)) == set(ids(tiktok)) - {broken}
    assert "Down." in ending(run)


def test_after_the_broken_advertiser_is_mended_only_it_is_read_from_the_beginning(
    connect: Connect, tiktok: Emulator
) -> None:
    """Both syncs together hold every row; of the healthy advertisers only the lookback is repeated."""
    connection = connect(tiktok, start_date="2026-10-20", attribution_window=1)
    whole = connection.read(DAILY)
    broken = ids(tiktok)[4]
    tiktok.inject(Fault(match={"advertiser_id": broken}, code=50000, message="Down.", times=None))
    red = connection.read(DAILY)
    tiktok.clear_faults()
    green = connection.read(DAILY, state=red.last_states)
    both = {key: record for run in (red, green) for key, record in once(DAILY, run.records(DAILY)).items()}
    again = {record["stat_time_day"][:10] for record in green.records(DAILY) if record["advertiser_id"] != int(broken)}

    assert (red.exit_status, green.exit_status) == (1, 0)
    assert both == once(DAILY, whole.records(DAILY))
    assert green.cursors(DAILY) == whole.cursors(DAILY)
    assert again == {"2026-11-08", "2026-11-09", "2026-11-10"}


def test_a_failing_stream_costs_only_itself(connect: Connect, tiktok: Emulator) -> None:
    """Its advertisers and records are in the summary, beside the streams that are complete."""
    connection = connect(tiktok, start_date="2026-11-07")
    calm = connection.read(*STREAMS)
    tiktok.inject(Fault(path="adgroup/get/", code=40002, message="Unheard of.", times=None))
    run = connection.read(*STREAMS)
    told = ending(run)

    assert run.exit_status == 1
    assert run.statuses("ad_groups") == ["STARTED", "INCOMPLETE"]
    for stream in STREAMS:
        if stream != "ad_groups":
            assert run.statuses(stream)[-1] == "COMPLETE"
            assert len(run.records(stream)) == len(calm.records(stream))
            assert any(stream in line and str(len(run.records(stream))) in line for line in told.splitlines())
    assert "Unheard of." in told
    assert run.errors[-1]["message"].count("ad_groups") == 1


def test_errors_of_many_advertisers_do_not_flood_the_output(connect: Connect, tiktok: Emulator) -> None:
    """A dozen advertisers that all fail make a handful of traces; each is in the log once."""
    tiktok.inject(Fault(path=ADS, code=40002, message="Unheard of.", times=None))
    run = connect(tiktok).read("ads")

    assert len(run.errors) <= 4
    assert all(any(one in line for line in run.logged("ERROR")) for one in ids(tiktok))
    assert advertisers_of(run.records("ads")) == set()


@pytest.mark.slow
def test_an_advertiser_that_one_question_finds_gone_is_asked_no_more_by_any_stream(
    connect: Connect, tiktok: Emulator
) -> None:
    """Also where a stream asks about one advertiser after the other."""
    gone = ids(tiktok)[0]
    refusal = "No permission to operate advertiser"
    tiktok.inject(Fault(path=EVENTS, match={"advertiser_id": gone}, code=40001, message=refusal, times=None))
    about_it = {"advertiser_ids": [gone]}
    tiktok.inject(Fault(path="advertiser/info/", match=about_it, code=40001, message=refusal, times=None))
    run = connect(tiktok, start_date="2026-09-10").read("pixel_instant_page_events", HOURLY)
    asked = [request for request in tiktok.log.to(REPORT) if request.params["advertiser_id"] == gone]

    assert run.statuses("pixel_instant_page_events")[-1] == "COMPLETE"
    assert run.statuses(HOURLY)[-1] == ("INCOMPLETE" if gone in advertisers_of(run.records(HOURLY)) else "COMPLETE")
    assert len(asked) < DAYS / 2
    assert len(tiktok.log.to(REPORT)) >= DAYS * (MANY - 1)
