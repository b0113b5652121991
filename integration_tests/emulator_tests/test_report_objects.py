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


def test_ad_id_v2_joins_the_creatives_of_an_asset_group() -> None:
    advertiser = an_advertiser()
    campaign = a_campaign(advertiser, campaign_automation_type="UPGRADED_SMART_PLUS")
    group = an_ad_group(campaign)
    pair = [a_smart_plus_ad(group, asset_group_id="1790000000000000999", share=100) for _ in range(2)]
    world = World([advertiser], [campaign], [group], [*pair])
    with Emulator(world, now=NOW) as emulator:
        (joined,) = emulator.report_rows(**asked(world, "AUCTION_AD", "ad_id_v2"))
        single = emulator.report_rows(**asked(world, "AUCTION_AD", "ad_id"))
    assert joined["dimensions"] == {"ad_id_v2": "1790000000000000999"}
    assert {row["dimensions"]["ad_id"] for row in single} == {ad.id for ad in pair}
    for name in COUNTS:
        total = sum(float(row["metrics"][name]) for row in single)
        assert float(joined["metrics"][name]) == pytest.approx(total)
        assert total > 0
