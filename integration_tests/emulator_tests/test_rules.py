"""The emulator refuses what TikTok refuses, and lists objects the way TikTok does."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration_tests.emulator import (
    Emulator,
    World,
    a_campaign,
    a_smart_plus_ad,
    an_ad,
    an_ad_group,
    an_advertiser,
    seeded_world,
)
from integration_tests.harness.accounts import NOW

LOS_ANGELES, EMPTY = "7012345678900001000", "7012345678900001005"
REPORT = {
    "advertiser_id": LOS_ANGELES,
    "report_type": "BASIC",
    "data_level": "AUCTION_AD",
    "dimensions": ["ad_id", "stat_time_day"],
    "metrics": ["spend"],
    "start_date": "2026-10-12",
    "end_date": "2026-11-10",
}


@pytest.fixture(scope="module")
def tiktok() -> Iterator[Emulator]:
    world = seeded_world(1)
    with Emulator(world, now=NOW) as emulator:
        world.add(an_advertiser(id="7012345678900009999", granted=False))
        yield emulator


def ask(emulator: Emulator, path: str, /, **params: Any) -> dict[str, Any]:
    plain = {
        name: json.dumps(value) if isinstance(value, list | dict | bool) else value
        for name, value in params.items()
        if value is not None
    }
    reply = requests.get(
        f"{emulator.base_url}{path}", params=plain, headers={"Access-Token": emulator.access_token}, timeout=30
    )
    assert reply.status_code == 200
    return reply.json()  # type: ignore[no-any-return]


def wish(name: str, kind: str, value: str) -> list[dict[str, str]]:
    return [{"field_name": name, "filter_type": kind, "filter_value": value}]


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"report_type": None}, 40002, "Missing required field(s): report_type."),
        ({"dimensions": None}, 40002, "Missing required field(s): dimensions."),
        ({"advertiser_id": None}, 40002, "Missing required field(s): advertiser_id."),
        ({"start_date": None}, 40002, "Missing required field(s): start_date."),
        ({"report_type": "BASICS"}, 40002, "report_type: must be one of"),
        ({"data_level": "AD"}, 40002, "data_level: must be one of"),
        ({"dimensions": "ad_id"}, 40002, "error unmarshaling parameter"),
        ({"filtering": {"ad_status": "STATUS_ALL"}}, 40002, "error unmarshaling parameter"),
        ({"filtering": wish("ad_status", "IN", "STATUS_ALL")}, 40002, "error unmarshaling parameter"),
        ({"filtering": [{"field_name": "ad_status"}]}, 40002, "exactly field_name, filter_type and filter_value"),
        ({"filtering": wish("ad_ids", "IN", json.dumps([str(n) for n in range(101)]))}, 40011, "at most 100 ids"),
        ({"filtering": wish("ad_ids_v2", "IN", '["1"]')}, 40002, "does not go with the dimension ad_id"),
        (
            {"filtering": wish("ad_ids", "IN", '["1"]'), "dimensions": ["ad_id_v2"]},
            40002,
            "does not go with the dimension ad_id_v2",
        ),
        ({"dimensions": ["ad_id", "ad_id_v2"]}, 40002, "at most one ID dimension"),
        ({"filtering": wish("colour", "IN", "[]")}, 40002, "unknown field_name 'colour'"),
        ({"colour": "red"}, 40002, "Unknown parameter: colour."),
        ({"start_date": "12.10.2026"}, 40002, "not a date"),
        ({"end_date": "2026-10-01"}, 40002, "end_date must not be before start_date"),
        ({"end_date": "2026-11-11"}, 40002, "max time span must be less than 30 days"),
        ({"dimensions": ["ad_id"], "start_date": "2025-11-10"}, 40002, "must be less than 365 days"),
        ({"dimensions": ["ad_id", "stat_time_hour"]}, 40002, "max time span must be less than 1 days"),
        ({"dimensions": ["campaign_id"]}, 40002, "does not match data_level"),
        ({"dimensions": ["ad_id", "campaign_id"]}, 40002, "at most one ID dimension"),
        ({"dimensions": ["ad_id", "stat_time_day", "stat_time_hour"]}, 40002, "one time dimension"),
        ({"dimensions": ["ad_id", "colour"]}, 40002, "Invalid dimensions: ['colour']"),
        ({"dimensions": ["ad_id", "country_code", "ad_type"]}, 40002, "at most one breakdown"),
        ({"dimensions": ["ad_id", "gender", "age"]}, 40002, "Invalid dimensions"),
        ({"report_type": "AUDIENCE"}, 40002, "takes one audience dimension"),
        ({"report_type": "AUDIENCE", "dimensions": ["ad_id", "age", "platform"]}, 40002, "takes one audience"),
        *(
            ({"report_type": "AUDIENCE", "dimensions": [name, "stat_time_day"]}, 40002, "does not go with")
            for name in ("interest_category", "interest_category_tier4", "device_brand_id")
        ),
        (
            {"report_type": "AUDIENCE", "dimensions": ["ad_id", "gender"], "query_lifetime": True},
            40002,
            "have no lifetime",
        ),
        ({"query_lifetime": True}, 40002, "over the lifetime"),
        ({"query_lifetime": True, "dimensions": ["ad_id", "country_code"]}, 40002, "over the lifetime"),
        ({"metrics": ["video_views"]}, 40002, "Invalid metric fields: ['video_views']"),
        ({"metrics": ["spend"] + [f"x{n}" for n in range(100)]}, 40002, "at most 100 metrics"),
        ({"metrics": ["ad_name"], "dimensions": ["stat_time_day"]}, 40002, "Invalid metric fields: ['ad_name']"),
        ({"metrics": ["cash_spend"]}, 40002, "Conflict occurs."),
        *(
            ({"metrics": [metric], "end_date": "2026-10-12"} | dimensions, 40002, "Conflict occurs.")
            for metric in ("paid_engaged_view_15s", "native_growth_purchase_roas", "new_consideration_size")
            for dimensions in (
                {"dimensions": ["ad_id", "stat_time_hour"]},
                {"dimensions": ["ad_id", "country_code", "stat_time_day"]},
                {"dimensions": ["ad_id", "gender", "age"], "report_type": "AUDIENCE"},
                {"dimensions": ["stat_time_day"]},
            )
        ),
        (
            {"metrics": ["skan_conversion"], "dimensions": ["ad_id", "stat_time_hour"], "end_date": "2026-10-12"},
            40002,
            "Conflict occurs.",
        ),
        ({"order_field": "ad_name"}, 40002, "is not a metric to sort by"),
        ({"page_size": 1001}, 40002, "page_size: must be between 1 and 1000"),
        ({"page": 0}, 40002, "page: must be at least 1"),
        ({"page": 9999}, 40002, "beyond the last page"),
        ({"advertiser_id": "1"}, 40300, "does not exist"),
        ({"advertiser_id": "7012345678900009999"}, 40001, "No permission to operate advertiser 7012345678900009999"),
    ],
)
def test_reports_refuse(tiktok: Emulator, change: dict[str, Any], code: int, message: str) -> None:
    body = ask(tiktok, "report/integrated/get/", **(REPORT | change))
    assert (body["code"], body["data"]) == (code, {})
    assert message in body["message"]


def test_campaign_attributes_do_not_exist_at_account_level(tiktok: Emulator) -> None:
    level = {"data_level": "AUCTION_ADVERTISER", "dimensions": ["advertiser_id"], "metrics": ["campaign_name"]}
    body = ask(tiktok, "report/integrated/get/", **(REPORT | level))
    assert body["message"].endswith("Invalid metric fields: ['campaign_name']. ")


@pytest.mark.parametrize(
    ("change", "total"),
    [
        ({"start_date": "2016-01-01", "end_date": "2016-01-30"}, 0),
        ({"start_date": "2026-12-01", "end_date": "2026-12-30"}, 0),
        ({"advertiser_id": EMPTY}, 0),
    ],
)
def test_reports_without_rows_have_no_pages(tiktok: Emulator, change: dict[str, Any], total: int) -> None:
    body = ask(tiktok, "report/integrated/get/", **(REPORT | change))
    assert body["code"] == 0
    assert body["data"]["page_info"] == {"page": 1, "page_size": 10, "total_number": total, "total_page": 0}


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("campaign/get/", {}, 40002),
        ("campaign/get/", {"advertiser_id": LOS_ANGELES, "fields": ["colour"]}, 40002),
        ("campaign/get/", {"advertiser_id": LOS_ANGELES, "filtering": {"colour": 1}}, 40002),
        ("campaign/get/", {"advertiser_id": LOS_ANGELES, "filtering": {"primary_status": "STATUS_NONE"}}, 40002),
        ("campaign/get/", {"advertiser_id": LOS_ANGELES, "filtering": {"campaign_ids": ["1"] * 101}}, 40011),
        ("ad/get/", {"advertiser_id": LOS_ANGELES, "filtering": {"modified_after": "2026-01-01"}}, 40002),
        (
            "ad/get/",
            {"advertiser_id": LOS_ANGELES, "filtering": {"buying_types": ["AUCTION", "RESERVATION_TOP_VIEW"]}},
            40002,
        ),
        (
            "adgroup/get/",
            {"advertiser_id": LOS_ANGELES, "page_size": 101, "filtering": {"buying_types": ["RESERVATION_TOP_VIEW"]}},
            40002,
        ),
        ("advertiser/info/", {"advertiser_ids": [str(number) for number in range(101)]}, 40011),
        ("oauth2/advertiser/get/", {"app_id": "1", "secret": "2"}, 40113),
        ("oauth2/advertiser/get/", {"app_id": "7000000000000000042", "secret": "2"}, 40101),
    ],
)
def test_lists_refuse(tiktok: Emulator, path: str, params: dict[str, Any], code: int) -> None:
    assert ask(tiktok, path, **params)["code"] == code


def test_transport_rules(tiktok: Emulator) -> None:
    url, token = f"{tiktok.base_url}campaign/get/", {"Access-Token": tiktok.access_token}
    query = {"advertiser_id": LOS_ANGELES}
    assert requests.get(url, query, timeout=5).json()["code"] == 40104
    assert requests.get(url, query, headers={"Access-Token": "x"}, timeout=5).json()["code"] == 40105
    assert requests.post(url, query, headers=token, timeout=5).status_code == 405
    missing = requests.get(url.rstrip("/"), query, headers=token, timeout=5)
    assert (missing.status_code, missing.headers["Content-Type"]) == (404, "text/plain")
    twice = requests.get(f"{url}?advertiser_id=1&fields=a&fields=b", headers=token, timeout=5).json()
    assert "error unmarshaling parameter" in twice["message"]


def test_granted_accounts_and_their_details(tiktok: Emulator) -> None:
    login = {"app_id": tiktok.app_id, "secret": tiktok.secret}
    ids = [item["advertiser_id"] for item in ask(tiktok, "oauth2/advertiser/get/", **login)["data"]["list"]]
    assert len(ids) == 6
    details = ask(tiktok, "advertiser/info/", advertiser_ids=ids)["data"]["list"]
    zones = {row["display_timezone"]: row["timezone"] for row in details}
    assert zones["Asia/Tokyo"] == "Etc/GMT-9"
    assert {"Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata"} <= set(zones)
    assert all(isinstance(row["create_time"], int) for row in details)


@pytest.mark.parametrize("level", ["campaign", "adgroup", "ad"])
def test_paging_covers_the_list_once(tiktok: Emulator, level: str) -> None:
    seen: list[str] = []
    page, pages = 1, 1
    while page <= pages:
        data = ask(
            tiktok,
            f"{level}/get/",
            advertiser_id=LOS_ANGELES,
            page=page,
            page_size=7,
            filtering={"primary_status": "STATUS_ALL"},
        )["data"]
        seen += [row[f"{level}_id"] for row in data["list"]]
        pages, page = data["page_info"]["total_page"], page + 1
    expected = tiktok.entities(level, LOS_ANGELES, buying_types=["AUCTION", "RESERVATION_RF"])
    assert seen == [row[f"{level}_id"] for row in expected]
    assert seen == sorted(seen, key=int, reverse=True)
    assert len(seen) == len(set(seen)) > 7


def test_filters_and_their_defaults(tiktok: Emulator) -> None:
    def names(level: str, filtering: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        body = ask(tiktok, f"{level}/get/", advertiser_id=LOS_ANGELES, page_size=100, filtering=filtering)
        return list(body["data"]["list"])

    alive, every = names("ad"), names("ad", {"primary_status": "STATUS_ALL"})
    deleted = names("ad", {"primary_status": "STATUS_DELETE"})
    assert len(every) == len(alive) + len(deleted)
    assert alive
    assert deleted
    top = names("campaign", {"buying_types": ["RESERVATION_TOP_VIEW"]})
    assert top
    assert not {row["campaign_id"] for row in top} & {row["campaign_id"] for row in names("campaign")}
    smart = names("ad", {"campaign_automation_type": "UPGRADED_SMART_PLUS"})
    assert {row["campaign_automation_type"] for row in smart} == {"UPGRADED_SMART_PLUS_CREATIVE"}
    assert {row["modify_time"] for row in smart} == {None}


def test_modified_after_is_strict_and_passes_over_ads_without_modification_time() -> None:
    advertiser = an_advertiser()
    campaign = a_campaign(advertiser)
    group = an_ad_group(campaign)
    old, new = (an_ad(group, modified=f"2026-10-0{day} 00:00:00") for day in (1, 2))
    world = World([advertiser], [campaign], [group], [old, new, a_smart_plus_ad(group)])
    with Emulator(world, now=NOW) as emulator:
        for after, expected in (("2026-09-30 23:59:59", [new.id, old.id]), ("2026-10-01 00:00:00", [new.id])):
            body = ask(emulator, "ad/get/", advertiser_id=advertiser.id, filtering={"modified_after": after})
            assert [row["ad_id"] for row in body["data"]["list"]] == expected
