"""A network that fails: tried again, not for ever, and a time-out is never answered by the same question."""

import io
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import ADS, DAILY, FINISHED_HOUR, HOURLY, NOW, REPORT, accounts
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connect, Connection, EmulatedClock
from integration_tests.harness.output import Run, parsed
from source_tiktok_marketing.api.timeouts import Timeouts
from source_tiktok_marketing.run import main

HASTY = Timeouts(connect_seconds=0.2, read_seconds=0.4, body_seconds=1.0, tries=3)
LONG = 1.5
"""Seconds that TikTok takes where the connector waits for less."""


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """One account."""
    with Emulator(accounts(1), now=NOW) as emulator:
        yield emulator


def hasty(connection: Connection, *streams: str, timeouts: Timeouts = HASTY) -> Run:
    """A read that waits less long for TikTok."""
    out, clock = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), EmulatedClock(connection.tiktok)
    exit_status = main(connection.read_arguments(*streams), out, clock, timeouts)
    return Run(exit_status, parsed(out.buffer.getvalue(), connection.secrets), clock.waited)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"status": 503}, "HTTP 503"),
        ({"status": 429}, "HTTP 429"),
        ({"garbage": True}, "HTTP 200"),
        ({"drop": True}, "failed"),
        ({"truncate": True}, "failed"),
        ({"code": 50000}, "50000"),
    ],
    ids=["5xx", "429", "html", "drop", "truncate", "50000"],
)
def test_a_storm_that_does_not_end_is_told_with_what_was_tried(
    connect: Connect, tiktok: Emulator, fault: dict[str, Any], told: str
) -> None:
    """The waits add up to minutes, not hours, each longer than the last, and each is in the log."""
    tiktok.inject(Fault(path=ADS, times=None, **fault))
    run = connect(tiktok).read("ads")
    message = run.errors[0]["message"]
    sent = len(tiktok.log.to(ADS))

    assert run.exit_status == 1
    assert told in message
    assert f"{sent} times" in message
    assert 5 <= sent <= 20
    assert 60 < run.waited < 600
    assert len([line for line in run.logged("INFO") if "Repeating" in line]) == sent - 1


@pytest.mark.parametrize("fault", [{"status": 502}, {"drop": True}, {"truncate": True}, {"garbage": True}])
def test_the_look_up_of_advertisers_survives_a_bad_moment(
    connect: Connect, tiktok: Emulator, fault: dict[str, Any]
) -> None:
    """The first requests of a run are as patient as the others."""
    for path in ("oauth2/advertiser/get/", "advertiser/info/"):
        tiktok.inject(Fault(path=path, times=3, **fault))
    run = connect(tiktok, start_date="2026-11-09").read("advertisers", "ads")

    assert run.exit_status == 0
    assert [len(run.records(stream)) for stream in ("advertisers", "ads")] == [1, 1]


def test_a_server_that_asks_for_an_eternity_does_not_get_it(connect: Connect, tiktok: Emulator) -> None:
    """However long Retry-After says, all waits for one request together stay below an hour."""
    tiktok.inject(Fault(path=ADS, status=429, headers={"Retry-After": "86400"}, times=None))
    run = connect(tiktok).read("ads")

    assert run.exit_status == 1
    assert run.waited <= 3600


def test_a_date_in_retry_after_is_understood(connect: Connect, tiktok: Emulator) -> None:
    """HTTP allows both forms: five minutes from now."""
    headers = {"Retry-After": "Tue, 10 Nov 2026 12:05:00 GMT"}
    tiktok.inject(Fault(path=ADS, status=503, headers=headers))
    run = connect(tiktok).read("ads")

    assert run.exit_status == 0
    assert 280 <= run.waited < 400


def test_nobody_at_the_other_end(connect: Connect, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port where nothing listens: the message names the host and how often it was tried."""
    connection = connect(tiktok)
    arguments = connection.read_arguments("ads")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    monkeypatch.setenv(BASE_URL_VARIABLE, f"http://{address}/open_api/v1.3/")
    run = connection.run(arguments)

    assert run.exit_status == 1
    assert run.errors[0]["failure_type"] == "transient_error"
    assert address in run.errors[0]["message"]
    assert "times" in run.errors[0]["message"]
    assert run.waited < 600


def test_a_host_that_takes_no_connection_is_tried_again(
    connect: Connect, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question never arrived, so it isn't the question that was too large."""
    connection = connect(tiktok)
    arguments = connection.read_arguments("ads")
    with socket.socket() as deaf, socket.socket() as first, socket.socket() as second:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)  # noqa: FBT003  the socket's own signature
            waiting.connect_ex(deaf.getsockname())
        monkeypatch.setenv(BASE_URL_VARIABLE, f"http://127.0.0.1:{deaf.getsockname()[1]}/open_api/v1.3/")
        out, clock = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), EmulatedClock(tiktok)
        exit_status = main(arguments, out, clock, HASTY)
    (error,) = Run(exit_status, parsed(out.buffer.getvalue())).errors

    assert exit_status == 1
    assert error["failure_type"] == "transient_error"
    assert "3 times" in error["message"]


