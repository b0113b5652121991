"""A relay of TCP connections, which may hang up."""

import socket
import threading
from contextlib import suppress


class Relay:
    """Hands TCP connections on, but hangs up the first `rude` ones before a byte is exchanged."""

    def __init__(self, target: tuple[str, int], rude: int) -> None:
        self._target, self._rude = target, rude
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._rude > 0:
                self._rude -= 1
                client.recv(1)
                client.shutdown(socket.SHUT_RDWR)
                client.close()
                continue
            server = socket.create_connection(self._target)
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):  # one of the ends was closed
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
