"""Custom reports are read as built-in ones are: every row once, resumed at the cursor, in parts if need be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from integration_tests.custom_reports.cases import CASES, REPORTS, START, Case, in_list
from integration_tests.emulator import Emulator, Fault, seeded_world
from integration_tests.expected.days import asked_days, days_between
from integration_tests.harness.accounts import FINISHED_DAY, NOW, accounts
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connect, Connection
from integration_tests.harness.output import Run
from integration_tests.harness.schema import misfits

Json = dict[str, Any]

REPORT = "report/integrated/get/"
NAMES = [case.stream for case in CASES]
OWN = {"name": "own", "level": "ad", "metrics": ["spend", "conversion"]}


@dataclass
class Sync:
    """What TikTok holds and was asked, and what came out of it."""

    tiktok: Emulator
    streams: dict[str, Json]
    run: Run


@pytest.fixture(scope="module")
def sync(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sync]:
    """Ten days of all cases in one sync."""
    with Emulator(seeded_world(1), now=NOW) as tiktok, pytest.MonkeyPatch.context() as environment:
        environment.setenv(BASE_URL_VARIABLE, tiktok.base_url)
        config = {"start_date": str(START), "custom_reports": REPORTS}
        connection = Connection(tiktok, tmp_path_factory.mktemp("custom"), config)
        streams = {stream["name"]: stream for stream in connection.discover()}
        yield Sync(tiktok, streams, connection.read(*NAMES))


def in_order(records: list[Json]) -> list[bytes]:
    return sorted(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in records)


cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.stream)


def test_everything_is_complete_and_nothing_was_noteworthy(sync: Sync) -> None:
    assert sync.run.exit_status == 0
    assert sync.run.logged("WARN") == []
    assert list(sync.streams)[-len(NAMES) :] == NAMES


@cases
def test_a_custom_report_equals_what_tiktok_holds(sync: Sync, case: Case) -> None:
    expected = in_order(case.truth(sync.tiktok, sync.streams[case.stream]["json_schema"]))
    records = sync.run.records(case.stream)

    assert len(records) == len(expected) > 0
    assert in_order(records) == expected


@cases
def test_every_record_is_as_discover_announces_it(sync: Sync, case: Case) -> None:
    """Its dimensions are on top and nested, metrics have the types of their kinds, and the key is unique."""
    stream, records = sync.streams[case.stream], sync.run.records(case.stream)
    declared = stream["json_schema"]["properties"]
    keys = [tuple(record[name] for (name,) in case.key) for record in records]

    assert stream["source_defined_primary_key"] == case.key
    assert stream.get("default_cursor_field") == ([case.time] if case.time else None)
    assert stream["json_schema"]["additionalProperties"] is True
    assert misfits(stream, records) == set()
    assert len(set(keys)) == len(keys)
    for record in records:
        assert record.keys() == {"advertiser_id", *case.dimensions, "dimensions", "metrics"} == declared.keys()
        assert {name: record[name] for name in case.dimensions}.items() <= record["dimensions"].items()
        assert record["metrics"].keys() == declared["metrics"]["properties"].keys() >= set(case.metrics)


@cases
def test_a_page_costs_one_request(sync: Sync, case: Case) -> None:
    asked = [orjson.dumps(params, option=orjson.OPT_SORT_KEYS) for params in case.asked(sync.tiktok)]

    assert len(asked) == len(set(asked)) > 0


def test_numbers_are_numbers_and_ids_are_integers(sync: Sync) -> None:
    """Airbyte's contract writes spend of built-in reports as text; custom reports have no such past."""
    (record, *_) = sync.run.records("custom_of_the_hour")
    (spent, *_) = sync.run.records("custom_least")

    assert isinstance(record["metrics"]["clicks"], float)
    assert isinstance(record["metrics"]["campaign_id"], int)
    assert isinstance(record["metrics"]["adgroup_name"], str)
    assert isinstance(record["advertiser_id"], int)
    assert isinstance(record["adgroup_id"], int)
    assert isinstance(spent["metrics"]["spend"], float)


