"""Every command ends within seconds of being told to, whatever it waits for, and a dead TikTok gets one verdict."""

import io
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.harness.accounts import ADS, DAILY, HOURLY, NOW, REPORT, accounts
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connect, Connection, EmulatedClock
from integration_tests.harness.output import Run, parsed
from source_tiktok_marketing.api.timeouts import CHECK_TIMEOUTS, Timeouts
from source_tiktok_marketing.run import main

GRACE = 8
"""Seconds after which a container is killed, less what a busy machine takes."""


def silent(_: socket.socket) -> None:
    """Say nothing."""


def dripping(connection: socket.socket) -> None:
    """Send a header byte by byte, for ever."""
    ended = threading.Event()
    try:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not ended.wait(0.05):
            connection.sendall(b"x")
    except OSError:
        return


@pytest.mark.parametrize("behave", [silent, dripping])
@pytest.mark.parametrize("command", ["check", "read"])
def test_a_command_that_waits_for_the_accounts_ends_when_told(
    connect: Connect, command: str, behave: Callable[[socket.socket], None]
) -> None:
    """A server that accepts and never answers, or drips."""
    with Emulator(accounts(1), now=NOW) as tiktok:
        connection = connect(tiktok)
        arguments = connection.read_arguments("campaigns")
    if command == "check":
        arguments = ["check", *arguments[1:3]]
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        tiktok.base_url = f"http://{host}:{port}/open_api/v1.3/"
        with connection.start(arguments, stderr=subprocess.PIPE) as process:
            accepted, _ = server.accept()
            with accepted:
                accepted.recv(1)
                threading.Thread(target=behave, args=(accepted,), daemon=True).start()
                process.send_signal(signal.SIGTERM)
                try:
                    written, complaints = process.communicate(timeout=GRACE)
                finally:
                    process.kill()

    assert complaints == b""
    assert process.returncode == 1
    assert "stopped" in str(parsed(written, connection.secrets))


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Three accounts with months of hours."""
    with Emulator(accounts(3), now=NOW) as emulator:
        yield emulator


@pytest.mark.parametrize("fault", [{"status": 503}, {"code": 50000}, {"drop": True}], ids=["status", "code", "drop"])
def test_a_tiktok_that_is_down_for_good_gets_one_verdict(connect: Connect, fault: dict[str, Any]) -> None:
    """Not one for each slice, minutes apart: the first requests that give up speak for the rest."""
    streams = (HOURLY, DAILY, "campaigns", "ads", "pixels")
    with Emulator(accounts(60), now=NOW) as tiktok:
        for path in (REPORT, "campaign/get/", ADS, "pixel/list/"):
            tiktok.inject(Fault(path=path, times=None, **fault))
        run = connect(tiktok, start_date="2026-10-01", rate_limit_tier="basic").read(*streams)

        assert {run.statuses(stream)[-1] for stream in streams} == {"INCOMPLETE"}
        assert {error["failure_type"] for error in run.errors} == {"transient_error"}
        assert len(tiktok.log) < 20 * 10 + 100
        assert run.cursors(DAILY) == run.cursors(HOURLY) == {}


def test_one_endpoint_that_is_down_does_not_speak_for_the_others(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path="campaign/get/", code=50000, times=None))
    run = connect(tiktok, start_date="2026-11-01").read(DAILY, "campaigns", "ads")

    assert run.statuses("campaigns")[-1] == "INCOMPLETE"
    assert run.statuses(DAILY)[-1] == run.statuses("ads")[-1] == "COMPLETE"


@pytest.mark.parametrize("fault", [{"code": 40100}, {"code": 51008}, {"code": 40016}, {"status": 502}, {"drop": True}])
def test_a_check_answers_within_a_minute(connect: Connect, tiktok: Emulator, fault: dict[str, Any]) -> None:
    """People and platforms don't wait longer; it says what TikTok says and what it was waiting for."""
    message = "" if "code" not in fault else "Come back next week."
    tiktok.inject(Fault(times=None, message=message, **fault))
    run = connect(tiktok).check()
    status, told = run.verdict

    assert status == "FAILED"
    assert run.waited < 60
    assert message in told
    assert "advertiser/get" in told or "advertiser/info" in told or "connection" in told


def test_the_time_outs_of_a_check_add_up_to_less_than_a_minute() -> None:
    """Also where TikTok accepts connections and never answers."""
    assert CHECK_TIMEOUTS.total_seconds + max(CHECK_TIMEOUTS.read_seconds, CHECK_TIMEOUTS.connect_seconds) <= 60


@pytest.mark.parametrize("code", [40100, 40133])
def test_what_is_waited_for_is_told(connect: Connect, tiktok: Emulator, code: int) -> None:
    tiktok.inject(Fault(path="campaign/get/", code=code, message="Too many requests today.", times=3))
    run = connect(tiktok).read("campaigns")

    assert run.exit_status == 0
    assert [told for told in run.logged("INFO") if str(code) in told and "Too many requests today." in told]


def test_an_override_for_this_machine_never_goes_through_a_proxy(
    connect: Connect, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Token, app id and secret would travel to it in clear."""
    port = tiktok.base_url.rsplit(":", 1)[1]
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0.2)
        for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        for variable in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(variable, raising=False)
        for host in ("localhost", "127.0.0.1", "LOCALHOST"):
            connection = connect(tiktok)
            monkeypatch.setenv(BASE_URL_VARIABLE, f"http://{host}:{port}")

            assert connection.check().verdict[0] == "SUCCEEDED"
        with pytest.raises(TimeoutError):
            proxy.accept()


def run_with(connection: Connection, timeouts: Timeouts, *names: str) -> Run:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    status = main(connection.read_arguments(*names), out, EmulatedClock(connection.tiktok), timeouts)
    written: bytes = out.buffer.getvalue()
    return Run(status, parsed(written, connection.secrets))


def test_a_tiktok_that_answers_nothing_is_given_up_soon(connect: Connect) -> None:
    """Each request here stands for two minutes."""
    with Emulator(accounts(6), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-10-01", rate_limit_tier="basic")
        tiktok.inject(Fault(match=lambda asked: "advertiser_id" in asked, delay=1.0, times=None))
        run = run_with(
            connection, Timeouts(read_seconds=0.1), DAILY, "campaigns", "ads", "ad_groups", "identities", "pixels"
        )
        asked = len([request for request in tiktok.log if request.path != "advertiser/info/"])

        assert run.exit_status == 1
        assert asked <= 60  # 20 workers, 20 probes, some on their way


@pytest.mark.parametrize("is_broken", [False, True], ids=["alone", "beside-a-broken-endpoint"])
def test_a_rate_limit_is_waited_out_though_another_endpoint_is_broken(
    connect: Connect, tiktok: Emulator, *, is_broken: bool
) -> None:
    if is_broken:
        tiktok.inject(Fault(path="campaign/get/", code=50000, times=None))
    tiktok.inject(Fault(path=ADS, code=40100, message="Too many requests.", times=12))
    run = connect(tiktok).read("ads", "campaigns")

    assert run.statuses("ads")[-1] == "COMPLETE"
