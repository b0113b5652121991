"""A sync that goes on from the last one reads what may have changed, and leaves no gap."""

from datetime import date, timedelta
from typing import Any

import pytest

from integration_tests.emulator import (
    Emulator,
    Fault,
    World,
    a_campaign,
    a_smart_plus_ad,
    an_ad,
    an_ad_group,
    an_advertiser,
)
from integration_tests.expected.days import asked_days, days_between
from integration_tests.expected.entities import ENTITIES, expected_entities
from integration_tests.expected.keys import keyed
from integration_tests.expected.reports import expected_report
from integration_tests.harness.accounts import FINISHED_DAY, FINISHED_HOUR, NOW
from integration_tests.harness.connection import Connect, Connection

START = date(2026, 9, 20)
FIRST, SECOND = date(2026, 11, 10), date(2026, 11, 12)
FINISHED = date.fromisoformat(FINISHED_DAY)


def a_small_world() -> World:
    """One account in UTC with an ad that always delivers and converts, one that a month ago stopped, one deleted."""
    world = World()
    advertiser = an_advertiser(timezone="Etc/UTC", created="2025-01-01T00:00:00Z")
    campaign = a_campaign(advertiser, objective_type="WEB_CONVERSIONS")
    ad_group = an_ad_group(campaign, optimization_goal="CONVERT", billing_event="OCPM")
    world.add(
        advertiser,
        campaign,
        ad_group,
        an_ad(ad_group, share=100, volume=90_000, every_hour=True),
        an_ad(ad_group, stops="2026-10-10T00:00:00Z"),
        an_ad(ad_group, share=100, deleted="2026-11-11T15:00:00Z"),
    )
    return world


def schema_of(connection: Connection, stream: str) -> dict[str, Any]:
    (found,) = [offered["json_schema"] for offered in connection.discover() if offered["name"] == stream]
    schema: dict[str, Any] = found
    return schema


@pytest.mark.parametrize(
    ("window", "days"), [({}, 3), ({"attribution_window": 0}, 0), ({"attribution_window": 28}, 28)]
)
@pytest.mark.parametrize("stream", ["ads_reports_daily", "campaigns_reports_daily"])
def test_a_resumed_daily_report_reads_the_lookback_and_no_more(
    connect: Connect, stream: str, window: dict[str, int], days: int
) -> None:
    """Both syncs merged equal what TikTok holds, up to conversions booked later than the lookback."""
    with Emulator(a_small_world(), now=NOW) as tiktok:
        connection = connect(tiktok, start_date=str(START), **window)
        advertiser = tiktok.world.advertisers[0].id
        first = connection.read(stream)
        asked_first = asked_days(tiktok, advertiser, "stat_time_day")
        tiktok.log.clear()
        tiktok.clock.move(days=2)
        second = connection.read(stream, state=first.last_states)
        reread = FINISHED - timedelta(days=days)
        schema = schema_of(connection, stream)
        merged = keyed(stream, first.records(stream) + second.records(stream))
        fresh = expected_report(tiktok, schema, stream, reread, SECOND, advertisers=[advertiser])
        whole = expected_report(tiktok, schema, stream, START, SECOND, advertisers=[advertiser])

        assert asked_first == days_between(START, FIRST)
        assert first.cursors(stream) == {advertiser: str(FINISHED)}
        assert asked_days(tiktok, advertiser, "stat_time_day") == days_between(reread, SECOND)
        assert keyed(stream, second.records(stream)) == keyed(stream, fresh)
        assert second.cursors(stream) == {advertiser: str(FINISHED + timedelta(days=2))}
        assert merged.keys() == keyed(stream, whole).keys()
        if days >= 3:
            assert merged == keyed(stream, whole)


def test_a_resumed_hourly_report_leaves_no_hour_out(connect: Connect) -> None:
    """The cursor is the newest hour that TikTok can have finished; it and all later ones are read again."""
    with Emulator(a_small_world(), now="2026-11-10T12:40:00Z") as tiktok:
        connection = connect(tiktok, start_date="2026-11-09", attribution_window=0)
        advertiser, stream = tiktok.world.advertisers[0].id, "advertisers_reports_hourly"
        first = connection.read(stream)
        tiktok.log.clear()
        tiktok.clock.move(days=1, hours=3)
        second = connection.read(stream, state=first.last_states)
        schema = schema_of(connection, stream)
        reread = expected_report(tiktok, schema, stream, FINISHED, FIRST + timedelta(days=1), advertisers=[advertiser])

        assert first.cursors(stream) == {advertiser: FINISHED_HOUR}
        assert asked_days(tiktok, advertiser, "stat_time_hour") == ["2026-11-09", "2026-11-10", "2026-11-11"]
        assert keyed(stream, second.records(stream)) == keyed(stream, reread)
        assert second.cursors(stream) == {advertiser: "2026-11-10 23:00:00"}


