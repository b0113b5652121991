"""The tables of facts agree with themselves and with what the emulator was told of TikTok."""

import csv
from pathlib import Path

import pytest

from source_tiktok_marketing.catalog.entities import DIRECTORY, ENTITIES
from source_tiktok_marketing.catalog.metrics import METRICS, metrics_of, requests_of
from source_tiktok_marketing.catalog.reports import (
    AD,
    AD_GROUP,
    ADVERTISER,
    CAMPAIGN,
    DAILY,
    HOURLY,
    LIFETIME,
    REPORTS,
    Breakdown,
    Grain,
    Level,
    Report,
)

KNOWN_METRICS = Path(__file__).parents[1] / "integration_tests" / "emulator" / "data" / "metrics.csv"


def asked_by(report: Report) -> list[str]:
    return [metric.name for metric in metrics_of(report)]


def test_a_metric_has_one_row() -> None:
    names = [metric.name for metric in METRICS]

    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_every_metric_is_known_to_tiktok() -> None:
    """The emulator refuses what isn't in its file, as TikTok refuses a misspelt metric."""
    with KNOWN_METRICS.open(newline="") as file:
        known = {row["name"] for row in csv.DictReader(file)}

    assert sorted(metric.name for metric in METRICS if metric.name not in known) == []


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_asks_each_metric_once(report: Report) -> None:
    """In as few requests as possible, none with more metrics than TikTok answers."""
    names = asked_by(report)
    requests = requests_of(tuple(names))

    assert names
    assert [name for request in requests for name in request] == names
    assert len(set(names)) == len(names)
    assert max(map(len, requests)) <= 100
    assert len(requests) == -(-len(names) // 100)


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 201])
def test_metrics_are_divided_at_a_hundred(count: int) -> None:
    names = tuple(f"metric_{number}" for number in range(count))
    requests = requests_of(names)

    assert tuple(name for request in requests for name in request) == names
    assert all(len(request) == 100 for request in requests[:-1])
    assert len(requests) == -(-count // 100)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_no_report_asks_what_belongs_below_its_level(report: Report) -> None:
    """TikTok refuses names and ids of objects that a row doesn't have, and dimensions as metrics."""
    below = {
        ADVERTISER: {"campaign_name", "campaign_id", "adgroup_name", "adgroup_id", "ad_name", "ad_text"},
        CAMPAIGN: {"campaign_id", "adgroup_name", "adgroup_id", "ad_name", "ad_text"},
        AD_GROUP: {"adgroup_id", "ad_name", "ad_text"},
        AD: {"ad_id"},
    }[report.level]

    assert sorted(below.union(report.dimensions).intersection(asked_by(report))) == []


@pytest.mark.parametrize("level", [AD, AD_GROUP, CAMPAIGN, ADVERTISER], ids=lambda level: level.stem)
def test_hourly_reports_ask_nothing_of_skan(level: Level) -> None:
    """Apple tells no hours."""
    assert [name for name in asked_by(Report(level=level, grain=HOURLY)) if name.startswith("skan")] == []
    assert "skan_conversion" in asked_by(Report(level=level, grain=DAILY))


def test_cash_and_voucher_are_told_of_advertisers_a_day() -> None:
    asking = {report.name for report in REPORTS if {"cash_spend", "voucher_spend"} & set(asked_by(report))}

    assert asking == {"advertisers_reports_daily"}


@pytest.mark.parametrize(
    ("level", "grain", "suffix", "report_type", "name"),
    [
        (AD, DAILY, "", "BASIC", "ads_reports_daily"),
        (AD_GROUP, HOURLY, "", "BASIC", "ad_groups_reports_hourly"),
        (AD_GROUP, DAILY, "_by_country", "BASIC", "ad_groups_reports_by_country_daily"),
        (AD_GROUP, DAILY, "", "AUDIENCE", "ad_group_audience_reports_daily"),
        (AD_GROUP, DAILY, "_by_platform", "AUDIENCE", "ad_group_audience_reports_by_platform_daily"),
        (CAMPAIGN, DAILY, "_by_country", "AUDIENCE", "campaigns_audience_reports_by_country_daily"),
        (ADVERTISER, LIFETIME, "", "AUDIENCE", "advertisers_audience_reports_lifetime"),
    ],
)
def test_reports_are_named_as_airbyte_names_them(
    level: Level, grain: Grain, suffix: str, report_type: str, name: str
) -> None:
    """Plural in basic reports, an irregular singular in the audience reports of ad groups."""
    breakdown = Breakdown(suffix=suffix, dimensions=("country_code",), report_type=report_type)
    report = Report(level=level, grain=grain, breakdown=breakdown)

    assert report.name == name
    assert report.name.removesuffix(f"_{report.grain.name}") == report.unsuffixed_name


def test_stream_names_are_unique() -> None:
    names = [*(row.name for row in (*DIRECTORY, *ENTITIES)), *(report.name for report in REPORTS)]

    assert sorted(name for name in set(names) if names.count(name) > 1) == []


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_has_one_object_and_at_most_one_time(report: Report) -> None:
    """What makes a row unique begins with the object; the request's span is one TikTok allows."""
    assert report.dimensions[0] == report.level.id_dimension
    assert [name for name in report.dimensions if name.startswith("stat_time")] == [
        name for name in [report.cursor_field] if name is not None
    ]
    assert report.grain.widest_window == {"stat_time_hour": 1, "stat_time_day": 30, None: None}[report.cursor_field]