@pytest.mark.parametrize(
    ("own", "start", "lookback"),
    [
        ({}, "2026-09-20", 3),
        ({"start_date": "2026-10-25"}, "2026-10-25", 3),
        ({"lookback_days": 9}, "2026-09-20", 9),
        ({"lookback_days": 0, "start_date": "2026-10-01"}, "2026-10-01", 0),
    ],
    ids=str,
)
def test_a_resumed_report_reads_its_own_days_and_no_more(
    connect: Connect, own: Json, start: str, lookback: int
) -> None:
    with Emulator(accounts(1), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-09-20", custom_reports=[OWN | own])
        (advertiser,) = tiktok.world.advertisers
        first = connection.read("custom_own")
        asked_first = asked_days(tiktok, advertiser.id, "stat_time_day")
        tiktok.log.clear()
        tiktok.clock.move(days=2)
        connection.read("custom_own", state=first.last_states)
        reread = date.fromisoformat(FINISHED_DAY) - timedelta(days=lookback)

        assert asked_first == days_between(date.fromisoformat(start), date(2026, 11, 10))
        assert asked_days(tiktok, advertiser.id, "stat_time_day") == days_between(reread, date(2026, 11, 12))
        assert first.cursors("custom_own") == {advertiser.id: FINISHED_DAY}


def test_the_days_of_one_report_are_not_those_of_others(connect: Connect) -> None:
    with Emulator(accounts(1), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-08", custom_reports=[OWN | {"start_date": "2026-11-01"}])
        run = connection.read("custom_own", "ads_reports_daily")
        days = {name: min(record["stat_time_day"] for record in run.records(name)) for name in run.streams}

        assert days == {"custom_own": "2026-11-01 00:00:00", "ads_reports_daily": "2026-11-08 00:00:00"}


def test_a_report_that_is_too_large_is_divided_within_its_own_ids(connect: Connect) -> None:
    """No campaign is asked for that the report's own filter leaves out, and no row is lost."""
    with Emulator(seeded_world(1), now=NOW) as tiktok:
        account = max(tiktok.world.advertisers, key=lambda each: len(tiktok.entities("campaign", each.id)))
        wanted = [row["campaign_id"] for row in tiktok.entities("campaign", account.id)][:3]
        report = {"name": "three", "metrics": ["spend"], "filters": [{"field": "campaign_ids", "values": wanted}]}
        config = {"start_date": "2026-11-09", "advertiser_ids": [account.id], "custom_reports": [report]}
        connection = connect(tiktok, **config)
        calm = in_order(connection.read("custom_three").records("custom_three"))
        tiktok.log.clear()
        every = CASES[0].question()["filtering"]
        whole = str([*every, in_list("campaign_ids", wanted[0])])
        tiktok.inject(
            Fault(
                path=REPORT,
                match=lambda asked: len(str(asked.get("filtering"))) > len(whole),
                code=40067,
                message="The query is too large.",
                times=None,
            )
        )
        run = connection.read("custom_three")
        answered = [
            orjson.loads(item["filter_value"])
            for request in tiktok.log.to(REPORT)
            for item in request.params["filtering"]
            if request.code == 0 and item["field_name"] == "campaign_ids"
        ]

        assert run.exit_status == 0
        assert in_order(run.records("custom_three")) == calm != []
        assert sorted({tuple(ids) for ids in answered}) == sorted((id_,) for id_ in wanted)


def test_an_unknown_metric_is_read_as_text_with_a_warning(connect: Connect) -> None:
    """TikTok adds metrics faster than connectors learn of them. What it refuses is left out."""
    with Emulator(accounts(1), now=NOW) as tiktok:
        report = OWN | {"metrics": ["spend", "brand_new_metric"]}
        connection = connect(tiktok, start_date="2026-11-08", custom_reports=[report])
        schema = next(stream["json_schema"] for stream in connection.discover() if stream["name"] == "custom_own")
        run = connection.read("custom_own")
        warnings = run.logged("WARN")

        assert schema["properties"]["metrics"]["properties"]["brand_new_metric"] == {"type": ["null", "string"]}
        assert run.exit_status == 0
        assert {tuple(record["metrics"]) for record in run.records("custom_own")} == {("spend",)}
        assert ["brand_new_metric" in told for told in warnings] == [True, True]