def test_a_lifetime_report_is_read_anew_each_time_and_keeps_no_cursor(connect: Connect) -> None:
    with Emulator(a_small_world(), now=NOW) as tiktok:
        connection, stream = connect(tiktok, start_date=str(START)), "ads_reports_lifetime"
        first = connection.read(stream)
        second = connection.read(stream, state=first.last_states)

        assert first.state(stream) == {"__ab_no_cursor_state_message": True}
        assert len(first.records(stream)) == 3
        assert second.records(stream) == first.records(stream)


def a_structured_world() -> World:
    """An account with two of each object, a TopView campaign and a Smart+ ad."""
    world = World()
    advertiser = an_advertiser(timezone="Etc/UTC", created="2025-01-01T00:00:00Z")
    world.add(advertiser)
    for buying_type in ("AUCTION", "AUCTION", "RESERVATION_TOP_VIEW"):
        campaign = a_campaign(advertiser, buying_type=buying_type, modified="2026-03-01T00:00:00Z")
        ad_group = an_ad_group(campaign, modified="2026-03-02T00:00:00Z")
        world.add(campaign, ad_group, an_ad(ad_group, modified="2026-03-03T00:00:00Z"))
    smart = a_campaign(advertiser, campaign_automation_type="UPGRADED_SMART_PLUS", modified="2026-01-01T00:00:00Z")
    smart_group = an_ad_group(smart, modified="2026-01-01T00:00:00Z")
    world.add(smart, smart_group, a_smart_plus_ad(smart_group))
    return world


