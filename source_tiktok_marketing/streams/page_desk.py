"""The second process of a sync (see `second_process`): decodes pages of reports, joins their parts, encodes records.

`python -m source_tiktok_marketing.streams.page_desk DESCRIPTOR` serves whoever holds the other end of that socket until
it is closed. It asks TikTok nothing, writes no output and is told no secret.
"""

import signal
import socket
import sys
from typing import TYPE_CHECKING

import msgspec

from source_tiktok_marketing import protocol
from source_tiktok_marketing.streams.report_rows import ReportRows, Row
from source_tiktok_marketing.streams.wire import Decode, Decoded, Describe, Encode, Forget, Request, Wire

if TYPE_CHECKING:
    from collections.abc import Sequence


class Desk:
    """The pages that are being worked on."""

    def __init__(self) -> None:
        self._rows: dict[int, ReportRows] = {}
        self._batches: dict[int, dict[int, Sequence[Row]]] = {}

    def describe(self, request: Describe) -> None:
        """Get to know a kind of rows."""
        self._rows[request.rows] = ReportRows(**request.arguments)

    def decode(self, request: Decode, body: bytes) -> Decoded | None:
        """Keep a page, and tell of it."""
        rows = self._rows[request.rows]
        for place in request.unwanted:
            del self._batches[request.batch][place]
        if (page := rows.decode(body)) is None:
            return None
        self._batches.setdefault(request.batch, {})[request.place] = page.rows
        return Decoded(page.total_page, page.total_number, rows.keys(page.rows))

    def encode(self, request: Encode) -> bytes:
        """The lines of a page's records, with the metrics of its other parts."""
        rows, pages = self._rows[request.rows], self._batches.pop(request.batch)
        whole = pages[request.whole]
        for part, names in request.parts:
            whole = rows.merge(whole, pages[part], names)
        return protocol.record_block(rows.name, rows.records(whole, request.about))

    def forget(self, request: Forget) -> None:
        """Let go of a batch, if there is something of it."""
        self._batches.pop(request.batch, None)


_requests = msgspec.msgpack.Decoder(Request)


def serve(wire: Wire) -> None:
    """Do what is asked until the other end is closed."""
    desk = Desk()
    while True:
        request = _requests.decode(wire.receive())
        match request:
            case Describe():
                desk.describe(request)
            case Decode():
                wire.send(msgspec.msgpack.encode(desk.decode(request, wire.receive())))
            case Encode():
                wire.send(desk.encode(request))
            case Forget():
                desk.forget(request)


def main() -> None:
    """Serve the descriptor on the command line. An interruption is for the first process, which then closes it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        serve(Wire(socket.socket(fileno=int(sys.argv[1]))))
    except (EOFError, OSError):
        return


if __name__ == "__main__":
    main()
