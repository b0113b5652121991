"""Reports with more metrics than TikTok answers at once, and metrics that it refuses: no row and no value is lost."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault, LoggedRequest, uniform_world
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Json

REPORT = "report/integrated/get/"
HOURLY, DAILY = "ads_reports_hourly", "ads_reports_daily"
PAGE = 1000


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """43 ads that deliver in each of 24 hours: 1,032 rows, a page and a bit."""
    with Emulator(uniform_world(1, 43), now=NOW) as emulator:
        yield emulator


@pytest.fixture(params=[1, 2], ids=["one process", "two processes"])
def connect(connect: Connect, request: pytest.FixtureRequest) -> Connect:
    """A function that connects the connector, alone or with a second process, to an emulator."""

    def to(tiktok: Emulator, **config: Any) -> Connection:
        return replace(connect(tiktok, **config), processors=request.param)

    return to


def one_day(connect: Connect, tiktok: Emulator) -> Connection:
    return connect(tiktok, start_date="2026-11-09", end_date="2026-11-09")


def parts_of(tiktok: Emulator) -> list[LoggedRequest]:
    """The questions that a day's rows were asked in, without further pages."""
    return [request for request in tiktok.log.to(REPORT) if request.params["page"] == "1"]


def replaced(data: Json, _: Json) -> Json:
    """What TikTok answers instead."""
    return data


def asks_for(metric: str, params: Json) -> bool:
    return metric in params["metrics"]


def answer_instead(tiktok: Emulator, asked: LoggedRequest, rows: list[Json]) -> None:
    """Let TikTok answer the question with `rows`, page by page."""
    pages = -(-len(rows) // PAGE)
    for page in range(1, pages + 1):
        info = {"page": page, "page_size": PAGE, "total_number": len(rows), "total_page": pages}
        data = {"list": rows[(page - 1) * PAGE : page * PAGE], "page_info": info}
        match = {"metrics": asked.params["metrics"], "page": str(page)}
        tiktok.inject(Fault(path=REPORT, match=match, rewrite=partial(replaced, data), times=None))


def held(tiktok: Emulator, asked: LoggedRequest) -> list[Json]:
    """Every row that TikTok has for the question."""
    wish = {name: value for name, value in asked.params.items() if not name.startswith("page")}
    return [dict(row) for row in tiktok.report_rows(**wish)]


def key_of(row: Json) -> tuple[int, str]:
    return int(row["dimensions"]["ad_id"]), row["dimensions"]["stat_time_hour"]


def test_rows_that_come_in_another_order_are_put_together(connect: Connect, tiktok: Emulator) -> None:
    """One part comes last row first, so that rows of its first page have their match on the other's second."""
    connection = one_day(connect, tiktok)
    calm = connection.read(HOURLY)
    first, second = parts_of(tiktok)
    answer_instead(tiktok, second, held(tiktok, second)[::-1])
    run = connection.read(HOURLY)

    assert len(first.params["metrics"]) + len(second.params["metrics"]) > 100
    assert set(first.params["metrics"]).isdisjoint(second.params["metrics"])
    assert run.exit_status == 0
    assert once(HOURLY, run.records(HOURLY)) == once(HOURLY, calm.records(HOURLY))
    assert run.state(HOURLY) == calm.state(HOURLY)


def test_a_row_that_only_one_part_has_is_kept(connect: Connect, tiktok: Emulator) -> None:
    """With what is known of it: the metrics of the part that told of it."""
    connection = one_day(connect, tiktok)
    calm = once(HOURLY, connection.read(HOURLY).records(HOURLY))
    parts = parts_of(tiktok)
    lacking: list[set[Any]] = []
    for asked, gap in zip(parts, (slice(2, 9), slice(1003, 1020)), strict=True):
        rows = held(tiktok, asked)
        lacking.append({key_of(row) for row in rows[gap]})
        del rows[gap]
        answer_instead(tiktok, asked, rows)
    run = connection.read(HOURLY)
    for asked, missing in zip(parts, lacking, strict=True):
        for key in missing:
            for name in asked.params["metrics"]:
                del calm[key]["metrics"][name]

    assert [len(missing) for missing in lacking] == [7, 17]
    assert run.exit_status == 0
    assert once(HOURLY, run.records(HOURLY)) == calm


@pytest.mark.parametrize("name", [HOURLY, DAILY])
def test_metrics_that_tiktok_refuses_are_left_out_with_one_warning(connect: Connect, name: str) -> None:
    """One of each of the two parts; several accounts and windows find out, the user is told once."""
    with Emulator(uniform_world(3, 5), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-05" if name == HOURLY else "2026-08-01")
        calm = once(name, connection.read(name).records(name))
        refused = sorted({request.params["metrics"][-1] for request in parts_of(tiktok)})
        for metric in refused:
            message = f"Please correct the information. Invalid metric fields: ['{metric}']. "
            tiktok.inject(
                Fault(
                    path=REPORT,
                    match=partial(asks_for, metric),
                    code=40002,
                    message=message,
                    times=None,
                )
            )
        run = connection.read(name)
        warnings = run.logged("WARN")
        for record in calm.values():
            for metric in refused:
                del record["metrics"][metric]

        assert len(refused) == 2
        assert run.exit_status == 0
        assert once(name, run.records(name)) == calm
        assert sorted(metric for told in warnings for metric in refused if metric in told) == refused
        assert len(warnings) == len(refused)
        assert all(name in told for told in warnings)


def test_a_metric_refused_in_the_middle_of_a_list_loses_no_row(connect: Connect, tiktok: Emulator) -> None:
    """The first page came, the second is refused: the rest is asked without the metric, and no row comes twice."""
    connection = one_day(connect, tiktok)
    calm = once(HOURLY, connection.read(HOURLY).records(HOURLY))
    message = "Please correct the information. Invalid metric fields: ['likes']. "
    tiktok.inject(
        Fault(
            path=REPORT,
            match=lambda asked: "likes" in asked["metrics"] and asked["page"] == "2",
            code=40002,
            message=message,
            times=None,
        )
    )
    run = connection.read(HOURLY)
    records = once(HOURLY, run.records(HOURLY))
    differing = {
        metric
        for key, record in records.items()
        for metric in set(record["metrics"].items()) ^ set(calm[key]["metrics"].items())
    }

    assert run.exit_status == 0
    assert records.keys() == calm.keys()
    assert {name for name, _ in differing} == {"likes"}
    assert len(run.logged("WARN")) == 1
