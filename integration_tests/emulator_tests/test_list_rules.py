"""The filters of the emulator's list endpoints, and what the lists refuse."""

from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.emulator.world.entities import at
from integration_tests.harness.asking import FIRST, NEEDED, PRODUCTS, ask, truth

FILTERED: list[tuple[str, dict[str, Any], str, Any]] = [
    ("file/image/ad/search/", {"filtering": {"width": 720}}, "width", {720}),
    ("file/image/ad/search/", {"filtering": {"ratio": [1.0]}}, "width", {1080}),
    ("file/image/ad/search/", {"filtering": {"displayable": False}}, "displayable", {False}),
    ("file/music/get/", {"filtering": {"sources": ["USER"]}}, "author", {"Demo Artist", "Åsa Ö", "山田"}),
    ("file/music/get/", {"filtering": {"styles": ["POP"]}}, "style", {"POP"}),
    (
        "creative/portfolio/list/",
        {"filtering": {"creative_portfolio_types": ["CARD"]}},
        "creative_portfolio_type",
        {"CARD"},
    ),
    ("tt_video/list/", {"item_types": ["CAROUSEL"]}, "item_info.item_type", {"CAROUSEL"}),
    (
        "pixel/list/",
        {"filtering": {"available_for_catalog_only": True}},
        "asset_ownership.ownership_status",
        {True},
    ),
    ("identity/get/", {"identity_type": "TT_USER"}, "identity_type", {"TT_USER"}),
    (
        "identity/get/",
        {"identity_type": "BC_AUTH_TT", "identity_authorized_bc_id": "7012345600000000001"},
        "identity_type",
        {"BC_AUTH_TT"},
    ),
    (
        "identity/get/",
        {"identity_type": "CUSTOMIZED_USER", "filtering": {"keyword": "canyon"}},
        "identity_type",
        {"CUSTOMIZED_USER"},
    ),
    ("custom_conversion/list/", {"event_source_type": "APP"}, "event_source_type", {"APP"}),
    ("optimizer/rule/list/", {"filtering": {"status": "DELETED"}}, "rule_status", {"DELETED"}),
    ("optimizer/rule/list/", {"filtering": {"rule_info": ["winners"]}}, "name", {"Raise budget of winners"}),
    ("tool/region/", {"level_range": "TO_COUNTRY"}, "level", {"COUNTRY"}),
    ("tool/interest_category/", {"special_industries": ["CREDIT"]}, "interest_category_name", {"Financial Services"}),
    (
        "gmv_max/campaign/get/",
        {"filtering": {"gmv_max_promotion_types": ["LIVE_GMV_MAX"]}},
        "shopping_ads_type",
        {"LIVE"},
    ),
]


@pytest.mark.parametrize(("path", "wish", "column", "values"), FILTERED)
def test_filters_keep_what_they_name(
    tiktok: Emulator, path: str, wish: dict[str, Any], column: str, values: set[Any]
) -> None:
    kept, every = truth(tiktok, path, **wish), truth(tiktok, path)

    assert {at(row, column) for row in kept} == values
    assert kept != every


@pytest.mark.parametrize(
    ("path", "wish", "code", "message"),
    [
        ("file/image/ad/search/", {"filtering": {"image_ids": ["1"] * 101}}, 40011, "at most 100"),
        ("file/video/ad/search/", {"filtering": {"material_ids": ["1"] * 21}}, 40011, "at most 20"),
        ("file/image/ad/search/", {"filtering": {"colour": "red"}}, 40002, "unknown field(s) ['colour']"),
        ("file/image/ad/search/", {"filtering": {"width": "720"}}, 40002, "error unmarshaling parameter"),
        ("file/image/ad/search/", {"filtering": {"image_ids": "1"}}, 40002, "error unmarshaling parameter"),
        ("file/video/ad/search/", {"sort_field": "NAME"}, 40002, "must be one of"),
        ("file/music/get/", {"page": 101, "page_size": 1000}, 40002, "must not exceed 100000"),
        ("file/music/get/", {"search_type": "SEARCH_BY_KEYWORD"}, 40002, "Missing required field(s): keyword."),
        ("file/music/get/", {"music_scene": "CAROUSEL_ADS"}, 40002, "Missing required field(s): search_type."),
        ("dmp/custom_audience/list/", {"custom_audience_ids": "190012345"}, 40002, "error unmarshaling parameter"),
        ("identity/get/", {"identity_type": "BC_AUTH_TT"}, 40002, "identity_authorized_bc_id"),
        ("identity/get/", {"filtering": {"keyword": "x"}}, 40002, "only for identity_type CUSTOMIZED_USER"),
        ("optimizer/rule/list/", {"tzone": "Mars/Olympus"}, 40002, "unknown time zone"),
        ("tool/region/", {"placements": ["PLACEMENT_MOON"]}, 40002, "must be one of"),
        ("gmv_max/campaign/get/", {"filtering": {"store_ids": ["1"]}}, 40002, "gmv_max_promotion_types"),
        ("gmv_max/campaign/get/", {**PRODUCTS, "fields": ["colour"]}, 40002, "unknown field(s) ['colour']"),
        ("smart_plus/ad/get/", {"filtering": {"modified_after": "2026-01-01"}}, 40002, "YYYY-MM-DD HH:MM:SS"),
    ],
)
def test_lists_refuse(tiktok: Emulator, path: str, wish: dict[str, Any], code: int, message: str) -> None:
    body = ask(tiktok, path, **{"advertiser_id": FIRST, **NEEDED.get(path, {}), **wish})

    assert (body["code"], body["data"]) == (code, {})
    assert message in body["message"]


def test_regions_name_their_countries_and_rules_tell_local_times(tiktok: Emulator) -> None:
    data = ask(tiktok, "tool/region/", advertiser_id=FIRST, **NEEDED["tool/region/"])["data"]
    utc = tiktok.rows_of("optimizer/rule/list/", FIRST)[0]["create_datetime"]
    tokyo = tiktok.rows_of("optimizer/rule/list/", FIRST, tzone="Asia/Tokyo")[0]["create_datetime"]

    assert data["region_list"] == [row["location_id"] for row in data["region_info"] if row["parent_id"] == "0"]
    assert utc != tokyo
