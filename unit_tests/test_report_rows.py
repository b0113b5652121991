"""The tolerant way through rows of reports: identity, joining, and the record that is emitted."""

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.catalog.reports import AD, DAILY, Report
from source_tiktok_marketing.catalog.schemas import report_schema
from source_tiktok_marketing.streams.report_rows import ReportRows

if TYPE_CHECKING:
    from collections.abc import Hashable

Json = dict[str, Any]

METRICS = ("clicks", "likes", "spend", "campaign_id", "ad_name", "app_install")
ABOUT = {"advertiser_id": "7001"}


@pytest.fixture
def reader() -> ReportRows:
    report = Report(level=AD, grain=DAILY)
    return ReportRows(report.name, report.dimensions, ("advertiser_id",), METRICS, report_schema(report))


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

    assert len({reader.key(each) for each in rows}) == 4
    assert reader.key(row("1", {"likes": "3"})) == reader.key(row("1", {}))


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
        reader.key(odd)


PARTS = (("clicks",), ("likes",), ("spend",))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_parts_of_a_row_come_together(reader: ReportRows, order: tuple[int, ...]) -> None:
    """Whatever order the answers come in, each row is complete once, with the metrics of all of them."""
    waiting: dict[Hashable, list[Json]] = {}
    complete = []
    for part in order:
        for ad in ("1", "2") if part else ("2", "1"):
            whole = reader.merge(waiting, row(ad, {PARTS[part][0]: ad}), PARTS)
            complete += [] if whole is None else [whole]

    assert waiting == {}
    assert sorted(complete, key=lambda whole: str(whole["dimensions"])) == [
        row(ad, {"clicks": ad, "likes": ad, "spend": ad}) for ad in ("1", "2")
    ]


def test_a_row_that_one_answer_lacks_keeps_waiting_and_is_not_lost(reader: ReportRows) -> None:
    waiting: dict[Hashable, list[Json]] = {}

    assert reader.merge(waiting, row("1", {"clicks": "1"}), PARTS) is None
    assert reader.merge(waiting, row("1", {"spend": "2"}), PARTS) is None
    assert [reader.whole(together, PARTS) for together in waiting.values()] == [row("1", {"clicks": "1", "spend": "2"})]
