"""The CDK's own entry point gives the messages of the command line."""

import re
from functools import partial

import orjson
import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from integration_tests.emulator import Emulator, Fault, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect, Connection, EmulatedClock
from integration_tests.harness.output import Json, Run, assert_orderly
from source_tiktok_marketing.source import SourceTiktokMarketing

STREAMS = ("advertiser_ids", "advertisers", "campaigns", "ads", "ads_reports_daily", "campaigns_reports_hourly")


@pytest.fixture
def world() -> World:
    """Two accounts with an ad each."""
    world = World()
    for _ in range(2):
        advertiser = an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
        campaign = a_campaign(advertiser)
        ad_group = an_ad_group(campaign)
        world.add(advertiser, campaign, ad_group, an_ad(ad_group, share=100))
    return world


def embedded(connection: Connection, arguments: list[str]) -> Run:
    """Run a command line through the CDK."""
    entrypoint = AirbyteEntrypoint(SourceTiktokMarketing(partial(EmulatedClock, connection.tiktok)))
    messages = [orjson.loads(line) for line in entrypoint.run(AirbyteEntrypoint.parse_args(arguments))]
    assert not any(secret in str(messages) for secret in connection.secrets)
    return Run(0, messages)


def without_request(message: str) -> str:
    return re.sub(r"request_id \w+", "request_id", message)


def without_nulls(records: list[Json]) -> list[Json]:
    """The records as the CDK serialises them: it leaves out null fields, though not those within objects."""
    return [{name: value for name, value in record.items() if value is not None} for record in records]


@pytest.mark.parametrize("sync_mode", ["full_refresh", "incremental"])
def test_a_sync_through_the_cdk_gives_the_same_messages(connect: Connect, world: World, sync_mode: str) -> None:
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-08")
        arguments = connection.read_arguments(*STREAMS, sync_mode=sync_mode)
        direct, through = connection.run(arguments), embedded(connection, arguments)

        assert_orderly(through)
        assert len(through.of("RECORD")) == len(direct.of("RECORD"))
        for stream in STREAMS:
            assert once(stream, through.records(stream)) == once(stream, without_nulls(direct.records(stream)))
            assert through.state(stream) == direct.state(stream)
            assert through.statuses(stream) == direct.statuses(stream)


def test_a_sync_through_the_cdk_goes_on_from_the_same_state(connect: Connect, world: World) -> None:
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-10-01")
        state = connection.read(*STREAMS).last_states
        tiktok.clock.move(days=1)
        arguments = connection.read_arguments(*STREAMS, state=state)
        direct, through = connection.run(arguments), embedded(connection, arguments)

        for stream in STREAMS:
            assert once(stream, through.records(stream)) == once(stream, without_nulls(direct.records(stream)))
            assert through.state(stream) == direct.state(stream)


def test_the_same_source_can_be_used_again(connect: Connect, world: World) -> None:
    """A notebook reads twice with one object."""
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-08")
        entrypoint = AirbyteEntrypoint(SourceTiktokMarketing())
        parsed = AirbyteEntrypoint.parse_args(connection.read_arguments("campaigns"))
        first, second = ([orjson.loads(line) for line in entrypoint.run(parsed)] for _ in range(2))

        assert [message["record"]["data"] for message in second if message["type"] == "RECORD"] == [
            message["record"]["data"] for message in first if message["type"] == "RECORD"
        ]
        assert Run(0, second).statuses("campaigns") == ["STARTED", "RUNNING", "COMPLETE"]


@pytest.mark.parametrize("command", ["spec", "check", "discover"])
def test_other_commands_through_the_cdk_answer_the_same(connect: Connect, world: World, command: str) -> None:
    kind = {"spec": "SPEC", "check": "CONNECTION_STATUS", "discover": "CATALOG"}[command]
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok)
        config = connection.file("config", connection.configured())
        arguments = [command] if command == "spec" else [command, "--config", config]
        direct, through = connection.run(arguments), embedded(connection, arguments)

        assert through.of(kind) == direct.of(kind)


def test_a_failed_check_through_the_cdk_says_the_same(connect: Connect, world: World) -> None:
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, advertiser_ids=["7099999999999999999"])
        arguments = ["check", "--config", connection.file("config", connection.configured())]
        direct, through = connection.run(arguments), embedded(connection, arguments)

        (status,), (same,) = through.of("CONNECTION_STATUS"), direct.of("CONNECTION_STATUS")

        assert status["status"] == same["status"] == "FAILED"
        assert without_request(status["message"]) == without_request(same["message"])


def test_a_failed_stream_through_the_cdk_is_told_and_raised(connect: Connect, world: World) -> None:
    """Its error and its status come out before the exception that makes the CDK's process fail."""
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-08")
        tiktok.inject(Fault(path="ad/get/", code=40002, message="Wrong, somehow.", times=None))
        arguments = AirbyteEntrypoint.parse_args(connection.read_arguments("ads", "campaigns"))
        lines = iter(AirbyteEntrypoint(SourceTiktokMarketing(partial(EmulatedClock, tiktok))).run(arguments))
        messages: list[Json] = []
        with pytest.raises(AirbyteTracedException, match="1 of 2 streams"):
            messages.extend(map(orjson.loads, lines))
        run = Run(1, messages)

        assert run.statuses("ads")[-1] == "INCOMPLETE"
        assert run.statuses("campaigns")[-1] == "COMPLETE"
        assert "Wrong, somehow." in run.errors[0]["message"]
