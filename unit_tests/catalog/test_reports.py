"""The tables of facts agree with themselves and with what the emulator was told of TikTok."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from source_tiktok_marketing.catalog.levels import (
    AD,
    AD_GROUP,
    ADVERTISER,
    ASSET_GROUP,
    CAMPAIGN,
    DAILY,
    HOURLY,
    LIFETIME,
    TOTAL,
    Breakdown,
    Grain,
    Level,
)
from source_tiktok_marketing.catalog.metrics import CORE, METRICS, MOST_PER_REQUEST, SKAN
from source_tiktok_marketing.catalog.reports import ASSET_GROUPS, BASIC, BASIC_BY_COUNTRY, REPORTS, Report
from source_tiktok_marketing.catalog.streams import STREAMS

KNOWN_METRICS = Path(__file__).parents[2] / "integration_tests" / "emulator" / "data" / "metrics.csv"


def asked_by(report: Report) -> list[str]:
    return [metric.name for metric in report.metrics]


def test_a_metric_has_one_row() -> None:
    names = [metric.name for metric in METRICS]

    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_every_metric_is_known_to_tiktok() -> None:
    """The emulator refuses what isn't in its file, as TikTok refuses a misspelt metric."""
    with KNOWN_METRICS.open(newline="") as file:
        known = {row["name"] for row in csv.DictReader(file)}

    assert sorted(metric.name for metric in METRICS if metric.name not in known) == []


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_asks_each_metric_once_in_one_request(report: Report) -> None:
    """TikTok answers a hundred metrics at once; a hundred and first would double the requests of the stream."""
    names = asked_by(report)

    assert 0 < len(names) <= MOST_PER_REQUEST == 100
    assert len(set(names)) == len(names)


def test_every_metric_is_asked_by_some_report() -> None:
    asked = {name for report in REPORTS for name in asked_by(report)}

    assert asked == {metric.name for metric in METRICS}


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_no_report_asks_what_belongs_below_its_level(report: Report) -> None:
    """TikTok refuses names and ids of objects that a row doesn't have, and dimensions as metrics."""
    below = {
        ADVERTISER: {"campaign_name", "campaign_id", "adgroup_name", "adgroup_id", "ad_name", "ad_text"},
        CAMPAIGN: {"campaign_id", "adgroup_name", "adgroup_id", "ad_name", "ad_text"},
        AD_GROUP: {"adgroup_id", "ad_name", "ad_text"},
        AD: {"ad_id"},
        ASSET_GROUP: {"ad_id", "ad_id_v2", "ad_text"},
    }[report.level]

    assert sorted(below.union(report.dimensions).intersection(asked_by(report))) == []


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_skan_metrics_have_streams_of_their_own(report: Report) -> None:
    """None of them by the hour: Apple tells no hours."""
    is_skan = [name.startswith("skan") for name in asked_by(report)]

    assert all(is_skan) == any(is_skan) == (report.metric_set is SKAN)
    assert not (any(is_skan) and report.grain is HOURLY)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_paid_engagement_is_asked_of_objects_and_their_days_only(report: Report) -> None:
    """TikTok offers it neither by the hour nor in any breakdown; released tables keep the columns."""
    paid = {
        "paid_engaged_view",
        "paid_engaged_view_15s",
        "paid_engagement_engaged_view",
        "paid_engagement_engaged_view_15s",
    }
    is_plain = report.grain is not HOURLY and not report.breakdown.dimensions and report.metric_set is CORE
    has_columns = report.metric_set is CORE and not report.breakdown.dimensions

    assert paid & set(asked_by(report)) == (paid if is_plain else set())
    assert not has_columns or paid <= report.schema()["properties"]["metrics"]["properties"].keys()


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_streams_beside_the_basic_ones_join_on_the_same_key(report: Report) -> None:
    keys = {(basic.level, basic.grain): basic.primary_key for basic in (*BASIC, *ASSET_GROUPS)}

    assert report.breakdown.dimensions or report.primary_key == keys[report.level, report.grain]


def test_cash_and_voucher_are_told_of_advertisers_a_day() -> None:
    asking = {report.name for report in REPORTS if {"cash_spend", "voucher_spend"} & set(asked_by(report))}

    assert asking == {"advertisers_reports_daily"}


