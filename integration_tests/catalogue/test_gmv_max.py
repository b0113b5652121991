"""GMV Max reports below campaigns: TikTok wants ids to tell about what belongs to them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator, Fault, World, an_advertiser, an_item
from integration_tests.emulator.gmv_max.delivery import CARD
from integration_tests.expected.stores import STORE_REPORTS, expected_store_report
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Json

REPORT = "gmv_max/report/get/"
BY_TIME = [name for name, report in STORE_REPORTS.items() if report.time]
FINER = [name for name, report in STORE_REPORTS.items() if report.promotion and not report.is_of_campaigns]
STORES = ["7495000000000000011", "7495000000000000012"]
DETAILS = [name for name in FINER if STORE_REPORTS[name].alone]
ALL_SHOPS = [name for name, report in STORE_REPORTS.items() if report.promotion == "LIVE" and not report.alone]
MOST_IDS = 100


def a_world(campaigns: int) -> World:
    """An account with two stores, each with so many campaigns of each kind that began in October."""
    account = an_advertiser(timezone="Etc/UTC", created="2023-01-01T00:00:00Z")
    world = World([account])
    for store in STORES:
        world.add(an_item("gmv_max/store/list/", account, store_id=store, is_gmv_max_available=True))
        for turn in range(campaigns * 3):
            world.add(
                an_item("gmv_max/campaign/get/", account, store_id=store, created="2026-10-20T00:00:00Z", turn=turn)
            )
    return world


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    with Emulator(a_world(2), now=NOW) as emulator:
        yield emulator


def sorted_records(records: list[Json]) -> list[bytes]:
    return sorted(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in records)


def expected(connection: Connection, name: str, start: date) -> list[bytes]:
    schemas = {stream["name"]: stream["json_schema"] for stream in connection.discover()}
    return sorted_records(expected_store_report(connection.tiktok, schemas[name], name, start, date(2026, 11, 10)))


def finer_requests(tiktok: Emulator) -> list[Json]:
    return [asked.params for asked in tiktok.log.to(REPORT) if "campaign_ids" in asked.params.get("filtering", {})]


@pytest.mark.parametrize("name", FINER)
def test_more_campaigns_and_products_than_one_request_takes_are_read(connect: Connect, name: str) -> None:
    """All of those that have figures, and no other, in groups of a hundred of each kind, or alone to be described."""
    with Emulator(a_world(70), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-09")
        run = connection.read(name)
        groups = [params["filtering"] for params in finer_requests(tiktok)]

        assert run.exit_status == 0
        assert sorted_records(run.records(name)) == expected(connection, name, date(2026, 11, 9)) != []
        assert max(len(ids) for group in groups for ids in group.values()) <= MOST_IDS
        assert len(groups) < 25 or name in DETAILS
        assert {asked.code for asked in tiktok.log.to(REPORT)} == {0}


@pytest.mark.parametrize("name", FINER)
def test_each_window_asks_for_the_ids_of_its_own_campaigns(connect: Connect, tiktok: Emulator, name: str) -> None:
    """What had no figures in a window isn't asked for: nothing had before the campaigns began."""
    connection = connect(tiktok, start_date="2026-09-01")
    run = connection.read(name)
    asked = finer_requests(tiktok)

    assert run.exit_status == 0
    assert sorted_records(run.records(name)) == expected(connection, name, date(2026, 10, 12)) != []
    assert min(params["end_date"] for params in asked) >= "2026-10-20"
    assert run.logged("WARN") == []


def test_streams_that_need_the_same_ids_ask_for_them_once(connect: Connect, tiktok: Emulator) -> None:
    run = connect(tiktok, start_date="2026-09-01").read(*FINER)
    questions = [asked.query for asked in tiktok.log.to(REPORT)]

    assert run.exit_status == 0
    assert all(run.records(name) for name in FINER)
    assert len(set(questions)) == len(questions)


