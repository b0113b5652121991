"""Which objects a report holds: those of the buying types asked for, and ads as creatives or as asset groups."""

from typing import Any

import pytest

from integration_tests.emulator import (
    Emulator,
    World,
    a_campaign,
    a_smart_plus_ad,
    an_ad,
    an_ad_group,
    an_advertiser,
)
from integration_tests.harness.accounts import NOW
from integration_tests.harness.asking import COUNTS, among

LEVELS = {"AUCTION_CAMPAIGN": "campaign_id", "AUCTION_ADGROUP": "adgroup_id", "AUCTION_AD": "ad_id"}


def asked(world: World, level: str, *dimensions: str, **more: Any) -> dict[str, Any]:
    """The parameters of a basic report of the world's account on one day."""
    return {
        "advertiser_id": world.advertisers[0].id,
        "report_type": "BASIC",
        "data_level": level,
        "dimensions": list(dimensions),
        "metrics": list(COUNTS),
        "start_date": "2026-11-09",
        "end_date": "2026-11-09",
        **more,
    }


@pytest.mark.parametrize(("report_type", "breakdown"), [("BASIC", []), ("AUDIENCE", ["platform"])])
@pytest.mark.parametrize(("level", "dimension"), LEVELS.items())
def test_topview_is_reported_below_the_account_only_if_its_buying_type_is_asked_for(
    level: str, dimension: str, report_type: str, breakdown: list[str]
) -> None:
    world = World([advertiser := an_advertiser()])
    for buying_type in ("AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"):
        campaign = a_campaign(advertiser, buying_type=buying_type)
        group = an_ad_group(campaign)
        world.add(campaign, group, an_ad(group, share=100))
    objects: dict[str, list[Any]] = {
        "campaign_id": world.campaigns,
        "adgroup_id": world.ad_groups,
        "ad_id": world.ads,
    }
    auction, reach, topview = (entity.id for entity in objects[dimension])
    wish = asked(world, level, dimension, "stat_time_day", *breakdown, report_type=report_type)
    with Emulator(world, now=NOW) as emulator:

        def reported(*filtering: dict[str, str]) -> set[str]:
            return {row["dimensions"][dimension] for row in emulator.report_rows(**wish, filtering=list(filtering))}

        assert reported() == {auction, reach}
        assert reported(among("buying_type", "RESERVATION_TOP_VIEW")) == {topview}
        assert reported(among("buying_type", "AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW")) == {
            *(auction, reach, topview)
        }


GROUP = "1790000000000000999"


def smart_world() -> World:
    """An account with an asset group of two creatives, beside an ordinary ad."""
    world = World([advertiser := an_advertiser()])
    for automation in ("UPGRADED_SMART_PLUS", "MANUAL"):
        campaign = a_campaign(advertiser, campaign_automation_type=automation)
        group = an_ad_group(campaign)
        world.add(campaign, group)
        if automation == "MANUAL":
            world.add(an_ad(group, name="Ordinary", share=100))
        else:
            names = ("Older", "Newer")
            world.add(*(a_smart_plus_ad(group, name=name, asset_group_id=GROUP, share=100) for name in names))
    return world


def by(dimension: str, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The metrics of rows by the id in a dimension, each of which occurs once."""
    found = {row["dimensions"][dimension]: row["metrics"] for row in rows}
    assert len(found) == len(rows)
    return found


def test_ad_id_v2_joins_the_creatives_of_an_asset_group() -> None:
    world = smart_world()
    *creatives, ordinary = (ad.id for ad in world.ads)
    with Emulator(world, now=NOW) as emulator:
        joined = by("ad_id_v2", emulator.report_rows(**asked(world, "AUCTION_AD", "ad_id_v2")))
        single = by("ad_id", emulator.report_rows(**asked(world, "AUCTION_AD", "ad_id")))
    assert joined.keys() == {GROUP, ordinary}
    assert single.keys() == {*creatives, ordinary}
    assert joined[ordinary] == single[ordinary]
    for name in COUNTS:
        total = sum(float(single[creative][name]) for creative in creatives)
        assert float(joined[GROUP][name]) == pytest.approx(total)
        assert total > 0


def test_asset_groups_and_creatives_differ_in_their_automation_type_and_texts() -> None:
    """The type tells rows apart; what the creatives differ in comes as a list of texts."""
    world = smart_world()
    *creatives, ordinary = (ad.id for ad in world.ads)
    metrics = ["campaign_automation_type", "ad_name", "ad_text"]
    with Emulator(world, now=NOW) as emulator:
        joined = by("ad_id_v2", emulator.report_rows(**asked(world, "AUCTION_AD", "ad_id_v2", metrics=metrics)))
        single = by("ad_id", emulator.report_rows(**asked(world, "AUCTION_AD", "ad_id", metrics=metrics)))
        listed = by_group(emulator.rows_of("smart_plus/ad/get/", world.advertisers[0].id))
    assert {single[creative]["campaign_automation_type"] for creative in creatives} == {"UPGRADED_SMART_PLUS_CREATIVE"}
    assert joined[GROUP]["campaign_automation_type"] == "UPGRADED_SMART_PLUS"
    assert joined[GROUP]["ad_name"] == listed[GROUP]["ad_name"] == "Older"
    assert joined[GROUP]["ad_text_list"] == ["-", "-"]
    assert joined[ordinary] == single[ordinary]
    assert joined[ordinary]["campaign_automation_type"] == "MANUAL"
    assert all("ad_text_list" not in row for row in single.values())


def by_group(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Listed asset groups by their id."""
    return {row["smart_plus_ad_id"]: row for row in rows}


def test_asset_groups_are_filtered_by_their_own_ids() -> None:
    world = smart_world()
    with Emulator(world, now=NOW) as emulator:
        for wanted in (GROUP, world.ads[-1].id):
            wish = asked(world, "AUCTION_AD", "ad_id_v2", filtering=[among("ad_ids_v2", wanted)])
            assert by("ad_id_v2", emulator.report_rows(**wish)).keys() == {wanted}
