"""What stands between the connector and TikTok: proxies, redirects, gateways with answers of their own."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import pytest

from integration_tests.accounts import DAILY, NOW, accounts
from integration_tests.conftest import Connect
from integration_tests.emulator import Emulator
from integration_tests.harness import BASE_URL_VARIABLE, Connection

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of a socket whose closing resets the connection."""


@dataclass(frozen=True)
class Answer:
    """What goes back to the connector; status 0 resets the connection."""

    status: int
    body: bytes
    headers: dict[str, str]


Bend = Callable[[str, Answer], Answer]


class Gateway:
    """Hands requests on to an emulator and may bend its answers; also a proxy, and with `tls` a server of https."""

    def __init__(
        self, tiktok: Emulator, bend: Bend = lambda _, answer: answer, tls: ssl.SSLContext | None = None
    ) -> None:
        self.heard: list[str] = []
        """Request lines' targets, in order."""
        host = urlsplit(tiktok.base_url)
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                gateway.heard.append(self.path)
                target = self.path.removeprefix("http://" + host.netloc)
                upstream = HTTPConnection(str(host.hostname), host.port or 80, timeout=30)
                upstream.request("GET", target, headers={"Access-Token": self.headers.get("Access-Token", "")})
                reply = upstream.getresponse()
                given = Answer(reply.status, reply.read(), {"Content-Type": reply.headers["Content-Type"]})
                upstream.close()
                self._send(bend(urlsplit(target).path, given))

            def _send(self, answer: Answer) -> None:
                if answer.status == 0:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    self.connection.close()
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in {**answer.headers, "Content-Length": str(len(answer.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.address = f"127.0.0.1:{self._server.server_port}"
        self.base_url = f"{'https' if tls else 'http'}://{self.address}{host.path}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts alike."""
    with Emulator(accounts(2), now=NOW) as emulator:
        yield emulator


@pytest.fixture
def connection(connect: Connect, tiktok: Emulator, bare_environment: None) -> Connection:  # noqa: ARG001  its effect
    """A connection in an environment without proxies and certificates."""
    return connect(tiktok, start_date="2026-11-08")


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
        (500, 40002, "system_error", 2),
        (503, 40105, "config_error", 2),
        (400, 40001, "config_error", 2),
        (403, 50000, "transient_error", 20),
        (200, 40002, "system_error", 2),
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


def test_a_proxy_of_the_environment_is_used(
    connection: Connection, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every request of the run goes through it."""
    with Gateway(tiktok) as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.address}")
        run = connection.read("ads", DAILY)

    assert run.exit_status == 0
    assert len(proxy.heard) == len(tiktok.log) > 4
    assert all(target.startswith(tiktok.base_url) for target in proxy.heard)


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
    connection: Connection, tiktok: Emulator, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    """Nothing listens there, or its name can't be resolved: tried again and again, not for ever."""
    monkeypatch.setenv("HTTP_PROXY", proxy)
    run = connection.run(connection.read_arguments("ads"))

    assert run.exit_status == 1
    assert tiktok.log == []
    assert run.errors[0]["failure_type"] == "transient_error"
    assert "proxy" in run.errors[0]["message"].lower()
    assert "times" in run.errors[0]["message"]
    assert run.waited < 600
