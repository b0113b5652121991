"""A plain client for tests that talk to the emulator without the connector."""

import json
from typing import Any

import requests

from integration_tests.emulator.http.server import Emulator

# Accounts of the first seeded world: the largest one, the one with a shop, and the one without anything.
FIRST, SHOP, EMPTY = "7012345678900001000", "7012345678900001001", "7012345678900001005"
PRODUCTS: dict[str, Any] = {"filtering": {"gmv_max_promotion_types": ["PRODUCT_GMV_MAX"]}}
# Metrics that add up.
COUNTS = ("spend", "impressions", "clicks", "conversion", "video_play_actions", "likes", "total_purchase_value")
# What a list cannot be asked without.
NEEDED: dict[str, dict[str, Any]] = {
    "gmv_max/campaign/get/": PRODUCTS,
    "gmv_max/report/get/": {
        "store_ids": ["7495000000000000001"],
        "dimensions": ["campaign_id", "stat_time_day"],
        "metrics": ["cost", "orders"],
        "start_date": "2026-10-12",
        "end_date": "2026-11-10",
        "filtering": {"gmv_max_promotion_types": ["PRODUCT"]},
    },
    "smart_plus/material_report/overview/": {
        "dimensions": ["smart_plus_ad_id", "main_material_id"],
        "metrics": ["spend", "clicks"],
        "query_lifetime": True,
    },
    "smart_plus/material_report/breakdown/": {
        "dimensions": ["main_material_id", "stat_time_day"],
        "metrics": ["spend", "clicks"],
        "start_date": "2026-10-12",
        "end_date": "2026-11-10",
    },
    "creative/report/get/": {"material_type": "VIDEO", "lifetime": True},
    "pixel/instant_page/event/": {"objective_type": "WEB_CONVERSIONS", "optimization_goal": "CONVERT"},
    "tool/region/": {"placements": ["PLACEMENT_TIKTOK"], "objective_type": "TRAFFIC"},
}


def ask(emulator: Emulator, path: str, /, **params: Any) -> dict[str, Any]:
    """Return the body of a GET; lists and objects go as JSON text in one parameter, None is left out."""
    plain = {
        name: json.dumps(value) if isinstance(value, list | dict | bool) else value
        for name, value in params.items()
        if value is not None
    }
    headers = {"Access-Token": emulator.access_token}
    reply = requests.get(f"{emulator.base_url}{path}", params=plain, headers=headers, timeout=30)
    reply.raise_for_status()
    body: dict[str, Any] = reply.json()
    return body


def among(field: str, *values: str) -> dict[str, str]:
    """Return a filter of reports on the values of a field."""
    return {"field_name": field, "filter_type": "IN", "filter_value": json.dumps(values)}


def needed(emulator: Emulator, path: str) -> dict[str, Any]:
    """Return parameters under which a list of the seeded world has rows."""
    if path == "pixel/event/stats/":
        pixels = [row["pixel_id"] for row in emulator.rows_of("pixel/list/", FIRST)[:10]]
        dates = {"start_date": "2026-10-12", "end_date": "2026-11-10"}
        return {"advertiser_id": FIRST, "pixel_ids": pixels, "date_range": dates}
    owner = SHOP if path.startswith("gmv_max/") else FIRST
    return {"advertiser_id": owner, **NEEDED.get(path, {})}


def truth(emulator: Emulator, path: str, **params: Any) -> list[dict[str, Any]]:
    """Return the rows that pages of a list of the seeded world add up to."""
    wish = needed(emulator, path) | params
    return emulator.rows_of(path, wish.pop("advertiser_id"), **wish)
