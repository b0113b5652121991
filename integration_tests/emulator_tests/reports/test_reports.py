"""The numbers of the emulator's reports agree with each other and with its clock."""

import json
from collections import defaultdict
from typing import Any

import pytest
import requests

from integration_tests.emulator import (
    Emulator,
    World,
    a_campaign,
    an_ad,
    an_ad_group,
    an_advertiser,
    seeded_world,
)
from integration_tests.emulator.data.facts import METRICS
from integration_tests.emulator.reports.metrics import is_attribute
from integration_tests.harness.accounts import NOW
from integration_tests.harness.asking import COUNTS, among

LEVELS = {
    "AUCTION_ADVERTISER": "advertiser_id",
    "AUCTION_CAMPAIGN": "campaign_id",
    "AUCTION_ADGROUP": "adgroup_id",
    "AUCTION_AD": "ad_id",
}
LOS_ANGELES, AUCKLAND, KOLKATA, TOKYO = (f"701234567890000{number}" for number in (1000, 1002, 1003, 1004))
Row = dict[str, dict[str, str]]


def ask(emulator: Emulator, **params: Any) -> dict[str, Any]:
    plain = {
        name: json.dumps(value) if isinstance(value, list | dict | bool) else value for name, value in params.items()
    }
    reply = requests.get(
        f"{emulator.base_url}report/integrated/get/",
        params={"report_type": "BASIC", "page_size": 1000, **plain},
        headers={"Access-Token": emulator.access_token},
        timeout=30,
    )
    body: dict[str, Any] = reply.json()
    assert body["code"] == 0, body
    return body["data"]  # type: ignore[no-any-return]


def rows(emulator: Emulator, advertiser: str, level: str, dimensions: list[str], **params: Any) -> list[Row]:
    everything: list[Row] = []
    page = 1
    while True:
        data = ask(
            emulator,
            advertiser_id=advertiser,
            data_level=level,
            dimensions=dimensions,
            metrics=params.pop("metrics", list(COUNTS)),
            page=page,
            **params,
        )
        everything += data["list"]
        if page >= data["page_info"]["total_page"]:
            return everything
        page += 1
        params.setdefault("metrics", list(COUNTS))


def status(level: str) -> list[dict[str, str]]:
    return [among(f"{level}_status", "STATUS_ALL")]


def sums(found: list[Row], by: str | None = None) -> dict[str, list[float]]:
    totals: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(COUNTS))
    for row in found:
        key = row["dimensions"][by][:10] if by else "all"
        totals[key] = [
            round(had + float(row["metrics"][name]), 2) for had, name in zip(totals[key], COUNTS, strict=True)
        ]
    return dict(totals)


def day(date: str) -> dict[str, str]:
    return {"start_date": date, "end_date": date}


@pytest.mark.parametrize("date", ["2026-11-08", "2026-11-10"])
@pytest.mark.parametrize("advertiser", [LOS_ANGELES, KOLKATA])
def test_hours_sum_to_their_day(tiktok: Emulator, advertiser: str, date: str) -> None:
    daily = rows(tiktok, advertiser, "AUCTION_AD", ["ad_id", "stat_time_day"], **day(date))
    hourly = rows(tiktok, advertiser, "AUCTION_AD", ["ad_id", "stat_time_hour"], **day(date))
    by_country = rows(tiktok, advertiser, "AUCTION_AD", ["ad_id", "stat_time_hour", "country_code"], **day(date))
    assert sums(daily, "ad_id") == sums(hourly, "ad_id") == sums(by_country, "ad_id")
    assert daily


BUYING_TYPES = among("buying_type", "AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW")


def test_levels_sum_to_the_account_when_deleted_objects_and_topview_are_included(tiktok: Emulator) -> None:
    span = {"start_date": "2026-10-12", "end_date": "2026-11-10"}
    totals = [
        sums(rows(tiktok, LOS_ANGELES, level, [name, "stat_time_day"], **span, filtering=filtering), "stat_time_day")
        for level, name, filtering in (
            ("AUCTION_ADVERTISER", "advertiser_id", []),
            ("AUCTION_CAMPAIGN", "campaign_id", [*status("campaign"), BUYING_TYPES]),
            ("AUCTION_ADGROUP", "adgroup_id", [*status("adgroup"), BUYING_TYPES]),
            ("AUCTION_AD", "ad_id", [*status("ad"), BUYING_TYPES]),
        )
    ]
    assert all(total == totals[0] for total in totals)
    assert len(totals[0]) == 30


