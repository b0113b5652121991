"""The file of a task gives the records that the report's own pages give, or nothing."""

import csv
import io
from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_tiktok_marketing.catalog.levels import AD, DAILY
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.protocol import record_block
from source_tiktok_marketing.streams.reports.rows import ReportRows
from source_tiktok_marketing.streams.reports.tasks.file import ReportFile
from source_tiktok_marketing.streams.reports.tasks.run import TaskUnusable
from source_tiktok_marketing.streams.windows import Window

Json = dict[str, Any]

REPORT = Report(level=AD, grain=DAILY)
DIMENSIONS, METRICS = REPORT.dimensions, ("ad_name", "spend", "impressions", "app_install")
WINDOW = Window(date(2026, 10, 1), date(2026, 10, 30))
ROW = ("71", "2026-10-02 00:00:00", "Video", "1.20", "3", "-")
COUNTS = st.integers(0, 10**12).map(str) | st.just("-")
VALUES = st.tuples(
    st.integers(1, 2**63 - 1).map(str),
    st.integers(1, 30).map("2026-10-{:02d} 00:00:00".format),
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    st.decimals(0, 10**9, places=2).map(str) | st.just("-"),
    COUNTS,
    COUNTS,
)


def reader() -> ReportRows:
    return ReportRows(REPORT.name, DIMENSIONS, ("advertiser_id",), METRICS, REPORT.schema())


def written(*lines: tuple[str, ...], titles: tuple[str, ...] = (*DIMENSIONS, *METRICS)) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([titles, *lines])
    return text.getvalue().encode()


def records(rows: ReportRows, held: Any) -> list[Json]:
    lines = record_block("s", rows.records(held, {"advertiser_id": "7001"})).splitlines()
    return [orjson.loads(line)["record"]["data"] for line in lines]


def read(body: bytes) -> list[Json]:
    rows = reader()
    return [
        record
        for page in ReportFile("t", body, DIMENSIONS, METRICS, rows, WINDOW).pages()
        for record in records(rows, page.rows)
    ]


@given(
    values=st.lists(VALUES, max_size=5),
    order=st.permutations((*DIMENSIONS, *METRICS, "more")),
    has_mark=st.booleans(),
)
def test_records_are_those_of_a_page(values: list[tuple[str, ...]], order: list[str], *, has_mark: bool) -> None:
    """Whatever the order of the columns, and with further ones."""
    named = [dict(zip((*DIMENSIONS, *METRICS), line, strict=True)) | {"more": "x"} for line in values]
    body = written(*(tuple(line[name] for name in order) for line in named), titles=tuple(order))
    rows = reader()
    page = [
        {"dimensions": {name: line[name] for name in DIMENSIONS}, "metrics": {name: line[name] for name in METRICS}}
        for line in named
    ]
    answered = rows.decode(orjson.dumps({"code": 0, "data": {"list": page, "page_info": {"total_page": 1}}}))

    assert answered is not None
    assert read(b"\xef\xbb\xbf" * has_mark + body) == records(rows, answered.rows)


def test_pages_are_as_large_as_those_of_the_report() -> None:
    rows = reader()
    body = written(*((str(number), *ROW[1:]) for number in range(2500)))

    assert [len(page.rows) for page in ReportFile("t", body, DIMENSIONS, METRICS, rows, WINDOW).pages()] == [
        1000,
        1000,
        500,
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "columns ad_id, stat_time_day,"),
        (written(ROW, titles=(*DIMENSIONS, *METRICS[:-1], "clicks")), "columns app_install"),
        (written((*ROW, "1"), titles=(*DIMENSIONS, *METRICS, "spend")), "columns spend"),
        (written(ROW, ROW[:-1]), "Line 3"),
        (written(ROW, ("72", *ROW[1:4], "3,000", "-")), "Line 3"),
        (written((*ROW[:3], "1.20 USD", *ROW[4:])), "Line 2"),
        (written(("7.1e18", *ROW[1:])), "rows 1 to 1"),
        (written(("71", "2026-10-02", *ROW[2:])), "'2026-10-02'"),
        (written(("71", "2026-10-31 00:00:00", *ROW[2:])), "'2026-10-31 00:00:00'"),
        (written(ROW) + b'"71', "not readable"),
        (written(ROW) + b"\xff", "not readable"),
    ],
)
def test_another_file_is_of_no_use(body: bytes, told: str) -> None:
    with pytest.raises(TaskUnusable, match="t") as refusal:
        read(body)

    assert told in refusal.value.message
