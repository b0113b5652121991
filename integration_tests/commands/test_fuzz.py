"""Configuration, catalogue and state as nobody foresaw them: a clear message or a right reading, nothing between."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from integration_tests.emulator import Emulator
from integration_tests.harness.accounts import NOW, accounts, ids
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Run

DAILY = "ads_reports_daily"
STREAMS = ("campaigns", DAILY)
TODAY = "2026-11-10 00:00:00"

SCALARS = (
    some.none()
    | some.booleans()
    | some.integers(-(2**63), 2**63)
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=12)
    | some.sampled_from(
        ["0001-01-01", "9999-12-31", "2026-11-09", "2026-13-01", "1", "-1", "prod_access_token", "\u20ac"]
    )
)
JSON = some.recursive(
    SCALARS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
BOUNDED = settings(
    max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def tiktok() -> Iterator[Emulator]:
    """Two accounts alike."""
    with Emulator(accounts(2), now=NOW) as emulator:
        yield emulator


@pytest.fixture
def connection(connect: Connect, tiktok: Emulator) -> Connection:
    return connect(tiktok, start_date="2026-11-08")


def assert_clear(run: Run) -> None:
    """Whatever happened is told in words for the user, not for a programmer."""
    told = orjson.dumps(run.messages).decode()
    refusals = [error["message"] for error in run.errors]
    if run.of("CONNECTION_STATUS"):
        status, message = run.verdict
        refusals += [message] if status == "FAILED" else []

    assert "Traceback" not in told
    assert not any("Unexpected" in message for message in refusals), refusals
    assert all(len(message) > 10 for message in refusals)
    assert bool(run.errors) == (run.exit_status == 1)


def assert_right(run: Run, tiktok: Emulator) -> None:
    """Refused, or read: then today's rows of every advertiser are there, or a warning says that they are not asked."""
    assert_clear(run)
    if run.exit_status == 0:
        if any("still to come" in line for line in run.logged("WARN")):
            return
        rows = {str(row["advertiser_id"]) for row in run.records(DAILY) if row["stat_time_day"] == TODAY}
        assert rows == set(ids(tiktok))
    else:
        assert all(error["failure_type"] == "config_error" for error in run.errors)


KEYS = (
    "credentials",
    "start_date",
    "end_date",
    "attribution_window",
    "include_deleted",
    "report_granularity",
    "rate_limit_tier",
    "advertiser_ids",
    "environment",
    "access_token",
    "custom_reports",
)


@BOUNDED
@given(key=some.sampled_from(KEYS), value=JSON)
@example(key="start_date", value="0001-01-01")
@example(key="start_date", value="0024-01-31")
@example(key="advertiser_ids", value="\u0661\u0662")
@example(key="attribution_window", value=10**9)
def test_any_value_in_a_configuration_is_read_or_refused(connection: Connection, key: str, value: Any) -> None:
    """`check` says which."""
    run = connection.check(**{key: value})
    status, message = run.verdict

    assert_clear(run)
    assert status == "SUCCEEDED" or len(message) > 10


@BOUNDED
@given(key=some.sampled_from(["access_token", "app_id", "secret", "advertiser_id", "auth_type"]), value=JSON)
@example(key="access_token", value="\u201cquoted-by-a-word-processor\u201d")
@example(key="access_token", value="broken-over\ntwo-lines")
@example(key="access_token", value="with\rreturn-and\x00null")
@example(key="secret", value="\ud7ff\u20acuro-and-more")
def test_any_credentials_are_read_or_refused_without_being_shown(connection: Connection, key: str, value: Any) -> None:
    """Also such as no header of HTTP can carry."""
    credentials = {**connection.configured()["credentials"], key: value}
    run = connection.check(credentials=credentials)
    told = orjson.dumps(run.messages).decode()

    assert_clear(run)
    if isinstance(value, str) and key in ("access_token", "secret"):
        pieces = [piece for piece in value.split() if len(piece) > 6]
        assert not any(piece in told for piece in pieces)


@BOUNDED
@given(value=JSON)
def test_any_json_is_a_configuration_or_refused(connection: Connection, value: Any) -> None:
    run = connection.run(["check", "--config", connection.file("config", value)])

    assert_clear(run)
    assert run.verdict[0] == "FAILED"


