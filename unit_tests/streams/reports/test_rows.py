"""The tolerant way through rows of reports: identity, and the record that is emitted."""

from typing import Any

import pytest

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.catalog.levels import AD, DAILY
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.streams.reports.rows import ReportRows

Json = dict[str, Any]

METRICS = ("clicks", "likes", "spend", "campaign_id", "ad_name", "app_install")
ABOUT = {"advertiser_id": "7001"}


@pytest.fixture
def reader() -> ReportRows:
    report = Report(level=AD, grain=DAILY)
    return ReportRows(report.name, report.dimensions, ("advertiser_id",), METRICS, report.schema())


def row(ad_id: str, metrics: Json, day: str = "2024-01-31") -> Json:
    return {"dimensions": {"ad_id": ad_id, "stat_time_day": f"{day} 00:00:00"}, "metrics": metrics}


def test_what_tiktok_adds_is_kept(reader: ReportRows) -> None:
    """Metrics and dimensions that nobody foresaw are emitted as they are."""
    odd = row("1712345678900000001", {"spend": "12.50", "a_new_metric": "3"})
    odd["dimensions"]["a_new_dimension"] = "x"

    assert reader.records([odd], ABOUT) == [
        {
            "ad_id": 1712345678900000001,
            "stat_time_day": "2024-01-31 00:00:00",
            "advertiser_id": 7001,
            "metrics": {"spend": "12.50", "a_new_metric": "3"},
            "dimensions": {
                "ad_id": 1712345678900000001,
                "stat_time_day": "2024-01-31 00:00:00",
                "a_new_dimension": "x",
            },
        }
    ]


def test_a_dash_is_null_wherever_it_stands(reader: ReportRows) -> None:
    (record,) = reader.records([row("7", {"likes": "-", "ad_name": "-", "spend": "-", "a_new_metric": "-"})], ABOUT)

    assert record["metrics"] == {"likes": None, "ad_name": None, "spend": None, "a_new_metric": None}


def test_a_number_that_is_none_stays(reader: ReportRows, airbyte_log: pytest.LogCaptureFixture) -> None:
    """With one warning, and its neighbours are cast."""
    records = reader.records([row(ad, {"app_install": "many", "likes": "3"}) for ad in ("1", "2")], ABOUT)

    assert [record["metrics"] for record in records] == [{"app_install": "many", "likes": 3.0}] * 2
    assert airbyte_log.text.count("app_install") == 1


def test_rows_are_told_apart_by_all_dimensions(reader: ReportRows) -> None:
    rows = [row(ad, {}, day) for ad in ("1", "2") for day in ("2024-01-30", "2024-01-31")]

    assert len(set(reader.keys(rows))) == 4
    assert reader.keys([row("1", {"likes": "3"})]) == reader.keys([row("1", {})])


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"dimensions": {"ad_id": "1"}, "metrics": {}},
        {"dimensions": None, "metrics": {}},
        {"dimensions": {"ad_id": "1", "stat_time_day": "2024-01-31 00:00:00"}},
        {"dimensions": {"ad_id": "1", "stat_time_day": "2024-01-31 00:00:00"}, "metrics": []},
    ],
)
def test_what_is_no_report_row_is_refused(reader: ReportRows, odd: Json) -> None:
    """Without its dimensions a row would overwrite others."""
    with pytest.raises(SystemFailure, match="ad_id, stat_time_day"):
        reader.keys([odd])