@pytest.mark.parametrize("stream", ENTITIES)
def test_the_first_sync_emits_every_object_whatever_start_date_says(connect: Connect, stream: str) -> None:
    with Emulator(a_structured_world(), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-01")
        run = connection.read(stream)
        expected = expected_entities(tiktok, schema_of(connection, stream), stream, [tiktok.world.advertisers[0].id])

        assert len(expected) == 4
        assert keyed(stream, run.records(stream)) == keyed(stream, expected)


@pytest.mark.parametrize(
    ("stream", "collection"), [("campaigns", "campaigns"), ("ad_groups", "ad_groups"), ("ads", "ads")]
)
def test_a_resumed_entity_stream_emits_what_changed_and_what_equals_the_cursor(
    connect: Connect, stream: str, collection: str
) -> None:
    """Changed: one auction object and the TopView one. Equal to its cursor: the other auction object.

    Smart+ ads tell no modification time, so they are always emitted.
    """
    with Emulator(a_structured_world(), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-01")
        objects = getattr(tiktok.world, collection)
        advertiser = tiktok.world.advertisers[0].id
        first = connection.read(stream)
        objects[0].change("2026-11-11T08:00:00Z", operation_status="DISABLE")
        objects[2].change("2026-11-11T09:00:00Z", operation_status="DISABLE")
        tiktok.world.touch()
        tiktok.clock.move(days=2)
        second = connection.read(stream, state=first.last_states)
        third = connection.read(stream, state=second.last_states)
        truth = keyed(stream, expected_entities(tiktok, schema_of(connection, stream), stream, [advertiser]))
        smart = [int(objects[3].id)] if stream == "ads" else []

        assert sorted(key for (key,) in keyed(stream, second.records(stream))) == sorted(
            [int(objects[0].id), int(objects[1].id), int(objects[2].id), *smart]
        )
        assert all(truth[key] == record for key, record in keyed(stream, second.records(stream)).items())
        assert sorted(key for (key,) in keyed(stream, third.records(stream))) == sorted(
            [int(objects[0].id), int(objects[2].id), *smart]
        )


def test_ads_of_an_account_that_refuses_the_filter_by_change_are_left_out_here(connect: Connect) -> None:
    """The records are the same as with the filter, and one warning tells why there are more requests."""
    with Emulator(a_structured_world(), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-01")
        first = connection.read("ads")
        tiktok.world.ads[0].change("2026-11-11T08:00:00Z", operation_status="DISABLE")
        tiktok.world.touch()
        tiktok.clock.move(days=2)
        narrowed = connection.read("ads", state=first.last_states)

        def is_narrowed(asked: dict[str, Any]) -> bool:
            return "modified_after" in asked.get("filtering", {})

        tiktok.log.clear()
        tiktok.inject(Fault(path="ad/get/", match=is_narrowed, code=40002, message="No such filter.", times=None))
        run = connection.read("ads", state=first.last_states)
        (told,) = run.logged("WARN")

        assert run.exit_status == 0
        assert keyed("ads", run.records("ads")) == keyed("ads", narrowed.records("ads"))
        assert run.state("ads") == narrowed.state("ads")
        assert [is_narrowed(request.params) for request in tiktok.log.to("ad/get/")].count(True) == 1
        assert tiktok.world.advertisers[0].id in told
        assert "No such filter." in told


def test_another_refusal_of_ads_fails_as_ever(connect: Connect) -> None:
    with Emulator(a_structured_world(), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-01")
        first = connection.read("ads")
        tiktok.inject(Fault(path="ad/get/", code=40002, message="No.", times=None))
        run = connection.read("ads", state=first.last_states)

        assert run.exit_status == 1
        assert run.logged("WARN") == []


def test_what_changes_behind_the_reading_is_read_by_the_next_sync(connect: Connect) -> None:
    """A campaign changes after its page was read, then one whose page is still to come."""
    world = World()
    advertiser = an_advertiser(timezone="Etc/UTC", created="2025-01-01T00:00:00Z")
    campaigns = [a_campaign(advertiser, modified="2026-03-01T00:00:00Z") for _ in range(1001)]
    world.add(advertiser, *campaigns)
    oldest_first = sorted(campaigns, key=lambda campaign: int(campaign.id))
    behind, ahead = oldest_first[-1], oldest_first[0]
    with Emulator(world, now=NOW) as tiktok:

        def change(answer: Any) -> Any:
            """Once the first page is on its way."""
            behind.change("2026-11-10T12:00:30Z", operation_status="DISABLE")
            ahead.change("2026-11-10T12:00:40Z", operation_status="DISABLE")
            tiktok.world.touch()
            tiktok.clock.move(minutes=1)
            return answer

        tiktok.inject(Fault(path="campaign/get/", match={"page": 1}, rewrite=change))
        connection = connect(tiktok, start_date="2026-11-01")
        first = connection.read("campaigns")
        second = connection.read("campaigns", state=first.last_states)

        assert len(first.records("campaigns")) == len(campaigns)
        assert {str(record["campaign_id"]): record["operation_status"] for record in second.records("campaigns")} == {
            behind.id: "DISABLE",
            ahead.id: "DISABLE",
        }


def test_an_object_deleted_since_the_last_sync_is_emitted_as_deleted(connect: Connect) -> None:
    with Emulator(a_small_world(), now=NOW) as tiktok:
        connection = connect(tiktok, start_date=str(START))
        deleted = int(tiktok.world.ads[2].id)
        first = connection.read("ads")
        tiktok.clock.move(days=2)
        second = connection.read("ads", state=first.last_states)

        assert [(ad["ad_id"], ad["secondary_status"]) for ad in second.records("ads") if ad["ad_id"] == deleted] == [
            (deleted, "AD_STATUS_DELETE")
        ]


def test_an_advertiser_granted_since_the_last_sync_is_read_from_start_date(connect: Connect) -> None:
    with Emulator(a_small_world(), now=NOW) as tiktok:
        connection, stream = connect(tiktok, start_date="2026-10-20"), "campaigns_reports_daily"
        first = connection.read(stream)
        newcomer = an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
        tiktok.world.add(newcomer)
        tiktok.log.clear()
        second = connection.read(stream, state=first.last_states)

        assert asked_days(tiktok, newcomer.id, "stat_time_day") == days_between(date(2026, 10, 20), FIRST)
        assert asked_days(tiktok, tiktok.world.advertisers[0].id, "stat_time_day")[0] == "2026-11-06"
        assert second.cursors(stream) == {advertiser.id: str(FINISHED) for advertiser in tiktok.world.advertisers}


def test_a_long_time_without_rows_makes_few_states(connect: Connect) -> None:
    """An account that never delivered: many windows, a state a second at the most, and the last one is complete."""
    world, stream = World(), "ads_reports_hourly"
    advertiser = an_advertiser(timezone="Etc/UTC", created="2025-01-01T00:00:00Z")
    world.add(advertiser)
    with Emulator(world, now=NOW) as tiktok:
        run = connect(tiktok, start_date=str(START)).read(stream)
        windows = len(asked_days(tiktok, advertiser.id, "stat_time_hour"))

    assert windows == (FIRST - START).days + 1
    assert 1 <= len(run.of("STATE")) < windows / 3
    assert list(run.cursors(stream).values()) == [FINISHED_HOUR]
