"""What is read of several accounts at once is what is read of each alone: the same records, the same states."""

from collections import Counter
from datetime import date, timedelta

import pytest

from integration_tests.emulator import Emulator
from integration_tests.expected.days import asked_days
from integration_tests.expected.reports import expected_report
from integration_tests.harness.accounts import NOW, REPORT, ids
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json, Run
from integration_tests.several_accounts.worlds import DAILY, STREAMS, ZONES, crowd, in_any_order, joint, lines, states

START = "2026-10-01"
BORN = ("2026-01-01T00:00:00Z", "2026-10-20T03:00:00Z", "2026-11-08T22:00:00Z")


def assert_same(found: Run, wanted: Run) -> None:
    """Byte for byte, and at the end of the same states; nobody is warned of anything."""
    assert (found.exit_status, wanted.exit_status) == (0, 0)
    assert found.logged("WARN") == wanted.logged("WARN") == []
    assert sorted(found.streams) == sorted(wanted.streams)
    for stream in wanted.streams:
        assert lines(found, stream) == lines(wanted, stream), stream
    assert states(found) == states(wanted)


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("mode", ["incremental", "full_refresh"])
def test_records_and_states_are_those_of_single_requests(connect: Connect, mode: str, size: int) -> None:
    """Over five time zones, on both sides of midnight, of accounts as old as the hills and two days old."""
    with Emulator(crowd(12, created=BORN), now=NOW) as tiktok:
        connection = connect(tiktok, start_date=START)
        alone = connection.read(*STREAMS, sync_mode=mode)
        single = len(tiktok.log.to(REPORT))
        tiktok.log.clear()
        together = connection.read(*STREAMS, sync_mode=mode, accounts_per_request=size)

        assert_same(together, alone)
        assert len(joint(tiktok)) > 0
        assert max(len(request.params["advertiser_ids"]) for request in joint(tiktok)) == size
        assert len(tiktok.log.to(REPORT)) < single * (1.1 if size == 2 else 1)  # pairs in five zones: as many proofs


def test_it_is_what_tiktok_holds(connect: Connect) -> None:
    with Emulator(crowd(10), now=NOW) as tiktok:
        connection = connect(tiktok, start_date=START, accounts_per_request=5)
        schema = connection.catalog(DAILY)["streams"][0]["stream"]["json_schema"]
        found = in_any_order(connection.read(DAILY).records(DAILY))
        tomorrow = tiktok.clock.now().date() + timedelta(days=1)
        truth = expected_report(tiktok, schema, DAILY, date.fromisoformat(START), tomorrow)

        assert joint(tiktok)
        assert found == in_any_order(truth)


def test_by_default_each_account_is_asked_about_alone(connect: Connect) -> None:
    with Emulator(crowd(6), now=NOW) as tiktok:
        connect(tiktok, start_date=START).read(DAILY)

        assert joint(tiktok) == []