def repeated(tiktok: Emulator, path: str) -> list[str]:
    """The questions that were asked more than once, by their query."""
    asked = Counter(request.query for request in tiktok.log.to(path))
    return [query for query, times in asked.items() if times > 1]


@pytest.mark.parametrize(
    "fault", [{"delay": LONG}, {"drip": 20 * LONG}, {"drip": 3 * LONG}], ids=["silent", "stops halfway", "drips on"]
)
def test_a_question_that_timed_out_is_not_asked_again(
    connect: Connect, tiktok: Emulator, fault: dict[str, Any]
) -> None:
    """TikTok punishes it: reports are asked in smaller windows, and every row comes out once."""
    connection = connect(tiktok, start_date="2026-11-03")
    calm = connection.read(DAILY)
    tiktok.log.clear()

    def wide(params: dict[str, Any]) -> bool:
        return int(params["end_date"][-2:]) - int(params["start_date"][-2:]) >= 4

    tiktok.inject(Fault(path=REPORT, match=wide, times=None, **fault))
    run = hasty(connection, DAILY)

    assert run.exit_status == 0
    assert once(DAILY, run.records(DAILY)) == once(DAILY, calm.records(DAILY))
    assert run.state(DAILY) == calm.state(DAILY)
    assert repeated(tiktok, REPORT) == []


@pytest.mark.parametrize(("stream", "path"), [("ads", ADS), (HOURLY, REPORT)])
def test_pages_that_time_out_become_smaller(connect: Connect, tiktok: Emulator, stream: str, path: str) -> None:
    """A list, or a report of one day, is asked for with fewer rows a page."""
    connection = connect(tiktok, start_date="2026-11-10")
    calm = connection.read(stream)
    tiktok.log.clear()
    tiktok.inject(Fault(path=path, match=lambda asked: int(asked["page_size"]) > 300, delay=LONG, times=None))
    run = hasty(connection, stream)

    assert run.exit_status == 0
    assert once(stream, run.records(stream)) == once(stream, calm.records(stream))
    assert repeated(tiktok, path) == []


def test_a_list_that_is_too_large_for_tiktok_is_asked_in_smaller_pages(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok)
    tiktok.inject(Fault(path=ADS, match=lambda asked: int(asked["page_size"]) > 300, code=40067, times=None))
    run = hasty(connection, "ads")

    assert run.exit_status == 0
    assert len(run.records("ads")) == 1
    assert repeated(tiktok, ADS) == []


@pytest.mark.parametrize("path", ["oauth2/advertiser/get/", "advertiser/info/"])
def test_a_look_up_that_times_out_once_does_not_cost_the_sync(connect: Connect, tiktok: Emulator, path: str) -> None:
    """It can't be asked with fewer rows, so after a pause it is asked again."""
    tiktok.inject(Fault(path=path, delay=LONG))
    run = hasty(connect(tiktok), "ads", timeouts=Timeouts(read_seconds=0.4))

    assert run.exit_status == 0
    assert 10 < run.waited < 300
    assert len(run.records("ads")) == 1


@pytest.mark.slow
def test_what_times_out_whatever_is_asked_fails_for_the_time_being(connect: Connect, tiktok: Emulator) -> None:
    """A single day in the smallest pages: the message names the advertiser and the day."""
    match = {"start_date": "2026-11-10"}
    tiktok.inject(Fault(path=REPORT, match=match, delay=LONG, times=None))
    run = hasty(connect(tiktok, start_date="2026-11-09"), HOURLY)

    assert run.exit_status == 1
    assert "2026-11-10" in run.errors[0]["message"]
    assert run.cursors(HOURLY) == {tiktok.world.advertisers[0].id: FINISHED_HOUR}
    assert len(tiktok.log.to(REPORT)) < 30
