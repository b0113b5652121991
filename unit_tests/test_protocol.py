"""The lines of the Airbyte protocol, and that no secret is in them."""

import io
import json
import logging
from typing import Any

import orjson
import pytest
from airbyte_cdk.models import AirbyteMessage, AirbyteMessageSerializer, AirbyteRecordMessage, Type
from hypothesis import given
from hypothesis import strategies as st

from source_tiktok_marketing import protocol
from source_tiktok_marketing.api.failures import ConfigFailure, Failure, SystemFailure, TransientFailure
from unit_tests.json_values import TEXTS, VALUES

Json = dict[str, Any]


class BinaryOut(io.TextIOWrapper):
    """Standard output: text over bytes."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")

    def bytes_written(self) -> bytes:
        """All that has arrived."""
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue()


def through_the_cdk(message: Json) -> Any:
    """The message as the CDK writes it after it has read it."""
    dumped = AirbyteMessageSerializer.dump(AirbyteMessageSerializer.load(message))
    return json.loads(json.dumps(dumped, default=lambda value: value.value))


@given(TEXTS, st.lists(st.dictionaries(TEXTS, VALUES, max_size=4), max_size=4))
def test_the_cdk_reads_the_records_that_were_written(stream: str, records: list[Json]) -> None:
    """One JSON object a line, which the CDK reads as the message of the same record, nulls included."""
    lines = protocol.record_block(stream, records).splitlines(keepends=True)
    parsed = [orjson.loads(line) for line in lines]
    expected = [
        AirbyteMessage(
            type=Type.RECORD,
            record=AirbyteRecordMessage(stream=stream, data=record, emitted_at=line["record"]["emitted_at"]),
        )
        for record, line in zip(records, parsed, strict=True)
    ]

    assert [AirbyteMessageSerializer.load(line) for line in parsed] == expected
    assert all(line.endswith(b"\n") for line in lines)
    assert all(line["record"]["emitted_at"] > 1_500_000_000_000 for line in parsed)


@pytest.mark.parametrize(
    "message",
    [
        protocol.state("ads", {"use_global_cursor": False, "states": [], "lookback_window": 0}, 7),
        protocol.status("ads", "STARTED"),
        protocol.status("ads", "RUNNING"),
        protocol.status("ads", "COMPLETE"),
        protocol.status("ads", "INCOMPLETE"),
        protocol.error(ConfigFailure("The token is missing.")),
        protocol.error(TransientFailure("TikTok is under maintenance."), "ads"),
        protocol.log("WARN", "Something"),
    ],
    ids=lambda message: str(message["type"]),
)
def test_the_other_messages_are_the_cdks(message: Json) -> None:
    written = orjson.loads(protocol.line(message))

    assert through_the_cdk(written) == written


@pytest.mark.parametrize(
    ("failure", "failure_type"),
    [
        (ConfigFailure("It failed."), "config_error"),
        (TransientFailure("It failed."), "transient_error"),
        (SystemFailure("It failed."), "system_error"),
    ],
)
def test_an_error_says_whose_move_it_is(failure: Failure, failure_type: str) -> None:
    told = protocol.error(failure, "ads")["trace"]["error"]

    assert told["failure_type"] == failure_type
    assert told["message"] == "It failed."
    assert told["stream_descriptor"] == {"name": "ads"}


def test_a_state_counts_the_records_since_the_last() -> None:
    state = protocol.state("ads", {"a": 1}, 7)["state"]

    assert state["sourceStats"] == {"recordCount": 7.0}
    assert state["stream"] == {"stream_descriptor": {"name": "ads"}, "stream_state": {"a": 1}}


SECRETS = st.text(st.characters(codec="utf-8"), max_size=40).map(lambda text: f"s3cr3t{text}")


@given(SECRETS, TEXTS, TEXTS)
def test_no_message_holds_a_secret(secret: str, before: str, after: str) -> None:
    """Also where JSON writes its quotes, backslashes and line ends differently."""
    redactor = protocol.Redactor()
    redactor.hide([secret])
    written = redactor(protocol.line(protocol.log("INFO", f"{before} {secret} {after}")))

    assert secret not in orjson.loads(written)["log"]["message"].replace(protocol.MASK, "")
    assert secret.encode() not in written


@pytest.mark.parametrize("secret", ['quo"te-in-it', "back\\slash", "line\nbreak", "snowman-☃-secret", "plain-secret"])
def test_what_hides_a_secret_stays_json(secret: str) -> None:
    redactor = protocol.Redactor()
    redactor.hide([secret, "another-secret"])
    written = redactor(protocol.line(protocol.log("INFO", f"<{secret}> and <another-secret>")))

    assert orjson.loads(written)["log"]["message"] == "<****> and <****>"


def test_a_secret_that_holds_another_is_hidden_whole() -> None:
    redactor = protocol.Redactor()
    redactor.hide(["secret", "secret-and-more"])

    assert redactor(b"my secret-and-more, my secret") == b"my ****, my ****"


def test_what_is_too_short_for_a_secret_is_left_alone() -> None:
    """An app id of 1 would garble every number of the log."""
    redactor = protocol.Redactor()
    redactor.hide(["1", ""])

    assert redactor(b"11 requests") == b"11 requests"


@pytest.mark.parametrize("out", [io.StringIO(), BinaryOut()], ids=["text", "binary"])
def test_the_writer_hides_secrets_and_writes_at_once(out: io.StringIO | BinaryOut) -> None:
    redactor = protocol.Redactor()
    redactor.hide(["the-access-token"])
    writer = protocol.Writer(out, redactor)
    writer.message(protocol.log("INFO", "with the-access-token"))
    writer.block(b'{"type":"RECORD"}\n')
    written = out.bytes_written() if isinstance(out, BinaryOut) else out.getvalue().encode()

    assert [orjson.loads(line) for line in written.splitlines()] == [
        {"type": "LOG", "log": {"level": "INFO", "message": "with ****"}},
        {"type": "RECORD"},
    ]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (logging.DEBUG, "DEBUG"),
        (logging.INFO, "INFO"),
        (logging.WARNING, "WARN"),
        (logging.ERROR, "ERROR"),
        (logging.CRITICAL, "FATAL"),
    ],
)
def test_the_log_goes_to_the_protocol(level: int, expected: str) -> None:
    out = io.StringIO()
    handler = protocol.ProtocolLogHandler(protocol.Writer(out, protocol.Redactor()))
    handler.handle(logging.LogRecord("airbyte", level, __file__, 1, "%d rows", (7,), None))

    assert orjson.loads(out.getvalue()) == {"type": "LOG", "log": {"level": expected, "message": "7 rows"}}


def test_a_traceback_stays_on_one_line() -> None:
    out = io.StringIO()
    handler = protocol.ProtocolLogHandler(protocol.Writer(out, protocol.Redactor()))
    error = ValueError("odd")
    handler.handle(logging.LogRecord("airbyte", logging.ERROR, __file__, 1, "it broke", (), (type(error), error, None)))

    assert out.getvalue().count("\n") == 1
    assert "ValueError: odd" in orjson.loads(out.getvalue())["log"]["message"]
