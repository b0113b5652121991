"""The quick way through a report page gives the records of the tolerant way, or leaves the page to it."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from source_tiktok_marketing.catalog.levels import AD, ADVERTISER, BY_COUNTRY, DAILY, LIFETIME
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.protocol import record_block
from source_tiktok_marketing.streams.reports.rows import ReportRows
from unit_tests.json_values import TEXTS, VALUES

Json = dict[str, Any]

ADS_DAILY = Report(level=AD, grain=DAILY)
METRICS = ("spend", "clicks", "campaign_id", "ad_name", "likes", "app_install")
ABOUT = {"advertiser_id": "7001"}


def rows_of(report: Report) -> ReportRows:
    return ReportRows(report.name, report.dimensions, tuple(ABOUT), METRICS, report.schema())


def row(metrics: Json, **dimensions: Any) -> Json:
    return {"dimensions": {"ad_id": "71", "stat_time_day": "2024-01-31 00:00:00", **dimensions}, "metrics": metrics}


def body_of(*held: Json, code: int = 0, **info: Any) -> bytes:
    page_info = {"page": 1, "page_size": 1000, "total_page": 1, "total_number": len(held), **info}
    data = {"list": held, "page_info": page_info}
    return orjson.dumps({"code": code, "message": "OK", "request_id": "2024", "data": data})


def emitted(reader: ReportRows, rows: Sequence[Any]) -> list[Json]:
    """The data of the records, as they leave the connector."""
    lines = record_block("s", reader.records(rows, ABOUT)).splitlines()
    return [orjson.loads(line)["record"]["data"] for line in lines]


def tolerantly(reader: ReportRows, *held: Json) -> list[Json]:
    return emitted(reader, orjson.loads(orjson.dumps(held)))


ORDINARY = row(
    {
        "spend": "12.50",
        "clicks": "7",
        "campaign_id": "1700000000000000001",
        "ad_name": 'The "best" -',
        "likes": "3",
        "app_install": "-",
    }
)


def test_an_ordinary_page_takes_the_quick_way() -> None:
    reader = rows_of(ADS_DAILY)
    page = reader.decode(body_of(ORDINARY, row({"spend": "0.00"}, ad_id="72"), total_page=3, total_number=2001))

    assert page is not None
    assert (page.total_page, page.total_number) == (3, 2001)
    assert emitted(reader, page.rows) == tolerantly(reader, ORDINARY, row({"spend": "0.00"}, ad_id="72"))


@pytest.mark.parametrize("quickly", [True, False])
def test_a_record_is_the_row_with_its_dimensions_on_top(quickly: bool) -> None:  # noqa: FBT001  a parameter
    """Spend stays text, as TikTok and Airbyte have it; what is declared a number becomes one; `-` is null."""
    reader = rows_of(ADS_DAILY)
    page = reader.decode(body_of(ORDINARY))
    assert page is not None
    records = emitted(reader, page.rows) if quickly else tolerantly(reader, ORDINARY)

    assert records == [
        {
            "ad_id": 71,
            "stat_time_day": "2024-01-31 00:00:00",
            "advertiser_id": 7001,
            "metrics": {
                "spend": "12.50",
                "clicks": "7",
                "campaign_id": 1700000000000000001,
                "ad_name": 'The "best" -',
                "likes": 3.0,
                "app_install": None,
            },
            "dimensions": {"ad_id": 71, "stat_time_day": "2024-01-31 00:00:00"},
        }
    ]


def test_a_report_of_advertisers_names_them_once() -> None:
    reader = rows_of(Report(level=ADVERTISER, grain=LIFETIME))
    held = {"dimensions": {"advertiser_id": "7001"}, "metrics": {"spend": "1.00"}}
    expected = {"advertiser_id": 7001, "metrics": {"spend": "1.00"}, "dimensions": {"advertiser_id": 7001}}

    assert tolerantly(reader, held) == [expected]
    page = reader.decode(body_of(held))
    assert page is None or emitted(reader, page.rows) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"code":0',
        b'{"code":0,"data":{}}',
        b'{"code":0,"data":null}',
        body_of(ORDINARY, code=40100),
        body_of(row({"likes": "many"})),
        body_of(row({"a_new_metric": "3"})),
        body_of(row({}, a_new_dimension="3")),
        body_of({"dimensions": {"ad_id": "71"}, "metrics": {}}),
        body_of({"dimensions": {"ad_id": "71", "stat_time_day": "2024-01-31 00:00:00"}}),
        body_of(ORDINARY, total_page="many"),
    ],
)
def test_a_page_with_anything_unforeseen_is_left_to_the_tolerant_way(body: bytes) -> None:
    """Refusals, too: it is the tolerant way that reads the code and what TikTok says."""
    assert rows_of(ADS_DAILY).decode(body) is None


_TEXTS = TEXTS | st.sampled_from(
    [
        "-",
        "null",
        "true",
        "nan",
        "inf",
        "1e3",
        "0x7",
        "1_0",
        " 7 ",
        "+7",
        "\uff17",
        "7.0",
        "1.5",
        '"-"',
        'x"-',
        "9" * 25,
        "",
    ]
)
_METRICS = st.dictionaries(
    st.sampled_from(METRICS), _TEXTS | st.integers(0, 10**9).map(str) | st.floats(0, 1e9).map(repr) | VALUES
)


@given(st.lists(st.builds(row, _METRICS), min_size=1, max_size=3))
@example([row({"likes": "nan"})])
@example([row({"likes": "inf"})])
@example([row({"likes": "null"})])
@example([row({"ad_name": "null"})])
@example([row({"ad_name": 7})])
@example([row({"campaign_id": "7.0"})])
@example([row({"campaign_id": "9" * 25})])
@example([row({"ad_name": 'x"-', "spend": "-"})])
@example([row({"likes": True})])
def test_both_ways_give_the_same_records(held: list[Json]) -> None:
    """Whatever TikTok sends, unless the quick way leaves it to the other."""
    reader = rows_of(ADS_DAILY)
    page = reader.decode(body_of(*held))

    assert page is None or emitted(reader, page.rows) == tolerantly(reader, *held)


@pytest.mark.parametrize("spend", [47.06, 47])
def test_a_number_that_is_declared_text_becomes_text(spend: float) -> None:
    reader = rows_of(ADS_DAILY)
    body = body_of(row({"spend": spend}))
    page = reader.decode(body)
    (record,) = emitted(reader, orjson.loads(body)["data"]["list"] if page is None else page.rows)

    assert record["metrics"] == {"spend": str(spend)}


def test_only_a_metric_can_be_absent() -> None:
    """A dimension is part of the key, which must not be null."""
    reader = rows_of(Report(level=AD, grain=DAILY, breakdown=BY_COUNTRY))
    held = row({"spend": "-"}, country_code="-")
    page = reader.decode(body_of(held))
    (record,) = emitted(reader, [held] if page is None else page.rows)

    assert record["country_code"] == record["dimensions"]["country_code"] == "-"
    assert record["metrics"] == {"spend": None}


@given(st.lists(st.sampled_from(["71", "72", "73"]), min_size=1, max_size=6))
def test_both_ways_tell_the_same_rows_apart(ads: list[str]) -> None:
    """A list may be read partly the one and partly the other way."""
    reader = rows_of(ADS_DAILY)
    held = [row({"spend": "1.00"}, ad_id=ad) for ad in ads]
    page = reader.decode(body_of(*held))

    assert page is not None
    assert reader.keys(page.rows) == reader.keys(held)
    assert reader.hashes(page.rows) == reader.hashes(held)