@pytest.mark.parametrize("days", [3, 1])
@pytest.mark.parametrize("name", [name for name in FINER if name in BY_TIME])
def test_a_window_that_is_too_large_is_halved_with_its_ids(
    connect: Connect, tiktok: Emulator, name: str, days: int
) -> None:
    connection = connect(tiktok, start_date="2026-10-25")
    whole = connection.read(name)

    def is_too_large(params: dict[str, Any]) -> bool:
        first, last = (date.fromisoformat(params[end]) for end in ("start_date", "end_date"))
        return (last - first).days >= days

    tiktok.inject(Fault(path=REPORT, match=is_too_large, code=40067, times=None))
    run = connection.read(name)

    assert run.exit_status == 0
    assert sorted_records(run.records(name)) == sorted_records(whole.records(name)) != []
    assert run.state(name) == whole.state(name)


@pytest.mark.parametrize("name", [name for name in STORE_REPORTS if STORE_REPORTS[name].promotion])
def test_a_day_that_is_too_large_is_divided_by_ids(connect: Connect, tiktok: Emulator, name: str) -> None:
    """Down to a single campaign with a single product or room; so are the days that have no days to halve."""
    connection = connect(tiktok, start_date="2026-11-08")
    whole = connection.read(name)

    def is_too_large(params: dict[str, Any]) -> bool:
        is_long = params["start_date"] != params["end_date"] and name in BY_TIME
        ids = [asked for kind, asked in params.get("filtering", {}).items() if kind.endswith("_ids")]
        return is_long or not ids or any(len(asked) > 1 for asked in ids)

    tiktok.inject(Fault(path=REPORT, match=is_too_large, code=40067, times=None))
    run = connection.read(name)

    assert run.exit_status == 0
    assert sorted_records(run.records(name)) == sorted_records(whole.records(name)) != []
    assert run.state(name) == whole.state(name)


def test_an_account_that_is_too_large_in_a_day_fails(connect: Connect, tiktok: Emulator) -> None:
    """Nothing is smaller: it has one row."""
    tiktok.inject(Fault(path=REPORT, code=40067, times=None))
    run = connect(tiktok, start_date="2026-11-10").read("gmv_max_advertiser_reports_daily")

    assert run.exit_status == 1
    assert {error["failure_type"] for error in run.errors} == {"transient_error"}


@pytest.mark.parametrize("name", DETAILS)
def test_details_are_told_of_each_object_where_tiktok_tells_them(connect: Connect, tiktok: Emulator, name: str) -> None:
    """It is asked about one campaign at a time, or one product, which the record tells. Refused, figures are left."""
    connection = connect(tiktok, start_date="2026-11-08")
    calm = connection.read(name)
    described = {"product_name", "title", "live_name"}

    def is_described(params: dict[str, Any]) -> bool:
        return bool(described & set(params["metrics"]))

    for params in finer_requests(tiktok):
        assert not is_described(params) or {len(ids) for ids in params["filtering"].values()} == {1}
    tiktok.inject(Fault(path=REPORT, match=is_described, code=40002, message="metrics: invalid.", times=None))
    run = connection.read(name)

    for record in calm.records(name):
        assert record["campaign_id"]
        told = next(record["metrics"][metric] for metric in described & set(record["metrics"]))
        assert bool(told) == (record.get("item_id") != CARD)  # a card of a product has no title
    assert run.exit_status == 0
    assert len(run.logged("WARN")) == len(STORES)
    assert len(run.records(name)) == len(calm.records(name)) > 0
    assert not any(described & set(record["metrics"]) for record in run.records(name))
    assert {record["metrics"]["cost"] for record in run.records(name)} == {
        record["metrics"]["cost"] for record in calm.records(name)
    }


