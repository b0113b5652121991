"""The models hold what TikTok holds, once, and their tests notice what is missing."""

import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integration_tests.dbt_models.columns import COLUMNS, EXACT, IDS, TIMES
from integration_tests.dbt_models.conftest import END, NEW_NAME, START, Built
from integration_tests.dbt_models.warehouse import MODELS, PACKAGE, RAW, Warehouse
from integration_tests.expected.days import days_between

pytestmark = pytest.mark.slow

DAILY = {
    "tiktok__account_daily": ("advertisers_reports_daily", "advertiser_id"),
    "tiktok__campaign_daily": ("campaigns_reports_daily", "campaign_id"),
    "tiktok__ad_daily": ("ads_reports_daily", "ad_id"),
}
REPORTS = {
    "ad_report_hourly": ("ads_reports_hourly", ["ad_id", "stat_time_hour"]),
    "adgroup_report_hourly": ("ad_groups_reports_hourly", ["adgroup_id", "stat_time_hour"]),
    "campaign_report_hourly": ("campaigns_reports_hourly", ["campaign_id", "stat_time_hour"]),
    "campaign_country_report": (
        "campaigns_reports_by_country_daily",
        ["campaign_id", "country_code", "stat_time_day"],
    ),
}
METRICS = ("spend", "impressions", "clicks", "conversion")


def figures(metrics: dict[str, Any]) -> list[Decimal]:
    return [Decimal(metrics[name]) for name in METRICS]


def test_all_models_are_built_and_all_their_tests_pass(built: Built) -> None:
    models = [name for name in built.statuses if name.startswith("model.")]

    assert len(models) == len(DAILY) + len(COLUMNS)
    assert {name: status for name, status in built.statuses.items() if status not in ("success", "pass")} == {}
    assert len(built.statuses) > 3 * len(models)


@pytest.mark.parametrize("model", DAILY)
def test_a_daily_model_holds_each_day_once_as_tiktok_tells_it_now(built: Built, model: str) -> None:
    stream, key = DAILY[model]
    columns = (key, "date_day", "spend", "impressions", "clicks", "conversions")
    rows = built.warehouse.rows(f"{MODELS}.{model}", *columns)
    expected = {
        (record[key], record["stat_time_day"][:10]): figures(record["metrics"]) for record in built.expected(stream)
    }

    assert {tuple(row[:2]): list(map(Decimal, row[2:])) for row in rows} == expected
    assert len(rows) == len(expected)
    assert {day for _, day in expected} == set(days_between(START, END))


@pytest.mark.parametrize("table", REPORTS)
def test_a_report_of_the_package_holds_each_row_once(built: Built, table: str) -> None:
    stream, key = REPORTS[table]
    rows = built.warehouse.rows(f"{PACKAGE}.{table}", *key, *METRICS)
    expected = {tuple(record[name] for name in key): figures(record["metrics"]) for record in built.expected(stream)}

    assert {tuple(row[: len(key)]): list(map(Decimal, row[len(key) :])) for row in rows} == expected
    assert len(rows) == len(expected) > 1000


def test_the_destination_holds_twice_what_was_read_twice(built: Built) -> None:
    """Else the other tests would pass without deduplication, and without taking the later reading."""
    readings: dict[tuple[Any, Any], set[str]] = defaultdict(set)
    rows = built.warehouse.rows(f"{RAW}.ads_reports_daily", "ad_id", "stat_time_day", "metrics ->> 'conversion'")
    for ad, day, conversions in rows:
        readings[ad, day].add(conversions)

    assert len(rows) > len(readings) + 50
    assert len([day for day in readings.values() if len(day) > 1]) > 10


def test_names_are_those_of_today_and_the_history_has_both(built: Built) -> None:
    campaign = built.tiktok.world.campaigns[0]
    (advertiser,) = (row for row in built.tiktok.world.advertisers if row.id == campaign.advertiser_id)
    where = f"campaign_id = {campaign.id}"
    names = ("campaign_name", "advertiser_name", "currency", "buying_type")
    versions = built.warehouse.rows(f"{PACKAGE}.campaign_history", "updated_at", "campaign_name", where=where)

    assert [name for _, name in sorted(versions)] == [campaign.row["campaign_name"], NEW_NAME]
    for model in ("tiktok__campaign_daily", "tiktok__ad_daily"):
        named = {tuple(row) for row in built.warehouse.rows(f"{MODELS}.{model}", *names, where=where)}
        assert named == {(NEW_NAME, advertiser.row["name"], advertiser.row["currency"], campaign.buying_type)}


def test_creatives_of_smart_plus_tell_their_asset_group_and_other_ads_themselves(built: Built) -> None:
    told = {
        int(ad): int(group) for ad, group in built.warehouse.rows(f"{MODELS}.tiktok__ad_daily", "ad_id", "ad_id_v2")
    }
    groups = {int(ad.id): int(ad.row.get("smart_plus_ad_id") or ad.id) for ad in built.tiktok.world.ads}

    assert told == {ad: groups[ad] for ad in told}
    assert any(ad != group for ad, group in told.items())


@pytest.mark.parametrize("table", COLUMNS)
def test_a_view_has_the_columns_that_the_package_reads(built: Built, table: str) -> None:
    where = f"table_schema = '{PACKAGE}' and table_name = '{table}'"
    rows = built.warehouse.rows("information_schema.columns", "column_name", "data_type", where=where)
    types: dict[str, str] = dict(rows)

    assert types.keys() == COLUMNS[table]
    assert {types[name] for name in types.keys() & IDS} <= {"BIGINT"}
    assert {types[name] for name in types.keys() & TIMES} <= {"TIMESTAMP"}
    assert {types[name] for name in types.keys() & EXACT} <= {"DECIMAL(28,6)"}


def test_the_addresses_of_an_asset_group_are_a_list_of_texts(built: Built) -> None:
    """The package takes each element of the list for an address."""
    addresses = "unnest(from_json(landing_page_url_list, '[\"varchar\"]'))"
    rows = built.warehouse.rows(f"{PACKAGE}.smart_plus_ad_history", addresses)

    assert rows
    assert all(address.startswith("https://") for (address,) in rows)


@pytest.mark.parametrize(
    ("table", "gone", "test"),
    [
        ("campaigns_reports_daily", f"stat_time_day = '{START}'", "spend_agrees_between_levels"),
        ("ads_reports_daily", f"stat_time_day = '{START}'", "spend_agrees_between_levels"),
        ("ads", "campaign_automation_type = 'MANUAL'", "ads_have_one_history"),
    ],
)
def test_the_tests_of_dbt_notice_what_is_missing(
    built: Built, tmp_path: Path, table: str, gone: str, test: str
) -> None:
    file = tmp_path / built.warehouse.file.name
    shutil.copy(built.warehouse.file, file)
    copy = Warehouse(built.warehouse.connection, file)
    copy.answer(f"delete from {RAW}.{table} where {gone}")  # noqa: S608  our own words
    statuses = copy.build()

    assert statuses[f"test.tiktok_marketing.{test}"] == "fail"
