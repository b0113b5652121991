"""Smart+ ads are reported twice, as creatives and as asset groups, and both join to the lists."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import orjson
import pytest

from integration_tests.emulator import Emulator, Fault, World, a_campaign, a_smart_plus_ad, an_ad, an_ad_group
from integration_tests.emulator import an_advertiser as an_account
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import NOW, REPORT
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json

START, END = "2026-11-01", "2026-11-09"
ADS, ASSET_GROUPS = "ads_reports_daily", "ads_v2_reports_daily"
STREAMS = tuple(f"ads_v2_reports_{grain}" for grain in ("hourly", "daily", "lifetime"))


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts, each with two asset groups of two creatives in an ad group, and two ordinary ads in another."""
    world = World()
    for _ in range(2):
        advertiser = an_account(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
        smart = a_campaign(advertiser, campaign_automation_type="UPGRADED_SMART_PLUS")
        plain = a_campaign(advertiser)
        world.add(advertiser, smart, plain, smart_group := an_ad_group(smart), plain_group := an_ad_group(plain))
        for number in range(2):
            group = str(int(smart_group.id) + 10_000 + number)
            busy = {"share": 100, "volume": 90_000, "every_hour": True}
            world.add(*(a_smart_plus_ad(smart_group, asset_group_id=group, **busy) for _ in range(2)))
            world.add(an_ad(plain_group, share=100, volume=90_000, every_hour=True))
    with Emulator(world, now=NOW) as emulator:
        yield emulator


def spend(records: list[Json], key: str) -> dict[int, Decimal]:
    """The spend by what is in `key`."""
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for record in records:
        sums[record[key]] += Decimal(record["metrics"]["spend"])
    return dict(sums)


def test_creatives_sum_to_their_asset_groups_which_the_lists_name(connect: Connect, tiktok: Emulator) -> None:
    """An ordinary ad is its own asset group, so adding both streams counts everything twice."""
    run = connect(tiktok, start_date=START, end_date=END).read(ADS, ASSET_GROUPS, "ads", "smart_plus_ads")
    group_of = {ad["ad_id"]: ad.get("smart_plus_ad_id") or ad["ad_id"] for ad in run.records("ads")}
    creatives, groups = spend(run.records(ADS), "ad_id"), spend(run.records(ASSET_GROUPS), "ad_id_v2")
    expected: defaultdict[int, Decimal] = defaultdict(Decimal)
    for ad, spent in creatives.items():
        expected[group_of[ad]] += spent
    listed = {int(row["smart_plus_ad_id"]) for row in run.records("smart_plus_ads")}

    assert run.exit_status == 0
    assert groups == expected
    assert sum(groups.values()) == sum(creatives.values()) > 0
    assert listed < groups.keys()
    assert groups.keys() - listed == {int(ad.id) for ad in tiktok.world.ads if not ad.row.get("smart_plus_ad_id")}


def test_the_automation_type_tells_creatives_and_asset_groups_apart(connect: Connect, tiktok: Emulator) -> None:
    run = connect(tiktok, start_date=START, end_date=END).read(ADS, ASSET_GROUPS, "smart_plus_ads")
    listed = {int(row["smart_plus_ad_id"]) for row in run.records("smart_plus_ads")}

    def types(name: str) -> set[str]:
        return {record["metrics"]["campaign_automation_type"] for record in run.records(name)}

    assert types(ADS) == {"MANUAL", "UPGRADED_SMART_PLUS_CREATIVE"}
    assert types(ASSET_GROUPS) == {"MANUAL", "UPGRADED_SMART_PLUS"}
    for record in run.records(ASSET_GROUPS):
        is_smart = record["metrics"]["campaign_automation_type"] == "UPGRADED_SMART_PLUS"
        assert is_smart == (record["ad_id_v2"] in listed)
    asked = [request.params for request in tiktok.log.to(REPORT) if "ad_id_v2" in request.params["dimensions"]]
    # TikTok tells texts of asset groups as lists, which no column of a report holds.
    assert asked
    assert all("ad_text" not in params["metrics"] for params in asked)


@pytest.mark.parametrize("name", STREAMS)
def test_asset_groups_are_divided_by_their_own_ids(connect: Connect, tiktok: Emulator, name: str) -> None:
    """Down to a single one, be it Smart+ or an ordinary ad; ids of ads don't go with the dimension."""
    connection = connect(tiktok, start_date="2026-11-08", end_date=END)
    whole = connection.read(name)
    tiktok.log.clear()

    def ids(asked: Json) -> list[str]:
        wish = {item["field_name"]: orjson.loads(item["filter_value"]) for item in asked.get("filtering", [])}
        found: list[str] = wish.get("ad_ids_v2", [])
        return found

    tiktok.inject(Fault(path=REPORT, match=lambda asked: len(ids(asked)) != 1, code=40067, times=None))
    run = connection.read(name)
    told = {ids(request.params)[0] for request in tiktok.log.to(REPORT) if request.code == 0}

    assert run.exit_status == 0
    assert once(name, run.records(name)) == once(name, whole.records(name))
    assert told == {str(record["ad_id_v2"]) for record in run.records(name)}
    assert len(told) == 8
    assert {request.code for request in tiktok.log.to(REPORT)} == {0, 40067}