@pytest.mark.parametrize("name", ALL_SHOPS)
def test_metrics_of_all_shops_are_given_up_when_tiktok_takes_the_request_only_without(
    connect: Connect, tiktok: Emulator, name: str
) -> None:
    """It doesn't say what is wrong. Each store finds out once, and no row is lost."""
    connection = connect(tiktok, start_date="2026-11-08")
    calm = connection.read(name)

    def is_refused(params: dict[str, Any]) -> bool:
        return "all_shops_roi" in params["metrics"]

    tiktok.inject(Fault(path=REPORT, match=is_refused, code=40002, message="metrics: invalid.", times=None))
    tiktok.log.clear()
    run = connection.read(name)
    refusals = [asked for asked in tiktok.log.to(REPORT) if asked.code]
    warnings = run.logged("WARN")

    assert run.exit_status == 0
    assert sorted_records(run.records(name)) == sorted_records([without_all_shops(row) for row in calm.records(name)])
    assert len(refusals) == len(warnings) == len(STORES)
    assert all(name in told and "all_shops_roi" in told and "metrics: invalid." in told for told in warnings)


def without_all_shops(record: Json) -> Json:
    """The record as it would be if TikTok had never told of all shops."""
    assert "all_shops_orders" in record["metrics"]
    kept = {name: value for name, value in record["metrics"].items() if not name.startswith("all_shops_")}
    return record | {"metrics": kept}


@pytest.mark.parametrize("name", STORE_REPORTS)
def test_a_refused_store_costs_the_others_nothing(connect: Connect, tiktok: Emulator, name: str) -> None:
    connection = connect(tiktok, start_date="2026-11-08")
    calm = connection.read(name)
    message = f"No permission to operate store {STORES[0]}"
    tiktok.inject(
        Fault(path=REPORT, match=lambda asked: STORES[0] in asked["store_ids"], code=40001, message=message, times=None)
    )
    run = connection.read(name)
    [warning] = run.logged("WARN")

    assert run.exit_status == 0
    assert run.statuses(name)[-1] == "COMPLETE"
    assert run.records(name) == [row for row in calm.records(name) if row["store_id"] == STORES[1]] != []
    assert message in warning
    assert STORES[0] not in str(run.state(name))


@pytest.mark.parametrize("name", BY_TIME)
def test_a_store_that_is_refused_half_way_is_not_complete(connect: Connect, tiktok: Emulator, name: str) -> None:
    """Some of its windows were read, the others never will be in this sync."""
    message = f"No permission to operate store {STORES[1]}"

    def is_later(asked: dict[str, Any]) -> bool:
        return bool(asked["store_ids"] == [STORES[1]] and asked["start_date"] > "2026-10-10")

    tiktok.inject(Fault(path=REPORT, match=is_later, code=40001, message=message, times=None))
    run = connect(tiktok, start_date="2026-10-09" if name.endswith("_hourly") else "2026-09-01").read(name)

    assert run.exit_status == 1
    assert run.statuses(name)[-1] == "INCOMPLETE"
    assert any(message in error["message"] and "part" in error["message"] for error in run.errors)


@pytest.mark.parametrize("name", STORE_REPORTS)
def test_nothing_is_asked_of_the_time_before_tiktok_has_figures(connect: Connect, tiktok: Emulator, name: str) -> None:
    """It has the net cost for a year longer than the rest."""
    first = "2023-09-01" if "net_cost" in STORE_REPORTS[name].metrics else "2024-09-27"
    end = "2023-09-03" if first < "2024" else "2024-09-29"
    run = connect(tiktok, start_date="2023-01-01", end_date=end).read(name)

    assert run.exit_status == 0
    assert min(asked.params["start_date"] for asked in tiktok.log.to(REPORT)) == first


def test_the_account_needs_no_campaigns_and_covers_deleted_ones(connect: Connect, tiktok: Emulator) -> None:
    name = "gmv_max_advertiser_reports_daily"
    run = connect(tiktok, start_date="2026-11-01").read(name)

    assert run.records(name) != []
    assert [asked.params.get("filtering") for asked in tiktok.log.to(REPORT)] == [None] * len(STORES)
