"""What PyAirbyte makes of the connector's output: tables with every row once, in the types that were announced."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from integration_tests.clients import environment, postgres, warehouse
from integration_tests.clients.environment import Json
from integration_tests.clients.warehouse import SCHEMA, Warehouse
from integration_tests.emulator import Emulator, seeded_world
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection
from integration_tests.soak.truth import Truth

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not environment.is_there(), reason=environment.MISSING),
]

# On its way to PostgreSQL, PyAirbyte takes a number named create_time for a date, as advertisers have, and rounds ids
# that are text, such as those of pixels.
SELECTION = (
    *("campaigns", "ad_groups", "ads", "creative_assets_videos", "regions"),
    *("ads_reports_daily", "campaigns_reports_hourly", "ads_reports_lifetime", "campaigns_audience_reports_daily"),
)
# PyAirbyte merges a sync with the table, not with itself, and every account lists the music of the system.
LISTED_BY_SEVERAL = ("creative_assets_music",)
SPEND = ("ads_reports_daily", "campaigns_reports_hourly")
TYPES = {
    "duckdb": {
        "integer": "BIGINT",
        "number": "DECIMAL(38,9)",
        "boolean": "BOOLEAN",
        "string": "VARCHAR",
        "timestamp_without_timezone": "TIMESTAMP",
        "date-time": "TIMESTAMP",
        "date": "DATE",
        "json": "JSON",
    },
    "postgres": {
        "integer": "bigint",
        "number": "numeric",
        "boolean": "boolean",
        "string": "character varying",
        "timestamp_without_timezone": "timestamp without time zone",
        "date-time": "timestamp without time zone",
        "date": "date",
        "json": "json",
    },
}


@dataclass
class Synced:
    """A warehouse after two syncs, days apart, and what it must hold."""

    warehouse: Warehouse
    streams: dict[str, Json]
    keys: dict[str, set[str]]
    """The keys that TikTok held at one of the syncs, by stream."""
    now: Truth
    records: list[int]


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def synced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    """Everything in DuckDB; a selection, of more days, in PostgreSQL, which PyAirbyte fills row by row."""
    if request.param == "postgres" and postgres.programs() is None:
        pytest.skip(postgres.MISSING)
    everything = request.param == "duckdb"
    start = date(2026, 11, 10) if everything else date(2026, 11, 7)
    folder = tmp_path_factory.mktemp(request.param)
    with Emulator(seeded_world(1), now=NOW) as tiktok, ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setenv(BASE_URL_VARIABLE, tiktok.base_url)
        connection = Connection(tiktok, folder / "connection", {"start_date": str(start)})
        streams = {s["name"]: s for s in connection.discover() if everything or s["name"] in SELECTION}
        config = connection.configured()
        place = (
            warehouse.duckdb(tiktok, folder / "tiktok.duckdb", config)
            if everything
            else warehouse.postgres(tiktok, folder, config, stack.enter_context(postgres.server()))
        )
        records: list[int] = []
        keys: defaultdict[str, set[str]] = defaultdict(set)
        for days in (0, 1):
            tiktok.clock.move(days=days)
            truth = Truth(tiktok, streams.values(), start)
            records.append(place.sync("*" if everything else list(streams))["records"])
            for name in streams:
                keys[name] |= {key for held in truth.held(name).values() for key in held}
        yield Synced(place, streams, dict(keys), truth, records)


def key_columns(stream: Json) -> list[str]:
    return [name for (name,) in stream.get("source_defined_primary_key", [])]


def test_every_row_is_there_once(synced: Synced) -> None:
    """Also those that TikTok restated and that were read again: PyAirbyte merges them by the key of the stream."""
    keyed = {name: key_columns(stream) for name, stream in synced.streams.items() if key_columns(stream)}
    counts = synced.warehouse.ask(
        {
            name: f"select count(*), count(distinct ({', '.join([*key, '1'])})) from {SCHEMA}.{name}"  # noqa: S608
            for name, key in keyed.items()
        }
    )
    rows = {name: found for name, ((found, _),) in counts.items() if name not in LISTED_BY_SEVERAL}
    different = {name: found for name, ((_, found),) in counts.items()}
    expected = {name: len(synced.keys[name]) for name in keyed}

    assert different == expected
    assert rows == {name: number for name, number in expected.items() if name not in LISTED_BY_SEVERAL}
    assert sum(synced.records) > sum(len(keys) for keys in synced.keys.values())


def test_every_column_has_the_type_that_discover_announces(synced: Synced) -> None:
    statement = (
        "select table_name, column_name, data_type from information_schema.columns "  # noqa: S608
        f"where table_schema = '{SCHEMA}'"
    )
    types = TYPES[synced.warehouse.kind]
    found = {
        (table, column): kind
        for table, column, kind in synced.warehouse.ask({"types": statement})["types"]
        if not table.startswith("_") and not column.startswith("_airbyte")
    }
    announced = {
        (name, column.lower()): types[sql_type(schema)]
        for name, stream in synced.streams.items()
        for column, schema in stream["json_schema"]["properties"].items()
    }

    assert found == announced


def sql_type(schema: Json) -> str:
    """Return what a property is to a database."""
    kinds = {*([schema["type"]] if isinstance(schema["type"], str) else schema["type"])} - {"null"}
    if kinds & {"object", "array"}:
        return "json"
    (kind,) = kinds
    return str(schema.get("airbyte_type") or schema.get("format") or kind)


@pytest.mark.parametrize("name", SPEND)
def test_the_spend_of_every_account_is_what_tiktok_holds(synced: Synced, name: str) -> None:
    """At the second sync: what was restated since the first replaced what was read then."""
    statement = (
        "select advertiser_id, sum(cast(metrics ->> 'spend' as decimal(18, 2))) "  # noqa: S608
        f"from {SCHEMA}.{name} group by advertiser_id"
    )
    spent = {str(account): Decimal(total) for account, total in synced.warehouse.ask({"spend": statement})["spend"]}
    held = {
        account: sum(Decimal(str(row["metrics"]["spend"])) for rows in by_key.values() for row in rows)
        for account, by_key in synced.now.held(name).items()
    }

    assert spent == held
    assert sum(spent.values()) > 0


def test_the_second_sync_goes_on_from_the_state_of_the_first(synced: Synced) -> None:
    """PyAirbyte keeps the states in the warehouse: lists that have a cursor are asked for what changed only."""
    statement = f"select stream_name from {SCHEMA}._airbyte_state"  # noqa: S608
    with_state = {name for (name,) in synced.warehouse.ask({"states": statement})["states"]}
    incremental = {n for n, stream in synced.streams.items() if "incremental" in stream["supported_sync_modes"]}

    assert incremental <= with_state
    assert len(incremental) > 4
