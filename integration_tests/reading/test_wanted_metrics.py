"""TikTok is asked for the metrics that the catalogue names, if it names any that the stream has."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.commands.test_embedding import embedded
from integration_tests.emulator import Emulator, Fault, seeded_world
from integration_tests.expected.creatives import MATERIALS
from integration_tests.harness.accounts import ADS, DAILY, HOURLY, NOW, REPORT, accounts, ids
from integration_tests.harness.connection import Connect
from integration_tests.harness.narrowed import TOLD, known, lines, metrics_of, read
from integration_tests.harness.output import Json
from unit_tests.test_contract import contract_types

DETAILS = "gmv_max_product_details_reports_daily"


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    with Emulator(accounts(2), now=NOW) as emulator:
        yield emulator


UNUSABLE: tuple[Any, ...] = (None, "schema", [], 7, {"properties": ["metrics"]}, {"properties": {"metrics": ["spend"]}})
NAMING_NONE: tuple[Json, ...] = (
    {},
    {"properties": {"metrics": {"type": "object"}}},
    {"properties": {"metrics": {"properties": None}}},
    {"properties": {"metrics": {"properties": {}}}},
    known(["province_id", "renamed"]),
)


@pytest.mark.parametrize("schema", [*UNUSABLE, *NAMING_NONE], ids=str)
def test_a_schema_that_names_no_metric_of_the_stream_wants_all(connect: Connect, tiktok: Emulator, schema: Any) -> None:
    connection = connect(tiktok, start_date="2026-11-09")
    whole = connection.read(DAILY)
    run = read(connection, {DAILY: schema})

    assert run.exit_status == 0
    assert lines(run.records(DAILY)) == lines(whole.records(DAILY))
    assert not [line for line in run.logged("INFO") if TOLD in line]


def test_a_catalogue_without_a_schema_wants_all(connect: Connect, tiktok: Emulator) -> None:
    """Names and modes are all that some clients send."""
    connection = connect(tiktok, start_date="2026-11-09")
    whole = connection.read(DAILY)
    bare = {"streams": [{"stream": {"name": DAILY}, "sync_mode": "incremental"}]}
    run = connection.run([*connection.read_arguments(DAILY), "--catalog", connection.file("bare", bare)])

    assert lines(run.records(DAILY)) == lines(whole.records(DAILY)) != []


@pytest.mark.parametrize("name", [DAILY, "campaigns_reports_hourly", "ads_audience_reports_daily"])
def test_a_connection_made_with_airbytes_schema_gets_the_metrics_of_its_tables(
    connect: Connect, tiktok: Emulator, name: str
) -> None:
    released = [path.removeprefix("metrics.") for path in contract_types(name) if path.startswith("metrics.")]
    connection = connect(tiktok, start_date="2026-11-09")
    whole = connection.read(name)
    run = read(connection, {name: known(released)})
    columns = set.union(*(set(record["metrics"]) for record in run.records(name)))

    assert lines(run.records(name)) == lines(whole.records(name), released) != []
    assert columns <= set(released)
    assert len(columns) < len(whole.records(name)[0]["metrics"])


def test_a_saved_state_goes_on_with_other_metrics(connect: Connect, tiktok: Emulator) -> None:
    """From a whole sync to one of two metrics, and back."""
    connection = connect(tiktok, start_date="2026-11-01")
    narrow = dict.fromkeys((DAILY, HOURLY), known(["spend", "clicks"]))
    begun = [connection.read(*narrow), read(connection, narrow)]
    tiktok.clock.move(days=2)
    whole = connection.read(*narrow, state=begun[0].last_states)
    resumed = read(connection, narrow, state=begun[0].last_states)
    back = connection.read(*narrow, state=begun[1].last_states)

    for name in narrow:
        assert begun[0].state(name) == begun[1].state(name)
        assert whole.state(name) == resumed.state(name) == back.state(name)
        assert lines(resumed.records(name)) == lines(whole.records(name), ["spend", "clicks"]) != []
        assert lines(back.records(name)) == lines(whole.records(name))


def test_accounts_that_are_asked_together_keep_their_records(connect: Connect) -> None:
    with Emulator(accounts(4), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-10-01", accounts_per_request=4)
        whole = connection.read(DAILY)
        tiktok.log.clear()
        run = read(connection, {DAILY: known(["spend", "reach"])})
        together = [request for request in tiktok.log.to(REPORT) if "advertiser_ids" in request.params]

        assert lines(run.records(DAILY)) == lines(whole.records(DAILY), ["spend", "reach"]) != []
        assert run.state(DAILY) == whole.state(DAILY)
        assert together
        assert {tuple(metrics_of(request)) for request in together} == {("spend", "reach")}


def test_a_sync_through_the_cdk_asks_for_the_same(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok, start_date="2026-11-09")
    catalog = connection.catalog(DAILY)
    catalog["streams"][0]["stream"]["json_schema"] = known(["spend"])
    run = embedded(connection, [*connection.read_arguments(DAILY), "--catalog", connection.file("narrow", catalog)])

    assert {tuple(record["metrics"]) for record in run.records(DAILY)} == {("spend",)}


def test_an_account_that_is_refused_all_wanted_metrics_keeps_its_rows(connect: Connect, tiktok: Emulator) -> None:
    """With the other metrics, since TikTok answers no request without any; other accounts are as they were."""
    connection = connect(tiktok, start_date="2026-11-09")
    poor, rich = ids(tiktok)

    def is_refused(asked: Json) -> bool:
        return asked["advertiser_id"] == poor and bool({"likes", "reach"} & set(asked["metrics"]))

    message = "Please correct the information. Invalid metric fields: ['likes', 'reach']. "
    tiktok.inject(Fault(path=REPORT, match=is_refused, code=40002, message=message, times=None))
    whole = connection.read(DAILY)
    run = read(connection, {DAILY: known(["reach", "likes"])})
    told = {str(record["advertiser_id"]): set(record["metrics"]) for record in run.records(DAILY)}

    assert run.exit_status == 0
    assert len(run.records(DAILY)) == len(whole.records(DAILY))
    assert told[rich] == {"likes", "reach"}
    assert len(told[poor]) == 96


@pytest.mark.parametrize("wanted", [["product_name"], ["product_name", "cost"], ["cost"]], ids="+".join)
def test_details_that_tiktok_does_not_tell_cost_no_row(connect: Connect, wanted: list[str]) -> None:
    """It doesn't say what is wrong; where it can't be for the details, nothing is asked again without them."""
    with Emulator(seeded_world(1), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-09")
        whole = connection.read(DETAILS)
        tiktok.inject(
            Fault(
                path="gmv_max/report/get/",
                match=lambda asked: "product_name" in asked["metrics"],
                code=40002,
                message="metrics: invalid.",
                times=None,
            )
        )
        run = read(connection, {DETAILS: known(wanted)})

        assert run.exit_status == 0
        assert len(run.records(DETAILS)) == len(whole.records(DETAILS)) > 0
        assert all("cost" in record["metrics"] for record in run.records(DETAILS))
        assert len(run.logged("WARN")) == ("product_name" in wanted)


@pytest.mark.parametrize("wanted", [["likes"], ["likes", "clicks"]], ids="+".join)
@pytest.mark.parametrize("name", MATERIALS)
def test_creatives_fall_back_to_what_tiktok_takes(connect: Connect, name: str, wanted: list[str]) -> None:
    """To those of the wanted metrics that every description of the report knows, or to these if it knows none."""
    with Emulator(seeded_world(1), now=NOW) as tiktok:
        connection = connect(tiktok)
        whole = connection.read(name)
        refused = Fault(
            path="creative/report/get/",
            match=lambda asked: "likes" in asked.get("metrics_fields", ()),
            code=40002,
            message="metrics_fields: invalid.",
            times=None,
        )
        tiktok.inject(refused)
        run = read(connection, {name: known(wanted)})

        assert run.exit_status == 0
        assert len(run.records(name)) == len(whole.records(name)) > 0
        assert {frozenset(record["metrics"]) for record in run.records(name)} == {
            frozenset({"clicks"} if "clicks" in wanted else {"spend", "impressions", "clicks"})
        }


def test_what_is_no_report_is_read_as_ever(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok)
    run = read(connection, {"ads": known(["spend"])})

    assert run.records("ads") == connection.read("ads").records("ads") != []
    assert tiktok.log.to(ADS)
