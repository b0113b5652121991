"""Bodies that are too large or hold what is no JSON: a clear failure at once, and memory stays flat."""

import gzip
import resource
from collections.abc import Iterator
from dataclasses import replace

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness.accounts import ADS, DAILY, NOW, REPORT, accounts
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connect, Connection
from integration_tests.harness.gateway import Answer, Bend, Gateway
from integration_tests.harness.output import Run

BOM = b"\xef\xbb\xbf"


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """One account."""
    with Emulator(accounts(1), now=NOW) as emulator:
        yield emulator


def through(connection: Connection, bend: Bend, monkeypatch: pytest.MonkeyPatch, *streams: str) -> Run:
    """Read through a gateway that bends the answers."""
    arguments = connection.read_arguments(*streams)
    with Gateway(connection.tiktok, bend) as gateway:
        monkeypatch.setenv(BASE_URL_VARIABLE, gateway.base_url)
        return connection.run(arguments)


@pytest.mark.parametrize(("name", "path"), [("ads", ADS), (DAILY, REPORT)])
@pytest.mark.parametrize("odd", [b"NaN", b"Infinity", b"-Infinity"])
def test_a_value_that_is_no_json_is_told_at_once(
    connect: Connect, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch, name: str, path: str, odd: bytes
) -> None:
    """Repeating the request brings the same."""
    heard = []

    def bend(asked: str, answer: Answer) -> Answer:
        if not asked.endswith(path):
            return answer
        heard.append(asked)
        return replace(answer, body=answer.body.replace(b'"page":1', b'"page":' + odd, 1))

    run = through(connect(tiktok, start_date="2026-11-09"), bend, monkeypatch, name)

    assert run.statuses(name)[-1] == "INCOMPLETE"
    assert len(heard) == 1
    assert run.waited < 5
    assert any(path in error["message"] and "JSON" in error["message"] for error in run.errors)


@pytest.mark.parametrize(("name", "path"), [("ads", ADS), (DAILY, REPORT)])
def test_a_byte_order_mark_is_passed_over(
    connect: Connect, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch, name: str, path: str
) -> None:
    connection = connect(tiktok, start_date="2026-11-09")
    calm = connection.read(name)

    def bend(asked: str, answer: Answer) -> Answer:
        return replace(answer, body=BOM + answer.body) if asked.endswith(path) else answer

    run = through(connection, bend, monkeypatch, name)

    assert run.exit_status == 0
    assert run.records(name) == calm.records(name)


@pytest.mark.parametrize(("name", "path"), [("ads", ADS), (DAILY, REPORT)])
def test_a_reply_that_unpacks_to_hundreds_of_megabytes_is_refused(
    connect: Connect, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch, name: str, path: str
) -> None:
    """A few hundred kilobytes on the wire."""
    bomb = gzip.compress(b'{"code":0,"data":"' + b" " * 400_000_000 + b'"}', compresslevel=1)

    def bend(asked: str, answer: Answer) -> Answer:
        if not asked.endswith(path):
            return answer
        return replace(answer, body=bomb, headers={**answer.headers, "Content-Encoding": "gzip"})

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run = through(connect(tiktok, start_date="2026-11-09", end_date="2026-11-09"), bend, monkeypatch, name)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024

    assert run.statuses(name)[-1] == "INCOMPLETE"
    assert {error["failure_type"] for error in run.errors} == {"transient_error"}
    assert any("MB" in error["message"] and path in error["message"] for error in run.errors)
    assert grown < 250


def test_half_an_emoji_in_a_name_costs_at_most_the_name(
    connect: Connect, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(path: str, answer: Answer) -> Answer:
        if not path.endswith("campaign/get/"):
            return answer
        body = answer.body.replace(b'"campaign_name":"', b'"campaign_name":"\\ud83d')
        return Answer(answer.status, body, answer.headers)

    connection = connect(tiktok)
    calm = connection.read("campaigns")
    with Gateway(tiktok, cut) as gateway:
        monkeypatch.setenv(BASE_URL_VARIABLE, gateway.base_url)
        run = connection.run(connection.read_arguments("campaigns"))

    assert len(run.records("campaigns")) == len(calm.records("campaigns")) != 0
