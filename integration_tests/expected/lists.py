"""The list streams beside the account structure as they must come out."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

from integration_tests.emulator import Advertiser, Emulator
from integration_tests.emulator.api.errors import ApiError
from integration_tests.expected.casts import cast

Json = dict[str, Any]

ALL = {"primary_status": "STATUS_ALL"}
STATISTICS_DAYS = 30

# Streams of one list per advertiser: path and what is asked beside the advertiser.
PLAIN: dict[str, tuple[str, Json]] = {
    "creative_assets_images": ("file/image/ad/search/", {}),
    "creative_assets_videos": ("file/video/ad/search/", {}),
    "creative_assets_music": ("file/music/get/", {}),
    "creative_assets_portfolios": ("creative/portfolio/list/", {}),
    "audiences": ("dmp/custom_audience/list/", {}),
    "spark_ads": ("tt_video/list/", {"item_types": ["VIDEO", "CAROUSEL"]}),
    "pixels": ("pixel/list/", {}),
    "smart_plus_campaigns": ("smart_plus/campaign/get/", {"filtering": ALL}),
    "smart_plus_ad_groups": ("smart_plus/adgroup/get/", {"filtering": ALL}),
    "smart_plus_ads": ("smart_plus/ad/get/", {"filtering": ALL}),
    "gmv_max_stores": ("gmv_max/store/list/", {}),
    "identities": ("identity/get/", {}),
    "saved_audiences": ("dmp/saved_audience/list/", {}),
    "apps": ("app/list/", {}),
    "custom_conversions": ("custom_conversion/list/", {}),
    "automated_rules": ("optimizer/rule/list/", {}),
    "locations": ("search/region/", {}),
}
# Reference data: the same for every advertiser.
SHARED: dict[str, tuple[str, Json]] = {
    "regions": ("tool/region/", {"placements": ["PLACEMENT_TIKTOK"], "objective_type": "TRAFFIC"}),
    "languages": ("tool/language/", {}),
    "action_categories": ("tool/action_category/", {}),
    "interest_categories": ("tool/interest_category/", {}),
}
# The pairs that Airbyte's connector asks for.
OBJECTIVES = (
    *("APP_PROMOTION", "WEB_CONVERSIONS", "REACH", "TRAFFIC", "VIDEO_VIEWS", "PRODUCT_SALES", "ENGAGEMENT"),
    *("LEAD_GENERATION", "RF_REACH", "TOPVIEW_REACH"),
)
GOALS = (
    *("CLICK", "CONVERT", "INSTALL", "IN_APP_EVENT", "SHOW", "REACH", "LEAD_GENERATION", "CONVERSATION", "FOLLOWERS"),
    *("PAGE_VISIT", "PAGE_VISITS", "VALUE", "AUTOMATIC_VALUE_OPTIMIZATION", "GMV", "PURCHASES", "INITIATE_CHECKOUTS"),
    *("MT_LIVE_ROOM", "PRODUCT_CLICK_IN_LIVE", "ENGAGED_VIEW", "ENGAGED_VIEW_FIFTEEN", "TRAFFIC_LANDING_PAGE_VIEW"),
    *("DESTINATION_VISIT", "PREFERRED_LEAD"),
)


def _instant_page_events(tiktok: Emulator, advertiser: Advertiser) -> list[Json]:
    rows = []
    for objective, goal in product(OBJECTIVES, GOALS):
        try:
            rows += tiktok.rows_of(
                "pixel/instant_page/event/", advertiser.id, objective_type=objective, optimization_goal=goal
            )
        except ApiError as refusal:
            if "not acceptable" not in refusal.message:
                raise
    return rows


def _statistics(tiktok: Emulator, advertiser: Advertiser) -> list[Json]:
    today = tiktok.clock.now().date()
    dates = {"start_date": str(today - timedelta(days=STATISTICS_DAYS - 1)), "end_date": str(today)}
    pixels = [row["pixel_id"] for row in tiktok.rows_of("pixel/list/", advertiser.id)]
    return [
        row
        for first in range(0, len(pixels), 10)
        for row in tiktok.rows_of(
            "pixel/event/stats/", advertiser.id, pixel_ids=pixels[first : first + 10], date_range=dates
        )
    ]


def _gmv_max_campaigns(tiktok: Emulator, advertiser: Advertiser) -> list[Json]:
    return [
        row
        for kind in ("PRODUCT_GMV_MAX", "LIVE_GMV_MAX")
        for row in tiktok.rows_of(
            "gmv_max/campaign/get/", advertiser.id, filtering=ALL | {"gmv_max_promotion_types": [kind]}
        )
    ]


COMPOSED: dict[str, Callable[[Emulator, Advertiser], list[Json]]] = {
    "pixel_instant_page_events": _instant_page_events,
    "pixel_events_statistics": _statistics,
    "gmv_max_campaigns": _gmv_max_campaigns,
}
LISTS = (*PLAIN, *SHARED, *COMPOSED)


def expected_list(tiktok: Emulator, schema: Json, name: str, advertisers: tuple[Advertiser, ...] = ()) -> list[Json]:
    """The records of a list stream: every row in the declared types, with the advertiser it was asked of."""
    accounts = advertisers or tuple(tiktok.world.advertisers)
    if name in SHARED:
        path, asked = SHARED[name]
        return [cast(row, schema) for row in tiktok.rows_of(path, accounts[0].id, **asked)]
    records = []
    for advertiser in accounts:
        if name in PLAIN:
            path, asked = PLAIN[name]
            rows = tiktok.rows_of(path, advertiser.id, **asked)
        else:
            rows = COMPOSED[name](tiktok, advertiser)
        records += [cast({"advertiser_id": advertiser.id} | _with_copies(name, row), schema) for row in rows]
    return records


def _with_copies(name: str, row: Json) -> Json:
    return row | {"spark_ads_post_id": row["item_info"]["item_id"]} if name == "spark_ads" else row