@pytest.mark.parametrize(
    ("level", "grain", "suffix", "report_type", "name"),
    [
        (AD, DAILY, "", "BASIC", "ads_reports_daily"),
        (ASSET_GROUP, DAILY, "", "BASIC", "ads_v2_reports_daily"),
        (AD_GROUP, HOURLY, "", "BASIC", "ad_groups_reports_hourly"),
        (AD_GROUP, DAILY, "_by_country", "BASIC", "ad_groups_reports_by_country_daily"),
        (AD_GROUP, DAILY, "", "AUDIENCE", "ad_group_audience_reports_daily"),
        (AD_GROUP, DAILY, "_by_platform", "AUDIENCE", "ad_group_audience_reports_by_platform_daily"),
        (CAMPAIGN, DAILY, "_by_country", "AUDIENCE", "campaigns_audience_reports_by_country_daily"),
        (ADVERTISER, LIFETIME, "", "AUDIENCE", "advertisers_audience_reports_lifetime"),
        (AD_GROUP, TOTAL, "_by_device_brand", "AUDIENCE", "ad_group_audience_reports_by_device_brand_total"),
    ],
)
def test_reports_are_named_as_airbyte_names_them(
    level: Level, grain: Grain, suffix: str, report_type: str, name: str
) -> None:
    """Plural in basic reports, an irregular singular in the audience reports of ad groups."""
    breakdown = Breakdown(suffix=suffix, dimensions=("country_code",), report_type=report_type)
    report = Report(level=level, grain=grain, breakdown=breakdown)

    assert report.name == name
    assert replace(report, is_unsuffixed=True).name == name.removesuffix(f"_{grain.name}")


def test_reports_by_country_ask_what_tiktok_documents_for_them() -> None:
    """All of its table but `page_browse_view`, which it withdraws and for which a report of ads has no room."""
    documented = {
        *("spend", "cpc", "cpm", "impressions", "gross_impressions", "clicks", "ctr", "reach", "frequency"),
        *(f"{when}{name}" for when in ("", "real_time_") for name in ("conversion", "conversion_rate", "result")),
        *("real_time_cost_per_conversion", "cost_per_conversion", "cost_per_result", "real_time_cost_per_result"),
        *("result_rate", "real_time_result_rate", "video_play_actions", "video_watched_2s", "video_watched_6s"),
        *("average_video_play", *(f"video_views_p{percent}" for percent in (25, 50, 75, 100))),
        *("engaged_view", "engaged_view_15s", "clicks_on_music_disc", "follows", "likes", "comments", "shares"),
        *("profile_visits", "profile_visits_rate", "live_product_clicks", "real_time_app_install"),
        *("real_time_app_install_cost", "app_install", "cost_per_app_install"),
        *("total_landing_page_view", "cost_per_landing_page_view", "landing_page_view_rate"),
        *(
            name
            for event in ("registration", "purchase", "complete_payment", "button_click", "online_consult", "form")
            for name in (event, f"cost_per_{event}", f"{event}_rate")
        ),
        *("download_start", "cost_per_download_start", "download_start_rate"),
    }
    for report in BASIC_BY_COUNTRY:
        assert documented - set(asked_by(report)) == set()


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_only_basic_reports_without_breakdown_have_a_lifetime(report: Report) -> None:
    """TikTok grants others without time the last 365 days."""
    has_lifetime = report.cursor_field is None and report.grain.last_days is None

    assert not has_lifetime or (report.breakdown.report_type == "BASIC" and not report.breakdown.dimensions)
    assert report.grain.last_days in (None, 365)


def test_stream_names_are_unique() -> None:
    names = [row.name for row in STREAMS]

    assert sorted(name for name in set(names) if names.count(name) > 1) == []


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_report_has_one_object_and_at_most_one_time(report: Report) -> None:
    """What makes a row unique begins with the object; the request's span is one TikTok allows."""
    assert report.dimensions[0] == report.level.id_dimension
    assert [name for name in report.dimensions if name.startswith("stat_time")] == [
        name for name in [report.cursor_field] if name is not None
    ]
    assert report.grain.widest_window == {"stat_time_hour": 1, "stat_time_day": 30, None: None}[report.cursor_field]
