"""Under every fault, at every log level: neither token nor secret nor app id in anything the connector writes."""

import logging
import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.harness.accounts import NOW, REPORT, accounts
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connect

ECHO = "token {0.access_token}, app {0.app_id}, secret {0.secret}"
FAULTS: tuple[dict[str, Any], ...] = (
    {"drop": True},
    {"truncate": True},
    {"garbage": True},
    {"status": 302, "headers": {"Location": "http://localhost:9/?access_token={0.access_token}&secret={0.secret}"}},
    {"status": 500},
    {"status": 429},
    *({"code": code} for code in (40000, 40001, 40002, 40007, 40067, 40100, 40105, 40133, 40300, 50000, 43210)),
    {"rewrite": lambda _: None},
    {"rewrite": lambda _: {"list": [[1]]}},
    {"rewrite": lambda data: {**data, "list": [{"ad_id": {}, "echo": ECHO}]}},
)
PATHS = ("oauth2/advertiser/get/", "advertiser/info/", "ad/get/", REPORT)


@pytest.fixture(scope="module")
def tiktok() -> Iterator[Emulator]:
    """One account."""
    with Emulator(accounts(1), now=NOW) as emulator:
        yield emulator


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("command", ["check", "read"])
def test_no_output_shows_a_secret(connect: Connect, tiktok: Emulator, path: str, command: str) -> None:
    """TikTok repeats them in its messages and headers; the harness looks for them in all that is written."""
    connection = connect(tiktok, start_date="2026-11-09")
    reading = connection.read_arguments("ads", "ads_reports_daily")
    arguments = [*reading, "--debug"] if command == "read" else ["check", *reading[1:3], "--debug"]
    for fault in FAULTS:
        headers = {name: value.format(tiktok) for name, value in fault.get("headers", {}).items()}
        tiktok.inject(Fault(path=path, times=None, message=ECHO.format(tiktok), **{**fault, "headers": headers}))
        run = connection.run(arguments)
        tiktok.clear_faults()

        assert "Traceback" not in str([message for message in run.messages if message["type"] != "LOG"])


def test_secrets_that_urls_spell_differently_stay_hidden_too(
    connect: Connect, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TikTok's listing takes the secret in the query; a failing connection must not tell the URL."""
    secret, token = "s3cr+t/with=signs&more", "tok%en+with/signs"
    connection = connect(tiktok)
    credentials = {"app_id": "7000000000000000042", "secret": secret, "access_token": token}
    config = connection.file("config", {"credentials": credentials})
    monkeypatch.setenv(BASE_URL_VARIABLE, "http://127.0.0.1:9/open_api/v1.3/")
    unreachable = connection.run(["check", "--config", config, "--debug"])
    monkeypatch.setenv(BASE_URL_VARIABLE, tiktok.base_url)
    refused = connection.run(["check", "--config", config, "--debug"])
    told = str(unreachable.messages) + str(refused.messages)

    assert refused.verdict[0] == unreachable.verdict[0] == "FAILED"
    assert not any(spelling in told for one in (secret, token) for spelling in (one, quote(one), quote_plus(one)))


def test_a_process_shows_none_on_standard_error_either(connect: Connect, tiktok: Emulator) -> None:
    """With everything the logging of Python and its libraries can be asked for."""
    connection = connect(tiktok, start_date="2026-11-09")
    tiktok.inject(Fault(path=REPORT, code=40002, message=ECHO.format(tiktok), times=None))
    arguments = [*connection.read_arguments("ads", "ads_reports_daily"), "--debug"]
    with connection.start(arguments, stderr=subprocess.PIPE) as process:
        written, complaints = process.communicate(timeout=60)
    tiktok.clear_faults()

    assert process.returncode == 1
    assert complaints == b""
    assert not any(secret.encode() in written + complaints for secret in connection.secrets)


def test_no_library_logs_a_query(connect: Connect, tiktok: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    """The list of ad accounts is asked for with app id and secret in the query; at no level does a log show it."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connectionpool", "urllib3.util.retry", "requests"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    tiktok.inject(Fault(path="oauth2/advertiser/get/", drop=True, times=2))
    run = connect(tiktok).check()

    assert run.verdict[0] == "SUCCEEDED"
    assert "oauth2/advertiser/get/" in caplog.text
    assert tiktok.secret not in caplog.text
    assert tiktok.app_id not in caplog.text