@pytest.mark.parametrize(
    "breakdown",
    [
        *(["gender", "age"], ["country_code"], ["platform"], ["province_id"], ["language"], ["interest_category"]),
        *(["placement"], ["ac"], ["dma_id"], ["contextual_tag"], ["interest_category_tier4"], ["device_brand_id"]),
    ],
)
def test_breakdowns_sum_to_the_whole(tiktok: Emulator, breakdown: list[str]) -> None:
    span = {"start_date": "2026-11-01", "end_date": "2026-11-10"}
    whole = rows(tiktok, AUCKLAND, "AUCTION_ADVERTISER", ["advertiser_id"], **span)
    parts = rows(tiktok, AUCKLAND, "AUCTION_ADVERTISER", ["advertiser_id", *breakdown], report_type="AUDIENCE", **span)
    assert sums(parts) == sums(whole)
    assert len(parts) > 1


def test_conversions_mature_for_three_days_and_spend_does_not() -> None:
    with Emulator(seeded_world(1), now=NOW) as emulator:
        seen = []
        for _ in range(6):
            (row,) = rows(
                emulator, KOLKATA, "AUCTION_ADVERTISER", ["advertiser_id", "stat_time_day"], **day("2026-11-09")
            )
            seen.append((int(row["metrics"]["conversion"]), row["metrics"]["spend"]))
            emulator.clock.move(days=1)
    conversions = [conversion for conversion, _ in seen]
    assert conversions[0] < conversions[1] < conversions[2] == conversions[3] == conversions[5]
    assert len({spend for _, spend in seen}) == 1


@pytest.mark.parametrize(
    ("advertiser", "hour"),
    [(LOS_ANGELES, "2026-11-10 04"), (AUCKLAND, "2026-11-11 01"), (KOLKATA, "2026-11-10 17"), (TOKYO, "2026-11-10 21")],
)
def test_nothing_after_the_local_hour(tiktok: Emulator, advertiser: str, hour: str) -> None:
    for date in ("2026-11-10", "2026-11-11", "2026-11-12"):
        found = rows(tiktok, advertiser, "AUCTION_AD", ["ad_id", "stat_time_hour"], **day(date))
        assert all(row["dimensions"]["stat_time_hour"] <= f"{hour}:00:00" for row in found)


def test_nothing_before_the_account_was_created(tiktok: Emulator) -> None:
    found = rows(
        tiktok, TOKYO, "AUCTION_AD", ["ad_id", "stat_time_day"], start_date="2026-10-12", end_date="2026-11-10"
    )
    assert {row["dimensions"]["stat_time_day"][:10] for row in found} <= {"2026-11-09", "2026-11-10"}
    assert found


def test_lifetime_and_timeless_rows_show_objects_without_delivery() -> None:
    advertiser = an_advertiser()
    campaign = a_campaign(advertiser)
    group = an_ad_group(campaign)
    idle, busy, gone = an_ad(group, share=0), an_ad(group, share=100), an_ad(group, deleted="2026-01-01T00:00:00Z")
    world = World([advertiser], [campaign], [group], [idle, busy, gone])
    with Emulator(world, now=NOW) as emulator:
        ever = rows(emulator, advertiser.id, "AUCTION_AD", ["ad_id"], query_lifetime=True)
        month = rows(emulator, advertiser.id, "AUCTION_AD", ["ad_id"], start_date="2026-10-01", end_date="2026-10-30")
        kept = rows(emulator, advertiser.id, "AUCTION_AD", ["ad_id"], query_lifetime=True, filtering=status("ad"))
    for found in (ever, month):
        assert {row["dimensions"]["ad_id"] for row in found} == {idle.id, busy.id}
        assert {row["dimensions"]["ad_id"]: row["metrics"]["spend"] for row in found}[idle.id] == "0.00"
    assert float({row["dimensions"]["ad_id"]: row["metrics"]["spend"] for row in kept}[gone.id]) > 0