def test_states_at_different_places_go_on_from_each(connect: Connect) -> None:
    """Accounts that stand at the same place are asked together; nobody is read from elsewhere than alone."""
    with Emulator(crowd(12), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-05-01")
        streams = (DAILY, "ads_reports_hourly", "campaigns_audience_reports_by_country_daily")
        saved = connection.read(DAILY, *streams[2:], end_date="2026-11-05").last_states
        saved += connection.read(streams[1], start_date="2026-11-04", end_date="2026-11-05").last_states
        for state in saved:
            for place, entry in enumerate(state["stream"]["stream_state"]["states"]):
                move_back(entry["cursor"], "2026-08-30" if place in (3, 7) else "2026-11-02" if place % 3 else None)
        tiktok.log.clear()
        alone = connection.read(*streams, state=saved)
        asked = {id_: asked_days(tiktok, id_, "stat_time_day") for id_ in ids(tiktok)}
        single = len(tiktok.log.to(REPORT))
        tiktok.log.clear()
        together = connection.read(*streams, state=saved, accounts_per_request=4)

        assert_same(together, alone)
        assert len({tuple(days) for days in asked.values()}) > 2
        assert len(tiktok.log.to(REPORT)) < single * 0.6


def move_back(cursor: Json, to: str | None) -> None:
    """Let an account stand elsewhere."""
    for name, value in cursor.items():
        cursor[name] = value if to is None else to + value[10:]


def test_a_second_sync_goes_on_from_the_first(connect: Connect) -> None:
    """Whichever way each of them asks."""
    with Emulator(crowd(10, created=BORN), now=NOW) as tiktok:
        connection = connect(tiktok, start_date=START)
        first = connection.read(*STREAMS, accounts_per_request=5)
        tiktok.clock.move(hours=40)
        alone = connection.read(*STREAMS, state=first.last_states)
        together = connection.read(*STREAMS, state=first.last_states, accounts_per_request=5)

        assert_same(together, alone)


def test_custom_reports_keep_the_metrics_that_they_ask_for(connect: Connect) -> None:
    """Also those that TikTok adds by itself when it is asked about several accounts."""
    report = {"level": "campaign", "granularity": "day", "breakdowns": ["country_code"]}
    reports = [
        {"name": "plain", **report, "metrics": ["spend", "clicks"]},
        {"name": "told", **report, "metrics": ["currency", "spend"]},
        {"name": "recent", "level": "ad", "granularity": "total", "metrics": ["spend"], "start_date": "2026-11-01"},
    ]
    with Emulator(crowd(10), now=NOW) as tiktok:
        connection = connect(tiktok, start_date=START, custom_reports=reports)
        names = [f"custom_{each['name']}" for each in reports]
        alone = connection.read(*names)
        together = connection.read(*names, accounts_per_request=5)

        assert_same(together, alone)
        assert {tuple(record["metrics"]) for record in together.records(names[1])} == {("currency", "spend")}
        assert Counter(request.params["metrics"][0] for request in joint(tiktok)).keys() == {"spend", "currency"}


def test_pages_of_several_accounts_are_read_to_the_last_row(connect: Connect) -> None:
    """Their rows are mixed, and a page ends anywhere."""
    with Emulator(crowd(5, ads=8), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-07-01")
        stream = "ads_audience_reports_by_country_daily"
        alone = connection.read(stream)
        together = connection.read(stream, accounts_per_request=5)

        assert_same(together, alone)
        assert max(int(request.params["page"]) for request in joint(tiktok)) > 1


@pytest.mark.parametrize(("accounts", "zones"), [(1, ZONES), (4, ["Not/AZone"])], ids=["one account", "unknown days"])
def test_nobody_is_asked_together_who_may_have_other_days(connect: Connect, accounts: int, zones: list[str]) -> None:
    """Which days an account has in common with others is known only with its time zone."""
    world = crowd(accounts, zones=["Etc/UTC"])
    for advertiser in world.advertisers:
        if zones == ["Not/AZone"]:
            advertiser.row["timezone"] = None
            advertiser.change("2026-01-02T00:00:00Z", display_timezone=zones[0], timezone=zones[0])
    with Emulator(world, now=NOW) as tiktok:
        run = connect(tiktok, start_date=START, accounts_per_request=5).read(DAILY)

        assert run.exit_status == 0
        assert len(run.cursors(DAILY)) == accounts
        assert joint(tiktok) == []


def test_idle_accounts_are_asked_about_alone(connect: Connect) -> None:
    """No row is not believed: an account without rows costs its own request, whichever way."""
    world = crowd(5)
    silent = world.advertisers[1].id
    world.ads[:] = [ad for ad in world.ads if ad.advertiser_id != silent]
    world.touch()
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date=START)
        alone = connection.read(DAILY)
        tiktok.log.clear()
        together = connection.read(DAILY, accounts_per_request=5)

        assert_same(together, alone)
        assert all(silent not in request.params["advertiser_ids"] for request in joint(tiktok))
        assert asked_days(tiktok, silent, "stat_time_day")[0] == START


def test_days_that_delivered_nothing_are_left_out_together_as_alone(connect: Connect) -> None:
    """Accounts that delivered on the same day are asked together, the others not at all."""
    world = crowd(10)
    for place, ad in enumerate(world.ads):
        ad.share = 30 + 5 * (place % 3)
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-09-01", skip_idle_days="if_likely")
        stream = "ads_reports_hourly"
        alone = connection.read(stream)
        single = len(tiktok.log.to(REPORT))
        tiktok.log.clear()
        together = connection.read(stream, accounts_per_request=5)

        assert_same(together, alone)
        assert joint(tiktok)
        assert len(tiktok.log.to(REPORT)) < single
