"""What `second_process` and `page_desk` tell each other, and how it travels."""

import socket
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec

_LENGTH = struct.Struct("!Q")


Part = tuple[int, tuple[str, ...]]
"""The place of a page in its batch, and the metrics to take over from it."""


class Describe(msgspec.Struct, frozen=True, tag=True):
    """From now on `rows` stands for the `ReportRows` that are made of `arguments`. Not answered."""

    rows: int
    arguments: Mapping[str, Any]


class Decode(msgspec.Struct, frozen=True, tag=True):
    """Decode the text that follows, a page of a batch. Answered with `Decoded`, or None if it isn't foreseen."""

    rows: int
    batch: int
    place: int
    """What the page is called in the batch."""
    unwanted: Sequence[int]
    """Pages of the batch that nobody will ask for any more."""


class Decoded(msgspec.Struct, frozen=True):
    """What tells of a page, and the identities of its rows."""

    total_page: int
    total_number: int | None
    keys: list[tuple[Any, ...]]


class Encode(msgspec.Struct, frozen=True, tag=True):
    """Encode the records of a page with the metrics of other parts, which hold the same rows in the same order.

    Answered with the lines as they are. Uses up the batch.
    """

    rows: int
    batch: int
    whole: int
    """The place of the page."""
    parts: Sequence[Part]
    about: Mapping[str, str]


class Forget(msgspec.Struct, frozen=True, tag=True):
    """The batch is not wanted any more. Not answered."""

    batch: int


Request = Describe | Decode | Encode | Forget


class Wire:
    """One end of a connected pair of sockets, on which texts travel.

    The first process needs the interpreter's lock after each system call and may wait long for it, so there are few.
    """

    def __init__(self, end: socket.socket) -> None:
        """Take over the socket, which must be one that blocks."""
        self._socket = end

    def send(self, *texts: bytes) -> None:
        """Return when the system has taken all of them. Raises `OSError` when the other end is closed."""
        pieces = [piece for text in texts for piece in (_LENGTH.pack(len(text)), text)]
        if rest := sum(map(len, pieces)) - self._socket.sendmsg(pieces):
            self._socket.sendall(b"".join(pieces)[-rest:])

    def receive(self) -> bytes:
        """The next text. Raises `EOFError` when there will be none."""
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        return self._exactly(length)

    def hang_up(self) -> None:
        """Let nothing more pass, in either direction."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _exactly(self, length: int) -> bytes:
        pieces = []
        while length:
            if not (piece := self._socket.recv(length, socket.MSG_WAITALL)):
                raise EOFError
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)
