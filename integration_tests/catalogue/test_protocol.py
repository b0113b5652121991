"""Two syncs of the whole catalogue, held line by line to the protocol and record by record to the schemas."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from airbyte_cdk.models import AirbyteMessageSerializer

from integration_tests.emulator import Emulator, young_world
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection
from integration_tests.harness.output import Json, Run
from integration_tests.harness.schema import misfits


@dataclass
class Syncs:
    """What `discover` announced, and what an incremental connection then read, the second time two days later."""

    streams: dict[str, Json]
    first: Run
    second: Run


@pytest.fixture(scope="module")
def syncs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Syncs]:
    world = young_world(1, date.fromisoformat(NOW[:10]))
    with Emulator(world, now=NOW) as tiktok, pytest.MonkeyPatch.context() as environment:
        environment.setenv(BASE_URL_VARIABLE, tiktok.base_url)
        connection = Connection(tiktok, tmp_path_factory.mktemp("syncs"))
        streams = {stream["name"]: stream for stream in connection.discover()}
        first = connection.read()
        tiktok.clock.move(days=2)
        yield Syncs(streams, first, connection.read(state=first.last_states))


def through_the_model(message: Json) -> Json:
    """The message as the protocol's own class of it is written: what the class doesn't know is gone."""
    dumped = AirbyteMessageSerializer.dump(AirbyteMessageSerializer.load(message))
    plain: Json = json.loads(json.dumps(dumped, default=lambda value: getattr(value, "value", None) or vars(value)))
    return plain


@pytest.mark.parametrize("which", ["first", "second"])
def test_every_line_is_a_message_of_the_protocol_without_loss(syncs: Syncs, which: str) -> None:
    """Records without their data, whose null fields the class leaves out."""
    run: Run = getattr(syncs, which)
    envelopes = [
        message | {"record": message["record"] | {"data": {}}} if message["type"] == "RECORD" else message
        for message in run.messages
    ]

    assert run.exit_status == 0
    assert {message["type"] for message in envelopes} == {"RECORD", "STATE", "TRACE", "LOG"}
    assert [message for message in envelopes if through_the_model(message) != message] == []


@pytest.mark.parametrize("which", ["first", "second"])
def test_every_record_is_as_discover_announces_it(syncs: Syncs, which: str) -> None:
    """In each stream at least one, of the types and times that its schema declares."""
    run: Run = getattr(syncs, which)
    found = {name: misfits(stream, run.records(name)) for name, stream in syncs.streams.items()}

    assert sorted(run.streams) == sorted(syncs.streams)
    assert {name: findings for name, findings in found.items() if findings} == {}


def test_what_does_not_fit_is_found(syncs: Syncs) -> None:
    """A wrong type, and a text in place of a time."""
    (stream, record) = syncs.streams["campaigns"], syncs.first.records("campaigns")[0]

    assert misfits(stream, [record]) == set()
    assert misfits(stream, [record, record | {"budget": "much"}]) == {"$.budget: 'much' is not of type 'number'"}
    assert misfits(stream, [record, record | {"create_time": "today"}]) == {
        "$.create_time: 'today' is not a 'date-time'"
    }
