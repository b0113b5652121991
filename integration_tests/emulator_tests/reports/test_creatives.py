"""Reports of creatives add up to the ads that show them, and take the requests that TikTok documents."""

from collections import Counter
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness.asking import FIRST, ask

OVERVIEW, BREAKDOWN = "smart_plus/material_report/overview/", "smart_plus/material_report/breakdown/"
CREATIVES = "creative/report/get/"
DATES = {"start_date": "2025-11-11", "end_date": "2026-11-10"}
DAYS: dict[str, Any] = {"dimensions": ["main_material_id", "stat_time_day"], "metrics": ["spend"], **DATES}
OBJECTS: dict[str, Any] = {"dimensions": ["smart_plus_ad_id", "main_material_id"], "query_lifetime": True}
VIDEOS: dict[str, Any] = {"material_type": "VIDEO", "lifetime": True}


def cents(rows: list[dict[str, Any]], *names: str) -> Counter[tuple[str, ...]]:
    """Return what rows spent by some dimensions, without what spent nothing."""
    sums: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        key = tuple(row["dimensions"][name] for name in names)
        sums[key] += round(float(row["metrics"]["spend"]) * 100)
    return +sums


def spent_by_ads(tiktok: Emulator, dates: dict[str, Any]) -> Counter[tuple[str, ...]]:
    """Return what the consolidated report says of the account's ads."""
    every = [
        {"field_name": "ad_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'},
        {
            "field_name": "buying_type",
            "filter_type": "IN",
            "filter_value": '["AUCTION","RESERVATION_RF","RESERVATION_TOP_VIEW"]',
        },
    ]
    report = {"report_type": "BASIC", "data_level": "AUCTION_AD", "dimensions": ["ad_id"], "metrics": ["spend"]}
    return cents(tiktok.report_rows(advertiser_id=FIRST, filtering=every, **report, **dates), "ad_id")


def test_materials_of_smart_plus_add_up_to_its_ads_by_day_and_by_object(tiktok: Emulator) -> None:
    smart = {(row["ad_id"],) for row in tiktok.entities("ad", FIRST) if row.get("smart_plus_ad_id")}
    ads = {ad: spend for ad, spend in spent_by_ads(tiktok, DATES).items() if ad in smart}
    by_material = "main_material_id", "main_material_type"
    days = tiktok.rows_of(BREAKDOWN, FIRST, **DAYS)
    hours = tiktok.rows_of(
        BREAKDOWN,
        FIRST,
        dimensions=["main_material_id", "stat_time_hour"],
        **DATES | {"start_date": "2026-11-04"},
    )
    week = tiktok.rows_of(BREAKDOWN, FIRST, **DAYS | {"start_date": "2026-11-04"})
    objects = tiktok.rows_of(OVERVIEW, FIRST, dimensions=OBJECTS["dimensions"], **DATES)
    account = tiktok.rows_of(OVERVIEW, FIRST, dimensions=["advertiser_id", "main_material_id"], **DATES)

    assert sum(ads.values()) == cents(days).total() > 0
    assert cents(days, *by_material) == cents(objects, *by_material) == cents(account, *by_material)
    assert cents(hours, *by_material) == cents(week, *by_material) != Counter()
    assert all(row["metrics"]["main_material_name"] for row in days + objects)


def test_a_catalog_is_shown_in_more_than_one_way_under_one_id(tiktok: Emulator) -> None:
    rows = tiktok.rows_of(BREAKDOWN, FIRST, **DAYS)
    types: dict[str, set[str]] = {}
    for row in rows:
        types.setdefault(row["dimensions"]["main_material_id"], set()).add(row["dimensions"]["main_material_type"])

    assert {frozenset(shown) for shown in types.values()} == {
        frozenset({"VIDEO_NON_SPARK_ADS"}),
        frozenset({"CATALOG_VIDEO", "CATALOG_CAROUSEL"}),
    }


def test_an_object_is_chosen_by_a_filter(tiktok: Emulator) -> None:
    whole = tiktok.rows_of(OVERVIEW, FIRST, **OBJECTS)
    [ad, *_] = [row["dimensions"]["smart_plus_ad_id"] for row in whole]
    chosen = tiktok.rows_of(OVERVIEW, FIRST, **OBJECTS, filtering={"smart_plus_ad_ids": [ad]})

    assert chosen == [row for row in whole if row["dimensions"]["smart_plus_ad_id"] == ad]
    assert len(chosen) < len(whole)


@pytest.mark.parametrize("sort", ["VIDEO", "IMAGE"])
def test_videos_and_images_add_up_to_all_ads_that_show_them(tiktok: Emulator, sort: str) -> None:
    ads = spent_by_ads(tiktok, {"query_lifetime": True})
    fields = ["material_id", "num_ads", "related_ad_ids"]
    rows = tiktok.rows_of(CREATIVES, FIRST, material_type=sort, lifetime=True, info_fields=fields)

    assert rows
    for row in rows:
        info = row["info"]

        assert list(info) == fields
        assert info["num_ads"] == len(info["related_ad_ids"])
        assert round(float(row["metrics"]["spend"]) * 100) == sum(ads[(ad,)] for ad in info["related_ad_ids"])


def test_an_ad_filter_chooses_materials_and_leaves_their_figures_whole(tiktok: Emulator) -> None:
    [whole, *_] = tiktok.rows_of(CREATIVES, FIRST, **VIDEOS, info_fields=["material_id", "related_ad_ids"])
    [shown] = tiktok.rows_of(
        CREATIVES,
        FIRST,
        **VIDEOS,
        info_fields=["material_id", "related_ad_ids"],
        filtering={"ad_id": whole["info"]["related_ad_ids"][:1]},
    )

    assert shown == whole
    assert len(whole["info"]["related_ad_ids"]) > 1


def test_defaults_are_few(tiktok: Emulator) -> None:
    [row, *_] = ask(tiktok, CREATIVES, advertiser_id=FIRST, **VIDEOS)["data"]["list"]

    assert set(row["info"]) == {"material_id", "video_id", "image_id", "page_id"}
    assert set(row["metrics"]) == {"impressions", "spend"}


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        (BREAKDOWN, DAYS | {"dimensions": ["stat_time_day"]}, "a material and at most one time dimension"),
        (BREAKDOWN, DAYS | {"dimensions": ["smart_plus_ad_id", "main_material_id"]}, "a material and at most one"),
        (BREAKDOWN, DAYS | {"start_date": "2025-11-10"}, "max time span must be less than 365 days"),
        (BREAKDOWN, DAYS | {"dimensions": ["main_material_id", "stat_time_hour"]}, "less than 7 days"),
        (BREAKDOWN, DAYS | {"query_lifetime": True}, "Unknown parameter: query_lifetime."),
        (BREAKDOWN, DAYS | {"end_date": "2025-01-01"}, "must not be before"),
        (BREAKDOWN, DAYS | {"page_size": 101}, "between 1 and 100"),
        *(
            (BREAKDOWN, DAYS | {"metrics": ["spend", name]}, f"Invalid metric fields: ['{name}']")
            for name in ("reach", "result", "conversion_rate", "ad_name", "cost")
        ),
        (OVERVIEW, OBJECTS | {"dimensions": ["main_material_id", "stat_time_day"]}, "an object and a material"),
        (OVERVIEW, OBJECTS | {"dimensions": ["campaign_id"]}, "an object and a material"),
        (OVERVIEW, {"dimensions": OBJECTS["dimensions"]}, "Missing required field(s): start_date, end_date."),
        (OVERVIEW, OBJECTS | {"filtering": {"campaign_ids": ["1"], "adgroup_ids": ["1"]}}, "at most one of"),
        (CREATIVES, {"material_type": "VIDEO"}, "Missing required field(s): start_date, end_date."),
        (CREATIVES, VIDEOS | {"material_type": "SPC_VIDEO"}, "must be one of"),
        (CREATIVES, VIDEOS | {"info_fields": ["name"]}, "must be one of"),
        (CREATIVES, VIDEOS | {"metrics_fields": ["ad_name"]}, "Invalid metric fields: ['ad_name']"),
        (CREATIVES, VIDEOS | {"filtering": {"material_id": list(map(str, range(11)))}}, "at most 10"),
    ],
)
def test_what_is_not_documented_is_refused(tiktok: Emulator, path: str, params: dict[str, Any], message: str) -> None:
    body = ask(tiktok, path, advertiser_id=FIRST, **params)

    assert (body["code"], body["data"]) == (40002, {})
    assert message in body["message"]
