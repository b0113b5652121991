"""What tasks hold comes out as what the report would have held, for fewer requests, and only where it can't hold it."""

from typing import Any

import pytest

from integration_tests.async_reports.cases import (
    CHECK,
    CREATE,
    DAILY,
    DOWNLOAD,
    END,
    FINISHED,
    GROUPS,
    HOURLY,
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
from integration_tests.harness.connection import Connect, MovingClock


@pytest.mark.parametrize("everything", [False, True], ids=["what-lists-show", "everything"])
def test_records_are_those_of_the_report_and_of_tiktok(
    connect: Connect, tiktok: Emulator, world: World, *, everything: bool
) -> None:
    """Whatever files hold of deleted objects and TopView, all of them come out, once, however many there are."""
    tiktok.report_tasks.holds_everything = everything
    tiktok.report_limits.most_objects = 3
    connection = connect(tiktok, start_date=START, end_date=END)
    names = (DAILY, GROUPS, "campaigns_reports_daily")
    expected = whole(connection, *names)
    run = read(connection, *names)
    found = {(str(record["ad_id"]), record["stat_time_day"]) for record in run.records(DAILY)}
    truth = {(row["dimensions"]["ad_id"], row["dimensions"]["stat_time_day"]) for row in tiktok_rows(tiktok, world)}

    assert run.exit_status == 0
    assert warnings(run) == []
    assert found == truth
    for name in names:
        assert in_order(run, name) == in_order(expected, name)
        assert run.state(name) == expected.state(name)
    assert sent(tiktok, CREATE) == sent(tiktok, DOWNLOAD) == 6


def tiktok_rows(tiktok: Emulator, world: World) -> list[dict[str, Any]]:
    """The rows that TikTok holds of ads, ad by ad, with as many ids as a report takes."""
    filters = {"ad_status": '["STATUS_ALL"]', "buying_type": '["AUCTION","RESERVATION_RF","RESERVATION_TOP_VIEW"]'}
    filtering = [{"field_name": name, "filter_type": "IN", "filter_value": value} for name, value in filters.items()]
    months = [(START, "2026-10-30"), ("2026-10-31", END)]
    return [
        row
        for ad in world.ads
        for start, end in months
        for row in tiktok.report_rows(
            advertiser_id=ad.advertiser_id,
            report_type="BASIC",
            data_level="AUCTION_AD",
            dimensions=["ad_id", "stat_time_day"],
            start_date=start,
            end_date=end,
            filtering=[*filtering, {"field_name": "ad_ids", "filter_type": "IN", "filter_value": f'["{ad.id}"]'}],
        )
    ]


def test_hours_are_those_of_the_report(connect: Connect, tiktok: Emulator) -> None:
    """One task a day, up to the last day that is finished."""
    connection = connect(tiktok, start_date="2026-11-01", end_date=END)
    expected = whole(connection, HOURLY)
    run = read(connection, HOURLY)

    assert run.exit_status == 0
    assert in_order(run, HOURLY) == in_order(expected, HOURLY)
    assert run.state(HOURLY) == expected.state(HOURLY)
    assert {request.params["end_date"] for request in tiktok.log.to(CREATE)} == {
        f"2026-11-{day:02d}" for day in range(1, 9)
    }


def test_tasks_take_fewer_requests_than_parts(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok, start_date=START, end_date=FINISHED)
    connection.read(DAILY)
    divided = len(tiktok.log)
    tiktok.log.clear()
    run = read(connection, DAILY)

    assert run.exit_status == 0
    assert len(tiktok.log) < divided / 5


def test_unfinished_days_are_asked_for_directly(connect: Connect, tiktok: Emulator) -> None:
    """Files are hours old: today is left to the report, and the state keeps up with both parts."""
    connection = connect(tiktok, start_date="2026-10-20")
    run = read(connection, DAILY)
    stops = [
        entry["cursor"]["stat_time_day"]
        for state in run.of("STATE")
        for entry in state["stream"]["stream_state"]["states"]
    ]

    assert run.exit_status == 0
    assert {record["stat_time_day"][:10] for record in run.records(DAILY)} >= {FINISHED, "2026-11-09", "2026-11-10"}
    assert max(request.params["end_date"] for request in tiktok.log.to(CREATE)) == FINISHED
    assert FINISHED in stops
    assert stops == sorted(stops)


def test_a_resumed_sync_reads_its_lookback_as_a_task(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok, start_date=START, attribution_window=7)
    first = read(connection, DAILY)
    tiktok.clock.move(days=2)
    expected = whole(connection, DAILY, state=first.last_states, end_date="2026-11-11")
    run = read(connection, DAILY, state=first.last_states, end_date="2026-11-11")
    (created,) = tiktok.log.to(CREATE)

    assert in_order(run, DAILY) == in_order(expected, DAILY)
    assert run.state(DAILY) == expected.state(DAILY)
    assert created.params["start_date"] == min(record["stat_time_day"][:10] for record in run.records(DAILY))


def test_nothing_else_is_asked_as_a_task(connect: Connect, tiktok: Emulator) -> None:
    """Countries have names in files, a lifetime isn't finished, and what a report holds needs no task."""
    names = ("ads_reports_by_country_daily", "ads_audience_reports_daily", "ads_reports_lifetime")
    connection = connect(tiktok, start_date="2026-11-05", end_date=END)
    run = read(connection, *names)
    tiktok.report_limits.most_objects = None
    fitting = read(connection, DAILY)
    tiktok.report_limits.most_objects = MOST
    without = connection.read(DAILY)
    undeleted = read(connection, DAILY, include_deleted=False)

    assert {each.exit_status for each in (run, fitting, without, undeleted)} == {0}
    assert sent(tiktok, CREATE) == sent(tiktok, CHECK) == 0


def test_what_the_destination_has_no_column_for_does_not_come_out(connect: Connect, tiktok: Emulator) -> None:
    """Not even the metric that files are compared by."""
    connection = connect(tiktok, start_date=START, end_date=FINISHED)
    catalog = connection.catalog(DAILY)
    columns = catalog["streams"][0]["stream"]["json_schema"]["properties"]["metrics"]["properties"]
    for name in set(columns) - {"clicks"}:
        del columns[name]
    tiktok.report_limits.most_objects = None
    arguments = [
        *connection.read_arguments(DAILY, async_reports=True)[:3],
        "--catalog",
        connection.file("few", catalog),
    ]
    expected = connection.run(arguments)
    tiktok.report_limits.most_objects = MOST
    run = connection.run(arguments, MovingClock(tiktok))

    assert in_order(run, DAILY) == in_order(expected, DAILY)
    assert {tuple(record["metrics"]) for record in run.records(DAILY)} == {("clicks",)}
    assert {tuple(request.params["metrics"]) for request in tiktok.log.to(CREATE)} == {("clicks", "impressions")}


def test_custom_reports_are_asked_as_tasks_unless_they_filter(connect: Connect, tiktok: Emulator) -> None:
    """Or have nothing that files are compared by."""
    plain: dict[str, Any] = {"name": "plain", "level": "ad", "metrics": ["impressions", "spend", "ad_name"]}
    first = tiktok.world.campaigns[0].id
    filtered = plain | {"name": "filtered", "filters": [{"field": "campaign_ids", "operator": "IN", "values": [first]}]}
    uncounted = {"name": "uncounted", "level": "ad", "metrics": ["spend"]}
    names = ("custom_plain", "custom_filtered", "custom_uncounted")
    connection = connect(tiktok, start_date=START, end_date=FINISHED, custom_reports=[plain, filtered, uncounted])
    expected = whole(connection, *names)
    run = read(connection, *names)

    assert run.exit_status == 0
    for name in names:
        assert in_order(run, name) == in_order(expected, name)
        assert run.records(name)
    assert {len(request.params["metrics"]) for request in tiktok.log.to(CREATE)} == {3}
    assert sent(tiktok, CREATE) == 2


def test_a_file_that_memory_should_not_hold_is_divided_by_days(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok, start_date="2026-10-20", end_date=FINISHED)
    expected = whole(connection, DAILY)

    def large(file: str) -> str:
        days = {line[:30] for line in file.splitlines()}
        return file.replace("\n", "," + " " * (51 << 20) + "\n", 1) if len(days) > 60 else file

    tiktok.inject(Fault(path=DOWNLOAD, rewrite=large, times=1))
    run = read(connection, DAILY)

    assert run.exit_status == 0
    assert in_order(run, DAILY) == in_order(expected, DAILY)
    assert run.state(DAILY) == expected.state(DAILY)
    assert warnings(run) == []
    assert sent(tiktok, CREATE) == 3
    assert sent(tiktok, REPORT) > 3


def test_several_accounts_at_once_are_asked_alone_where_one_has_too_many_objects(
    connect: Connect, tiktok: Emulator, world: World
) -> None:
    """Each of those then as a task of its own."""
    world.add(other := an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z"))
    world.add(campaign := a_campaign(other), group := an_ad_group(campaign), an_ad(group, share=100))
    connection = connect(tiktok, start_date=START, end_date=FINISHED, accounts_per_request=5)
    expected = whole(connection, DAILY)
    run = read(connection, DAILY)

    assert run.exit_status == 0
    assert in_order(run, DAILY) == in_order(expected, DAILY)
    assert run.state(DAILY) == expected.state(DAILY)
    assert {request.params["advertiser_id"] for request in tiktok.log.to(CREATE)} == {world.advertisers[0].id}
