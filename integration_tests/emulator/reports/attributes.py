"""Attribute metrics: columns of the object or of its ancestors, in the display form reports give them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from integration_tests.emulator.world.account import Chain

PLACEMENTS = {"PLACEMENT_TYPE_AUTOMATIC": "Automatic Placement", "PLACEMENT_TYPE_NORMAL": "Select Placement"}
PROMOTIONS = {
    "WEBSITE": "Website",
    "APP_ANDROID": "App",
    "APP_IOS": "App",
    "LEAD_GENERATION": "Lead Generation",
    "TIKTOK_SHOP": "TikTok Shop",
}
BILLING = {"CPC": "Clicks", "CPM": "Impressions", "OCPM": "oCPM", "CPV": "Video Views", "GD": "Fixed Price"}
NONE = "-"

BY_CREATIVE, BY_ASSET_GROUP = "ad_id", "ad_id_v2"
# What the creatives of an asset group differ in: told by a list of its own, named `*_list`.
LISTED = (
    *("ad_text", "call_to_action", "ad_profile_image", "ad_url", "image_mode", "image_info", "ad_display_name"),
    *("identity_type", "profile_image"),
)

Show = Callable[[Any], str]


def _text(value: Any) -> str:
    return NONE if value in (None, "") else str(value)


def _money(value: Any) -> str:
    return NONE if value is None else f"{value:.2f}"


def _switch(value: Any) -> str:
    return "1" if value else "0"


def _or_zero(value: Any) -> str:
    return "0" if value in (None, "") else str(value)


def _named(names: dict[str, str]) -> Show:
    return lambda value: names.get(value, _text(value))


# Metric: level of the object that has the column, column, how it is shown.
COLUMNS: dict[str, tuple[str, str, Show]] = {
    "advertiser_name": ("advertiser", "name", _text),
    "advertiser_id": ("advertiser", "advertiser_id", _text),
    "currency": ("advertiser", "currency", _text),
    "timezone": ("advertiser", "display_timezone", _text),
    "campaign_name": ("campaign", "campaign_name", _text),
    "campaign_id": ("campaign", "campaign_id", _text),
    "objective_type": ("campaign", "objective_type", _text),
    "split_test": ("campaign", "split_test_variable", _text),
    "campaign_budget": ("campaign", "budget", _money),
    "campaign_dedicate_type": ("campaign", "campaign_type", _text),
    "app_promotion_type": ("campaign", "app_promotion_type", _text),
    "adgroup_name": ("adgroup", "adgroup_name", _text),
    "adgroup_id": ("adgroup", "adgroup_id", _text),
    "placement_type": ("adgroup", "placement_type", _named(PLACEMENTS)),
    "promotion_type": ("adgroup", "promotion_type", _named(PROMOTIONS)),
    "opt_status": ("adgroup", "creative_material_mode", _text),
    "adgroup_download_url": ("adgroup", "app_download_url", _text),
    "profile_image": ("adgroup", "profile_image_url", _text),
    "dpa_target_audience_type": ("adgroup", "shopping_ads_retargeting_type", _text),
    "budget": ("adgroup", "budget", _money),
    "smart_target": ("adgroup", "optimization_goal", _text),
    "pricing_category": ("adgroup", "billing_event", _named(BILLING)),
    "billing_event": ("adgroup", "billing_event", _named(BILLING)),
    "bid_strategy": ("adgroup", "bid_type", _text),
    "bid": ("adgroup", "bid_price", _money),
    "bid_secondary_goal": ("adgroup", "deep_cpa_bid", _money),
    "aeo_type": ("adgroup", "deep_bid_type", _text),
    "tt_app_id": ("adgroup", "app_id", _or_zero),
    "tt_app_name": ("adgroup", "app_name", _or_zero),
    "mobile_app_id": ("adgroup", "app_id", _or_zero),
    "is_aco": ("adgroup", "is_aco", _switch),
    "ad_name": ("ad", "ad_name", _text),
    "ad_id": ("ad", "ad_id", _text),
    "ad_id_v2": ("ad", "ad_id", _text),
    "ad_text": ("ad", "ad_text", _text),
    "call_to_action": ("ad", "call_to_action", _text),
    "ad_profile_image": ("ad", "profile_image_url", _text),
    "ad_url": ("ad", "landing_page_url", _text),
    "image_mode": ("ad", "ad_format", _text),
    "image_info": ("ad", "image_ids", _text),
    "is_smart_creative": ("ad", "is_aco", _switch),
    "ad_display_name": ("ad", "display_name", _text),
    "identity_type": ("ad", "identity_type", _text),
}


def attribute(name: str, chain: Chain, now: datetime, id_dimension: str | None = None) -> str:
    """Return an attribute metric of the object at the end of `chain`, or of the asset group that it is of."""
    if name == "campaign_automation_type":
        # Creatives have a type of their own, their asset group has that of the campaign.
        owner = chain.at("campaign") if id_dimension == BY_ASSET_GROUP else chain.entity
        return NONE if owner is None else _text(owner.row_at(now)["campaign_automation_type"])
    if name == "ad_id_v2":
        return asset_group_id(chain, now)
    level, column, show = COLUMNS[name]
    owner = chain.at(level)
    return NONE if owner is None else show(owner.row_at(now).get(column))


def lists_of(names: tuple[str, ...], creatives: list[Chain], now: datetime) -> dict[str, Any]:
    """Return what is told of an asset group instead of each of `names`; nothing of an ordinary ad."""
    if not creatives[0].entity.row_at(now).get("smart_plus_ad_id"):
        return {}
    told: dict[str, Any] = {}
    for name in LISTED:
        if name in names:
            told |= {name: NONE, f"{name}_list": [attribute(name, chain, now) for chain in creatives]}
    return told


def asset_group_id(chain: Chain, now: datetime) -> str:
    """Return the id of an ad at the level of asset groups: an ordinary ad is its own."""
    row = chain.entity.row_at(now)
    return str(row.get("smart_plus_ad_id") or row["ad_id"])
