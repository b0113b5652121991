"""What stands between the connector and TikTok: proxies, redirects, gateways with answers of their own."""

import socket
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection
from integration_tests.harness.gateway import Answer, Bend, Gateway


def once_then(path: str, other: Callable[[Answer], Answer]) -> Bend:
    """Bend the first answer of a path only."""
    bent: list[str] = []

    def bend(asked: str, answer: Answer) -> Answer:
        if asked.endswith(path) and not bent:
            bent.append(asked)
            return other(answer)
        return answer

    return bend


def always(path: str, other: Callable[[Answer], Answer]) -> Bend:
    """Bend every answer of a path."""
    return lambda asked, answer: other(answer) if asked.endswith(path) else answer


@pytest.mark.parametrize(
    ("status", "code", "failure_type", "requests"),
    [
        (500, 40002, "system_error", 4),
        (503, 40105, "config_error", 2),
        (400, 40001, "config_error", 4),
        (403, 50000, "transient_error", 20),
        (200, 40002, "system_error", 4),
    ],
)
def test_the_code_in_the_body_decides_whatever_the_http_status(
    connection: Connection,
    tiktok: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    code: int,
    failure_type: str,
    requests: int,
) -> None:
    body = b'{"code": %d, "message": "No permission to operate advertiser", "request_id": "20261110"}' % code
    bend = always("/ad/get/", lambda answer: replace(answer, status=status, body=body))
    with Gateway(tiktok, bend) as gateway:
        monkeypatch.setenv(BASE_URL_VARIABLE, gateway.base_url)
        run = connection.read("ads")
    asked = [target for target in gateway.heard if "/ad/get/" in target]

    assert run.exit_status == 1
    assert run.errors[0]["failure_type"] == failure_type
    assert str(code) in run.errors[0]["message"]
    assert 1 <= len(asked) <= requests


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500, 502, 503, 504])
def test_a_page_of_a_gateway_for_ever_is_a_failure_that_names_the_status(
    connection: Connection, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    page = always("/ad/get/", lambda answer: replace(answer, status=status, body=b"<html>No.</html>"))
    with Gateway(tiktok, page) as gateway:
        monkeypatch.setenv(BASE_URL_VARIABLE, gateway.base_url)
        run = connection.read("ads", "campaigns")

    assert run.exit_status == 1
    assert run.statuses("campaigns")[-1] == "COMPLETE"
    assert f"HTTP {status}" in run.errors[0]["message"]
    assert "ad/get/" in run.errors[0]["message"]


def test_a_connection_that_is_reset_is_opened_again(
    connection: Connection, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Gateway(tiktok, once_then("/ad/get/", lambda answer: replace(answer, status=0))) as gateway:
        monkeypatch.setenv(BASE_URL_VARIABLE, gateway.base_url)
        run = connection.read("ads")

    assert run.exit_status == 0
    assert len(run.records("ads")) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("body", [b"<html>Moved.</html>", b""], ids=["html", "empty"])
def test_a_redirect_to_another_host_is_refused(
    connection: Connection, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes
) -> None:
    """The token goes nowhere else: the other host hears nothing."""
    with Gateway(tiktok) as elsewhere:
        moved = {"Location": f"http://localhost:{elsewhere.address.rpartition(':')[2]}/open_api/v1.3/ad/get/"}
        bend = always("/ad/get/", lambda answer: replace(answer, status=status, headers=moved, body=body))
        with Gateway(tiktok, bend) as gateway:
            monkeypatch.setenv(BASE_URL_VARIABLE, gateway.base_url)
            run = connection.read("ads")

    assert run.exit_status == 1
    assert elsewhere.heard == []
    assert "redirect" in run.errors[0]["message"]
    assert run.records("ads") == []


def test_a_proxy_of_the_environment_is_used(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to TikTok go through it, in a tunnel; this one has no way out."""
    heard: list[bytes] = []

    def refuse(server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with client:
                heard.append(client.recv(1000).split(b"\r\n")[0])
                client.sendall(b"HTTP/1.1 502 No way out\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=refuse, args=(server,), daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.delenv(BASE_URL_VARIABLE)
        status, told = connection.check().verdict

    assert status == "FAILED"
    assert "proxy" in told.lower()
    assert set(heard) == {b"CONNECT business-api.tiktok.com:443 HTTP/1.0"} or set(heard) == {
        b"CONNECT business-api.tiktok.com:443 HTTP/1.1"
    }


def test_hosts_that_need_no_proxy_are_asked_without(
    connection: Connection, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Gateway(tiktok) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        run = connection.read("ads")

    assert run.exit_status == 0
    assert proxy.heard == []


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "http://proxy.invalid:3128"], ids=["closed", "no-such-name"])
def test_a_proxy_that_is_not_there_is_named_as_the_culprit(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    """Nothing listens there, or its name can't be resolved: tried again and again, not for ever."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.delenv(BASE_URL_VARIABLE)
    run = connection.run(connection.read_arguments("ads"))

    assert run.exit_status == 1
    assert run.errors[0]["failure_type"] == "transient_error"
    assert "proxy" in run.errors[0]["message"].lower()
    assert "times" in run.errors[0]["message"]
    assert run.waited < 600
