"""`discover` tells what a configuration can read, without asking TikTok."""

import pytest

from integration_tests.emulator import Emulator, World, an_advertiser
from integration_tests.expected.entities import ENTITIES
from integration_tests.expected.keys import KEYS
from integration_tests.expected.report_names import CORE_REPORTS, LEVELS, TIMES
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect


@pytest.fixture
def world() -> World:
    return World(advertisers=[an_advertiser()])


def test_discover_asks_tiktok_nothing(connect: Connect, world: World) -> None:
    """Not even whether the token is good: the catalogue follows from the configuration."""
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok)
        streams = connection.discover(credentials={"access_token": "unknown", "advertiser_id": "1"})

        assert {stream["name"] for stream in streams} >= {"advertiser_ids", "advertisers", *ENTITIES, *CORE_REPORTS}
        assert list(tiktok.log) == []


def test_every_stream_is_described_as_the_protocol_wants_it(connect: Connect, world: World) -> None:
    with Emulator(world, now=NOW) as tiktok:
        streams = {stream["name"]: stream for stream in connect(tiktok).discover()}

        for name in CORE_REPORTS:
            level, _, grain = name.partition("_reports_")
            dimensions = [dimension for dimension in (LEVELS[level][1], TIMES[grain]) if dimension]
            assert streams[name]["source_defined_primary_key"] == [[dimension] for dimension in dimensions]
            assert streams[name].get("default_cursor_field", []) == [TIMES[grain]] * bool(TIMES[grain])
            assert ("incremental" in streams[name]["supported_sync_modes"]) == bool(TIMES[grain])
        for name, key in KEYS.items():
            assert streams[name]["source_defined_primary_key"] == [[key]]
            assert streams[name]["default_cursor_field"] == ["modify_time"]


def test_the_sandbox_offers_fewer_streams(connect: Connect, world: World) -> None:
    """It knows no list of advertisers and no reports of a whole advertiser."""
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok)
        credentials = {"auth_type": "sandbox_access_token", "advertiser_id": "1", "access_token": tiktok.access_token}
        offered = {stream["name"] for stream in connection.discover()}
        in_sandbox = {stream["name"] for stream in connection.discover(credentials=credentials)}
        missing = {"advertiser_ids", *(f"advertisers_reports_{grain}" for grain in TIMES)}

        assert in_sandbox < offered
        assert offered - in_sandbox >= missing
        assert in_sandbox >= {"advertisers", *ENTITIES, *CORE_REPORTS} - missing


def test_a_sandbox_is_read_like_production(connect: Connect, world: World) -> None:
    """With its one advertiser and no app."""
    with Emulator(world, now=NOW) as tiktok:
        advertiser = tiktok.world.advertisers[0].id
        token = tiktok.access_token
        credentials = {"auth_type": "sandbox_access_token", "advertiser_id": advertiser, "access_token": token}
        run = connect(tiktok, credentials=credentials, start_date="2026-11-09").read("advertisers", "ads_reports_daily")

        assert run.exit_status == 0
        assert [str(record["advertiser_id"]) for record in run.records("advertisers")] == [advertiser]
        assert tiktok.log.to("oauth2/advertiser/get/") == []


def test_discover_of_a_wrong_configuration_fails_with_a_trace(connect: Connect, world: World) -> None:
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok)
        config = connection.file("config", connection.configured(start_date="soon"))
        run = connection.run(["discover", "--config", config])

        assert run.exit_status == 1
        assert run.of("CATALOG") == []
        assert [error["failure_type"] for error in run.errors] == ["config_error"]
