"""A server between the connector and an emulator, which bends answers, speaks TLS or is a proxy."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from integration_tests.emulator import Emulator

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