def test_values_are_strings_in_the_documented_forms(tiktok: Emulator) -> None:
    wish = ["spend", "impressions", "ctr", "cpc", "frequency", "cost_per_result", "secondary_goal_result", "ad_name"]
    found = rows(tiktok, KOLKATA, "AUCTION_AD", ["ad_id", "stat_time_day"], metrics=wish, **day("2026-11-09"))
    for row in found:
        metrics = row["metrics"]
        assert list(metrics) == wish
        assert metrics["impressions"].isdecimal()
        assert all(len(metrics[name].split(".")[1]) == 2 for name in ("spend", "ctr", "cpc", "frequency"))
        assert len(metrics["cost_per_result"].split(".")[1]) == 3
        assert metrics["secondary_goal_result"] == "-"
        spend, shown, clicks = float(metrics["spend"]), int(metrics["impressions"]), float(metrics["ctr"])
        assert spend > 0
        assert 0 <= clicks <= 100 * shown


def test_reach_does_not_add_up(tiktok: Emulator) -> None:
    span = {"start_date": "2026-11-01", "end_date": "2026-11-09", "metrics": ["reach"]}
    daily = rows(tiktok, KOLKATA, "AUCTION_ADVERTISER", ["advertiser_id", "stat_time_day"], **span)
    (whole,) = rows(tiktok, KOLKATA, "AUCTION_ADVERTISER", ["advertiser_id"], **span)
    assert int(whole["metrics"]["reach"]) < sum(int(row["metrics"]["reach"]) for row in daily)


@pytest.mark.parametrize(("level", "dimension"), LEVELS.items())
def test_every_metric_of_a_level_is_answered(tiktok: Emulator, level: str, dimension: str) -> None:
    kind = dimension.removesuffix("_id")
    names = [
        name
        for name, metric in METRICS.items()
        if (kind in metric.levels if is_attribute(name) else name not in ("cash_spend", "voucher_spend"))
    ]
    for start in range(0, len(names), 100):
        wish = names[start : start + 100]
        found = tiktok.report_rows(
            advertiser_id=TOKYO,
            report_type="BASIC",
            data_level=level,
            dimensions=[dimension],
            metrics=wish,
            start_date="2026-11-09",
            end_date="2026-11-10",
        )
        assert found
        assert all(list(row["metrics"]) == wish and all(row["metrics"].values()) for row in found)


def test_python_rows_are_the_rows_served(tiktok: Emulator) -> None:
    wish: dict[str, Any] = {
        "advertiser_id": LOS_ANGELES,
        "report_type": "AUDIENCE",
        "data_level": "AUCTION_AD",
        "dimensions": ["ad_id", "stat_time_day", "gender", "age"],
        "metrics": ["spend", "impressions", "campaign_name"],
        "start_date": "2026-10-12",
        "end_date": "2026-11-10",
    }
    served: list[Row] = []
    pages = ask(tiktok, **wish)["page_info"]["total_page"]
    for page in range(1, pages + 1):
        served += ask(tiktok, **wish, page=page)["list"]
    assert pages > 1
    assert served == tiktok.report_rows(**wish)


def test_order_totals_and_several_accounts(tiktok: Emulator) -> None:
    data = ask(
        tiktok,
        advertiser_ids=[KOLKATA, AUCKLAND],
        data_level="AUCTION_CAMPAIGN",
        dimensions=["campaign_id"],
        metrics=["spend", "impressions"],
        enable_total_metrics=True,
        order_field="spend",
        **day("2026-11-09"),
    )
    spends = [float(row["metrics"]["spend"]) for row in data["list"]]
    assert spends == sorted(spends, reverse=True)
    assert {row["metrics"]["currency"] for row in data["list"]} == {"INR", "NZD"}
    assert float(data["total_metrics"]["spend"]) == pytest.approx(sum(spends))
    assert data["total_metrics"]["currency"] == "-"
    assert data["page_info"]["page_size"] == len(data["list"])


@pytest.mark.parametrize(("date", "hours"), [("2026-03-08", 23), ("2026-03-09", 24), ("2026-11-01", 24)])
def test_the_hour_that_a_clock_change_skips_has_no_row(date: str, hours: int) -> None:
    advertiser = an_advertiser(timezone="America/Los_Angeles")
    campaign = a_campaign(advertiser)
    group = an_ad_group(campaign)
    world = World([advertiser], [campaign], [group], [an_ad(group, share=100, every_hour=True)])
    with Emulator(world, now=NOW) as emulator:
        found = rows(emulator, advertiser.id, "AUCTION_AD", ["ad_id", "stat_time_hour"], **day(date))
    assert len(found) == hours
