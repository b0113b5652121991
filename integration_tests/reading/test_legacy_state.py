"""A state of any version before this one is gone on from where it stood: `samples/states` holds one of each format."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.harness.accounts import FINISHED_DAY, FINISHED_HOUR, NOW
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import stream_state

SAMPLES = Path(__file__).parent / "samples" / "states"
START = "2026-09-01"
ONE, OTHER = "7012345678900000111", "7012345678900000222"
DAILY, HOURLY = "campaigns_reports_daily", "campaigns_reports_hourly"


@pytest.fixture(scope="module")
def tiktok() -> Iterator[Emulator]:
    """Two accounts in UTC; the first has campaigns changed before and after 2026-10-15 08:00."""
    world = World()
    for advertiser_id in (ONE, OTHER):
        advertiser = an_advertiser(id=advertiser_id, timezone="Etc/UTC", created="2025-01-01T00:00:00Z")
        world.add(advertiser)
        for buying_type in ("AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"):
            for turn, modified in enumerate(("2026-10-15T07:59:59Z", "2026-10-15T08:00:00Z", "2026-11-09T08:00:00Z")):
                name = f"{buying_type} {('before', 'equal', 'after')[turn]}"
                campaign = a_campaign(advertiser, name=name, buying_type=buying_type, modified=modified)
                ad_group = an_ad_group(campaign, modified=modified)
                world.add(campaign, ad_group, an_ad(ad_group, name=name, modified=modified))
    with Emulator(world, now=NOW) as emulator:
        yield emulator


def sample(name: str) -> Any:
    return orjson.loads((SAMPLES / f"{name}.json").read_bytes())


def first_days(tiktok: Emulator, stream: str) -> dict[str, str]:
    """The first day that a report was asked for, by advertiser."""
    level = {"stat_time_day": DAILY, "stat_time_hour": HOURLY}
    found: dict[str, str] = {}
    for request in tiktok.log.to("report/integrated/get/"):
        if level.get(request.params["dimensions"][-1]) == stream:
            advertiser, start = request.params["advertiser_id"], request.params["start_date"]
            found[advertiser] = min(found.get(advertiser, start), start)
    return found


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("0.1.10_one_object", "2026-10-12", "2026-10-12"),
        ("0.1.15_one_object", "2026-10-12", "2026-10-12"),
        ("0.1.16_legacy_message", "2026-10-12", "2026-10-12"),
        ("3.9_single_cursor", "2026-10-12", "2026-10-12"),
        ("3.9_single_cursor_with_time", "2026-10-12", "2026-10-12"),
        ("3.9_single_cursor_with_dimensions", "2026-10-12", "2026-10-12"),
        ("3.9_empty_cursor", START, START),
        ("4.0_partitions", "2026-10-12", START),
        ("4.0_partitions_with_time", "2026-10-12", START),
        ("4.4_partitions_and_state", "2026-10-12", "2026-10-29"),
        ("4.4_integer_partitions", "2026-10-12", START),
        ("4.4_global_cursor", "2026-10-11", "2026-10-11"),
        ("4.4_no_cursor", START, START),
        ("4.4_nothing", START, START),
        ("4.4_global_message", "2026-10-12", "2026-10-12"),
    ],
)
def test_a_daily_report_goes_on_from_any_old_state(
    connect: Connect, tiktok: Emulator, name: str, one: str, other: str
) -> None:
    """Three days before the cursor; advertisers that the state doesn't know begin at start_date."""
    tiktok.log.clear()
    run = connect(tiktok, start_date=START).read(DAILY, state=sample(name))

    assert run.exit_status == 0
    assert first_days(tiktok, DAILY) == {ONE: one, OTHER: other}
    assert run.state(DAILY) == {
        "use_global_cursor": False,
        "states": [
            {"partition": {"advertiser_id": advertiser, "parent_slice": {}}, "cursor": {"stat_time_day": FINISHED_DAY}}
            for advertiser in (ONE, OTHER)
        ],
        "lookback_window": 0,
    }


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("0.1.10_one_object", "2026-11-05", "2026-11-05"),
        ("3.9_single_cursor", "2026-11-05", "2026-11-05"),
        ("4.0_partitions", "2026-11-05", "2026-11-04"),
        ("4.4_partitions_and_state", "2026-11-05", "2026-11-04"),
    ],
)
def test_an_hourly_report_goes_on_from_any_old_state(
    connect: Connect, tiktok: Emulator, name: str, one: str, other: str
) -> None:
    """Old versions wrote hourly cursors also as bare dates."""
    tiktok.log.clear()
    run = connect(tiktok, start_date="2026-11-04").read(HOURLY, state=sample(name))

    assert first_days(tiktok, HOURLY) == {ONE: one, OTHER: other}
    assert run.cursors(HOURLY) == {ONE: FINISHED_HOUR, OTHER: FINISHED_HOUR}


