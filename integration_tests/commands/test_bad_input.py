"""Whatever it is given, the connector answers in the protocol: an error for the user, no traceback, no secret."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.emulator import Emulator, World, an_advertiser
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Run

DAILY = "ads_reports_daily"


@pytest.fixture(scope="module")
def tiktok() -> Iterator[Emulator]:
    with Emulator(World(advertisers=[an_advertiser(timezone="Etc/UTC")]), now=NOW) as emulator:
        yield emulator


@pytest.fixture
def connection(connect: Connect, tiktok: Emulator) -> Connection:
    return connect(tiktok, start_date="2026-11-01")


def assert_refused(run: Run, *words: str, times: int = 1) -> None:
    """The run failed with an error about the user's input that holds all `words`, told so many `times`."""
    assert run.exit_status == 1
    assert len(run.errors) == times
    for error in run.errors:
        assert error["failure_type"] == "config_error"
        assert all(word in error["message"] for word in words), error["message"]
    assert "Traceback" not in str(run.messages)
    assert run.of("RECORD") == run.of("STATE") == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "command"),
        (["dance"], "dance"),
        (["check"], "--config"),
        (["read", "--config", "x"], "--catalog"),
        (["spec", "--verbose-please"], "--verbose-please"),
        (["check", "--config"], "--config"),
        (["discover", "--config", "nowhere.json"], "nowhere.json"),
        (["read", "--config", "nowhere.json", "--catalog", "nowhere.json"], "nowhere.json"),
        (["discover", "--config", "/"], "/"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_refused(connection: Connection, arguments: list[str], word: str) -> None:
    assert_refused(connection.run(arguments), word)


@pytest.mark.parametrize("name", ["config", "catalog", "state"])
@pytest.mark.parametrize(
    "content", [b'{"streams": [', b"\xff\xfe\x00", b"{'streams': []}"], ids=["cut", "binary", "python"]
)
def test_a_file_that_is_no_json_is_named(connection: Connection, name: str, content: bytes) -> None:
    arguments = connection.read_arguments(DAILY, state=[])
    path = connection.file(name, content)

    assert_refused(connection.run(arguments), name, path)


@pytest.mark.parametrize("name", ["config", "catalog"])
def test_an_empty_file_is_no_configuration_and_no_catalogue(connection: Connection, name: str) -> None:
    arguments = connection.read_arguments(DAILY)
    connection.file(name, b"")

    assert_refused(connection.run(arguments), name)


def test_an_empty_state_file_is_no_state(connection: Connection) -> None:
    """Platforms write one before the first sync."""
    run = connection.run(connection.read_arguments(DAILY, state=b"\n"))

    assert run.exit_status == 0
    assert run.statuses(DAILY)[-1] == "COMPLETE"


@pytest.mark.parametrize("config", [[], "text", 5, None, [{"credentials": {}}]], ids=repr)
def test_a_configuration_that_is_no_object_is_refused(connection: Connection, config: Any) -> None:
    arguments = connection.read_arguments(DAILY)
    connection.file("config", config)

    assert_refused(connection.run(arguments), "configuration")


@pytest.mark.parametrize(
    "catalog",
    [
        [],
        {},
        None,
        "ads",
        {"streams": {}},
        {"streams": ["ads"]},
        {"streams": [{"name": "ads"}]},
        {"streams": [{"stream": {"name": 5}}]},
        {"streams": [{"stream": {"name": "ads"}, "sync_mode": "sometimes"}]},
    ],
    ids=repr,
)
def test_a_catalogue_that_is_none_is_refused(connection: Connection, catalog: Any) -> None:
    arguments = connection.read_arguments(DAILY)
    connection.file("catalog", catalog)

    assert_refused(connection.run(arguments), "catalog")


def test_a_catalogue_without_streams_reads_nothing(connection: Connection) -> None:
    arguments = connection.read_arguments(DAILY)
    connection.file("catalog", {"streams": []})
    run = connection.run(arguments)

    assert (run.exit_status, run.errors, run.of("RECORD")) == (0, [], [])


def stream_message(state: Any) -> list[dict[str, Any]]:
    return [{"type": "STREAM", "stream": {"stream_descriptor": {"name": DAILY}, "stream_state": state}}]


@pytest.mark.parametrize(
    "state",
    [
        "text",
        5,
        ["text"],
        [{"type": "STREAM"}],
        [{"type": "STREAM", "stream": {"stream_state": {}}}],
    ],
    ids=repr,
)
def test_a_state_file_that_is_none_is_refused(connection: Connection, tiktok: Emulator, state: Any) -> None:
    tiktok.log.clear()

    assert_refused(connection.run(connection.read_arguments(DAILY, state=state)), "state")
    assert tiktok.log.to("report/integrated/get/") == []


@pytest.mark.parametrize(
    "state",
    [
        stream_message("2026-01-01"),
        stream_message({"stat_time_day": "last week"}),
        stream_message({"stat_time_day": 20260101}),
        stream_message({"modify_time": "2026-01-01 00:00:00"}),
        stream_message({"states": "none"}),
        stream_message({"states": [{"cursor": {"stat_time_day": "2026-01-01"}}]}),
        stream_message({"states": [{"partition": {"store": 1}, "cursor": {"stat_time_day": "2026-01-01"}}]}),
        stream_message({"states": [{"partition": {"advertiser_id": "1"}, "cursor": {"stat_time_day": "2026-13-01"}}]}),
        stream_message({"states": [], "lookback_window": "long"}),
    ],
    ids=repr,
)
def test_a_state_that_is_none_is_refused_rather_than_read_from_the_beginning(
    connection: Connection, tiktok: Emulator, state: Any
) -> None:
    """Told of the stream and of the run."""
    tiktok.log.clear()

    assert_refused(connection.run(connection.read_arguments(DAILY, state=state)), "state", times=2)
    assert tiktok.log.to("report/integrated/get/") == []


def test_a_state_that_is_none_fails_its_stream_alone(connection: Connection) -> None:
    run = connection.run(connection.read_arguments("campaigns", DAILY, state=stream_message({"states": "none"})))

    assert run.exit_status == 1
    assert run.statuses(DAILY) == ["INCOMPLETE"]
    assert run.statuses("campaigns")[-1] == "COMPLETE"
    assert all(DAILY in error["message"] and error["failure_type"] == "config_error" for error in run.errors)


def test_a_stream_that_is_not_offered_fails_alone_and_similar_names_are_told(connection: Connection) -> None:
    arguments = connection.read_arguments("campaigns", DAILY)
    catalog = connection.catalog("campaigns", DAILY)
    catalog["streams"].insert(0, {"stream": {**catalog["streams"][0]["stream"], "name": "ads_report_daily"}})
    connection.file("catalog", catalog)
    run = connection.run(arguments)
    about_it = [error for error in run.errors if error["message"].startswith("The catalog names")]

    assert run.exit_status == 1
    assert run.statuses("ads_report_daily")[-1] == "INCOMPLETE"
    assert [run.statuses(stream)[-1] for stream in ("campaigns", DAILY)] == ["COMPLETE", "COMPLETE"]
    assert DAILY in about_it[0]["message"]
    assert {error["failure_type"] for error in run.errors} == {"config_error"}


@pytest.mark.parametrize("sync_mode", ["incremental", None])
def test_a_full_refresh_stream_asked_for_in_another_way_is_read_in_full(
    connection: Connection, sync_mode: str | None
) -> None:
    arguments = connection.read_arguments("advertisers")
    catalog = connection.catalog("advertisers")
    catalog["streams"][0]["sync_mode"] = sync_mode
    connection.file("catalog", catalog)
    run = connection.run(arguments)

    assert run.exit_status == 0
    assert len(run.records("advertisers")) == 1


def test_keys_that_platforms_add_are_ignored(connection: Connection) -> None:
    run = connection.read("advertisers", __injected_declarative_manifest={}, region="eu", custom=None)

    assert run.exit_status == 0