PLACES: tuple[tuple[Any, ...], ...] = (
    (),
    ("streams",),
    ("streams", 0),
    ("streams", 0, "stream"),
    ("streams", 0, "stream", "name"),
    ("streams", 0, "stream", "json_schema"),
    ("streams", 0, "stream", "source_defined_primary_key"),
    ("streams", 0, "sync_mode"),
    ("streams", 0, "cursor_field"),
    ("streams", 0, "primary_key"),
)


def put(whole: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value at a place."""
    if not place:
        return value
    whole = deepcopy(whole)
    holder = whole
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    return whole


@BOUNDED
@given(place=some.sampled_from(PLACES), value=JSON)
def test_any_catalogue_is_read_or_refused(connection: Connection, place: tuple[Any, ...], value: Any) -> None:
    arguments = connection.read_arguments(*STREAMS)
    connection.file("catalog", put(connection.catalog(*STREAMS), place, value))
    run = connection.run(arguments)

    assert_clear(run)
    assert "config_error" in {error["failure_type"] for error in run.errors} or run.exit_status == 0


STATE_PLACES: tuple[tuple[Any, ...], ...] = (
    (),
    (0,),
    (0, "type"),
    (0, "stream"),
    (0, "stream", "stream_descriptor"),
    (0, "stream", "stream_state"),
    (0, "stream", "stream_state", "states"),
    (0, "stream", "stream_state", "states", 0),
    (0, "stream", "stream_state", "states", 0, "partition"),
    (0, "stream", "stream_state", "states", 0, "partition", "advertiser_id"),
    (0, "stream", "stream_state", "states", 0, "partition", "more"),
    (0, "stream", "stream_state", "states", 0, "cursor"),
    (0, "stream", "stream_state", "states", 0, "cursor", "stat_time_day"),
    (0, "stream", "stream_state", "lookback_window"),
    (0, "stream", "stream_state", "use_global_cursor"),
    (0, "stream", "stream_state", "state"),
)
CURSOR = STATE_PLACES[12]
DATES = some.datetimes().map(str) | some.dates().map(str)


@BOUNDED
@given(place=some.sampled_from(STATE_PLACES), value=JSON | DATES)
@example(place=CURSOR, value="0001-01-01")
@example(place=CURSOR, value="0001-01-01 00:00:00")
@example(place=CURSOR, value="9999-12-31")
@example(place=CURSOR, value="9999-12-31 23:59:59")
@example(place=STATE_PLACES[13], value=10**9)
@example(place=STATE_PLACES[13], value=3 * 10**8)
def test_any_state_is_read_right_or_refused(
    connection: Connection, tiktok: Emulator, place: tuple[Any, ...], value: Any
) -> None:
    """No state makes a sync green that lacks the rows of the present."""
    states = [
        {"partition": {"advertiser_id": one, "parent_slice": {}}, "cursor": {"stat_time_day": "2026-11-09"}}
        for one in ids(tiktok)
    ]
    message = {
        "type": "STREAM",
        "stream": {
            "stream_descriptor": {"name": DAILY},
            "stream_state": {"use_global_cursor": False, "states": states, "lookback_window": 0},
        },
    }
    run = connection.run(connection.read_arguments(*STREAMS, state=put([message], place, value)))

    assert_right(run, tiktok)


@BOUNDED
@given(cursor=DATES | SCALARS)
@example(cursor="0001-01-01 00:00:00Z")
@example(cursor="9999-12-31 23:59:59Z")
def test_any_cursor_of_a_list_is_read_right_or_refused(connection: Connection, cursor: Any) -> None:
    """The objects that changed since, or a message."""
    state = [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": "ads"}, "stream_state": {"modify_time": cursor}}}
    ]
    assert_clear(connection.run(connection.read_arguments("ads", state=state)))


@BOUNDED
@given(name=some.sampled_from(["config", "catalog", "state"]), content=some.binary(max_size=40))
def test_any_bytes_are_a_file_or_refused(connection: Connection, name: str, content: bytes) -> None:
    arguments = connection.read_arguments(DAILY, state=[])
    connection.file(name, content)

    assert_clear(connection.run(arguments))
