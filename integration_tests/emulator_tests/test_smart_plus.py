"""Smart+ endpoints show the same objects as the ordinary lists."""

from integration_tests.emulator import Emulator, World, a_campaign, an_advertiser
from integration_tests.harness.accounts import NOW
from integration_tests.harness.asking import FIRST


def test_smart_plus_shows_the_campaigns_and_the_ads_behind_them(tiktok: Emulator) -> None:
    """Smart+ objects are the same ones that the ordinary lists show, and an asset group names its ads."""
    campaigns = tiktok.rows_of("smart_plus/campaign/get/", FIRST)
    ads = [row for row in tiktok.entities("ad", FIRST) if row.get("smart_plus_ad_id")]
    groups = tiktok.rows_of("smart_plus/ad/get/", FIRST, filtering={"primary_status": "STATUS_ALL"})
    behind = {row["smart_plus_ad_id"]: {item["ad_material_id"] for item in row["creative_list"]} for row in groups}
    listed = {row["campaign_id"]: row for row in tiktok.entities("campaign", FIRST)}

    assert campaigns
    assert all(listed[row["campaign_id"]]["campaign_name"] == row["campaign_name"] for row in campaigns)
    assert behind == {
        group: {row["ad_id"] for row in ads if row["smart_plus_ad_id"] == group}
        for group in {row["smart_plus_ad_id"] for row in ads}
    }
    assert all(row["create_time"] <= row["modify_time"] for row in groups)


def test_modified_after_is_strict_for_asset_groups(tiktok: Emulator) -> None:
    rows = tiktok.rows_of("smart_plus/ad/get/", FIRST)
    latest = max(row["modify_time"] for row in rows)
    newer = tiktok.rows_of("smart_plus/ad/get/", FIRST, filtering={"modified_after": latest})

    assert newer == []
    assert tiktok.rows_of("smart_plus/ad/get/", FIRST, filtering={"modified_after": "2000-01-01 00:00:00"}) == rows


def test_manual_campaigns_are_not_smart_plus() -> None:
    advertiser = an_advertiser()
    campaign = a_campaign(advertiser)
    with Emulator(World([advertiser], [campaign]), now=NOW) as emulator:
        assert emulator.rows_of("smart_plus/campaign/get/", advertiser.id) == []
