"""The metrics of reports: one request a page asks for all of them, and refused ones cost neither a row nor a value."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator, Fault, uniform_world
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Json

REPORT = "report/integrated/get/"
HOURLY, DAILY = "ads_reports_hourly", "ads_reports_daily"


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """43 ads that deliver in each of 24 hours: 1,032 rows, a page and a bit."""
    with Emulator(uniform_world(1, 43), now=NOW) as emulator:
        yield emulator


def one_day(connect: Connect, tiktok: Emulator) -> Connection:
    return connect(tiktok, start_date="2026-11-09", end_date="2026-11-09")


def refusing(tiktok: Emulator, metric: str, **match: str) -> None:
    """Let TikTok refuse `metric`, in requests that also `match` other parameters."""

    def is_refused(asked: dict[str, Any]) -> bool:
        return metric in asked["metrics"] and all(asked[name] == value for name, value in match.items())

    message = f"Please correct the information. Invalid metric fields: ['{metric}']. "
    tiktok.inject(Fault(path=REPORT, match=is_refused, code=40002, message=message, times=None))


def test_every_page_of_every_report_costs_one_request(connect: Connect, tiktok: Emulator) -> None:
    """No question is asked twice, be it with other metrics: TikTok counts requests, and answers a hundred at once."""
    connection = one_day(connect, tiktok)
    reports = [stream["name"] for stream in connection.discover() if "_reports" in stream["name"]]
    run = connection.read(*[name for name in reports if not name.startswith("gmv_max")])
    asked = tiktok.log.to(REPORT)
    questions = Counter(
        orjson.dumps({name: request.params.get(name) for name in (*QUESTION, "page")}) for request in asked
    )
    with_metric_sets = {name for name in reports if "_skan_" in name or "_engagement_" in name}

    assert run.exit_status == 0
    assert len(with_metric_sets) == 25
    assert max(len(request.params["metrics"]) for request in asked) <= 100
    assert max(questions.values()) <= 3  # a basic report and the two beside it, which are streams of their own
    assert sum(count - 1 for count in questions.values()) <= len(with_metric_sets) + 2  # two of them have a second page


QUESTION = ("report_type", "data_level", "dimensions", "start_date", "end_date", "query_lifetime", "filtering")


@pytest.mark.parametrize("stem", ["ads", "ads_v2"])
def test_streams_beside_the_basic_one_join_on_its_key(connect: Connect, tiktok: Emulator, stem: str) -> None:
    """The row of an ad and day is one row with the metrics of all three."""
    names = (f"{stem}_reports_daily", f"{stem}_engagement_reports_daily", f"{stem}_skan_reports_daily")
    run = one_day(connect, tiktok).read(*names)
    basic, engagement, skan = (once(name, run.records(name)) for name in names)

    assert basic.keys() == engagement.keys() == skan.keys()
    assert len(basic) == 43
    for key, row in basic.items():
        sets = [set(rows[key]["metrics"]) for rows in (basic, engagement, skan)]
        assert len(set.union(*sets)) == sum(map(len, sets)) > 110
        assert row["dimensions"] == engagement[key]["dimensions"] == skan[key]["dimensions"]


def without(records: dict[Any, Json], metrics: list[str]) -> dict[Any, Json]:
    """The records as they would be if TikTok had never told of `metrics`."""
    for record in records.values():
        for metric in metrics:
            del record["metrics"][metric]
    return records


@pytest.mark.parametrize("name", [HOURLY, DAILY])
def test_metrics_that_tiktok_refuses_are_left_out_with_one_warning(connect: Connect, name: str) -> None:
    """Two of them, each in a refusal of its own; several accounts and windows find out, the user is told once."""
    refused = ["campaign_name", "landing_page_view_rate"]
    with Emulator(uniform_world(3, 5), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-05" if name == HOURLY else "2026-08-01")
        calm = once(name, connection.read(name).records(name))
        for metric in refused:
            refusing(tiktok, metric)
        run = connection.read(name)
        warnings = run.logged("WARN")

        assert run.exit_status == 0
        assert once(name, run.records(name)) == without(calm, refused)
        assert sorted(metric for told in warnings for metric in refused if metric in told) == refused
        assert len(warnings) == len(refused)
        assert all(name in told for told in warnings)


def test_a_metric_refused_in_the_middle_of_a_list_loses_no_row(connect: Connect, tiktok: Emulator) -> None:
    """The first page came, the second is refused: the rest comes without the metric, and the next sync reads it again.

    No row comes twice.
    """
    connection = one_day(connect, tiktok)
    calm = once(HOURLY, connection.read(HOURLY).records(HOURLY))
    refusing(tiktok, "likes", page="2")
    run = connection.read(HOURLY)
    records = once(HOURLY, run.records(HOURLY))
    differing = {
        metric
        for key, record in records.items()
        for metric in set(record["metrics"].items()) ^ set(calm[key]["metrics"].items())
    }

    assert run.statuses(HOURLY)[-1] == "INCOMPLETE"
    assert run.cursors(HOURLY) == {}
    assert records.keys() == calm.keys()
    assert {name for name, _ in differing} == {"likes"}
    assert any("likes" in error["message"] for error in run.errors)