def test_a_cursor_in_the_future_asks_nothing_and_stays(connect: Connect, tiktok: Emulator) -> None:
    tiktok.log.clear()
    state = sample("future_cursor")
    run = connect(tiktok, start_date=START).read(DAILY, state=state)

    assert tiktok.log.to("report/integrated/get/") == []
    assert run.records(DAILY) == []
    assert run.state(DAILY) == stream_state(state, DAILY)


EVERYTHING = {"before", "equal", "after"}


@pytest.mark.parametrize(
    ("name", "default", "reserved"),
    [
        ("0.1.10_one_object", {"equal", "after"}, EVERYTHING),
        ("3.9_single_cursor", {"equal", "after"}, EVERYTHING),
        ("3.9_empty_cursor", EVERYTHING, EVERYTHING),
        ("4.0_partitions", {"equal", "after"}, EVERYTHING),
        ("4.4_partitions_and_state", {"equal", "after"}, EVERYTHING),
        ("5.1_buying_types", {"equal", "after"}, {"equal", "after"}),
    ],
)
def test_campaigns_go_on_from_any_old_state(
    connect: Connect, tiktok: Emulator, name: str, default: set[str], reserved: set[str]
) -> None:
    """Versions before 5 may not have read reservations, so their cursors don't stand for them: all of them come out."""
    run = connect(tiktok, start_date=START).read("campaigns", state=sample(name))
    emitted: dict[str, set[str]] = {}
    for campaign in run.records("campaigns"):
        if str(campaign["advertiser_id"]) == ONE:
            buying_type, _, age = campaign["campaign_name"].partition(" ")
            emitted.setdefault(buying_type, set()).add(age)
    cursors = {
        entry["partition"]["buying_type"]: entry["cursor"]["modify_time"]
        for entry in run.state("campaigns")["states"]
        if entry["partition"]["advertiser_id"] == ONE
    }

    assert emitted == {"AUCTION": default, "RESERVATION_RF": reserved, "RESERVATION_TOP_VIEW": reserved}
    assert cursors == dict.fromkeys(emitted, "2026-11-09 08:00:00Z")


@pytest.mark.parametrize(
    ("name", "default"), [("3.9_single_cursor", {"equal", "after"}), ("0.1.10_one_object", EVERYTHING)]
)
def test_ads_go_on_from_any_old_state(connect: Connect, tiktok: Emulator, name: str, default: set[str]) -> None:
    """The same holds for ads: none of TopView was ever read."""
    run = connect(tiktok, start_date=START).read("ads", state=sample(name))
    emitted = {ad["ad_name"] for ad in run.records("ads")}

    assert {ad.partition(" ")[2] for ad in emitted if ad.startswith("AUCTION")} == default
    assert {ad.partition(" ")[2] for ad in emitted if ad.startswith("RESERVATION_TOP_VIEW")} == EVERYTHING


def test_a_stream_of_the_single_granularity_days_goes_on_from_its_unsuffixed_state(
    connect: Connect, tiktok: Emulator
) -> None:
    tiktok.log.clear()
    state = {"campaigns_reports": {"dimensions": {"stat_time_day": "2026-10-15"}}}
    connect(tiktok, start_date=START, report_granularity="DAY").read("campaigns_reports", state=state)

    assert first_days(tiktok, DAILY) == {ONE: "2026-10-12", OTHER: "2026-10-12"}
