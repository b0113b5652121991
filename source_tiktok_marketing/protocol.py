"""The Airbyte protocol on the wire: one JSON object a line.

Records are the mass of the output, so a page of them becomes one block of bytes; the CDK's message classes cost a
multiple of that. `integration_tests/commands/test_embedding.py` holds these lines equal to the CDK's own.
"""

import logging
import threading
import time
from collections.abc import Iterable
from typing import Any, ClassVar, TextIO

import msgspec
import orjson

from source_tiktok_marketing.api.failures import Failure

Json = dict[str, Any]

MASK = "****"
_SHORTEST_SECRET = 6
"""Shorter ones can't be told from ordinary text."""


def line(message: Json) -> bytes:
    """One message as one line."""
    return orjson.dumps(message, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS)


class _RecordMessage(msgspec.Struct, gc=False):
    stream: str
    data: Any
    emitted_at: int


class _Message(msgspec.Struct, gc=False):
    type: str
    record: _RecordMessage


_encoder = msgspec.json.Encoder()


def record_block(stream: str, records: Iterable[Any]) -> bytes:
    """A line for each record of `stream`, a dictionary or typed, all stamped with the present moment."""
    now = int(time.time() * 1000)
    return _encoder.encode_lines([_Message("RECORD", _RecordMessage(stream, record, now)) for record in records])


def state(stream: str, stream_state: Json, record_count: int) -> Json:
    """The STATE of one stream; `record_count` records of it were emitted since the last."""
    return {
        "type": "STATE",
        "state": {
            "type": "STREAM",
            "stream": {"stream_descriptor": {"name": stream}, "stream_state": stream_state},
            "sourceStats": {"recordCount": float(record_count)},
        },
    }


def _trace(kind: str, content: Json) -> Json:
    return {"type": "TRACE", "trace": {"type": kind, "emitted_at": time.time() * 1000, **content}}


def status(stream: str, value: str) -> Json:
    """The stream is STARTED, RUNNING, COMPLETE or INCOMPLETE."""
    return _trace("STREAM_STATUS", {"stream_status": {"stream_descriptor": {"name": stream}, "status": value}})


def estimate(stream: str, records: int, size: int) -> Json:
    """How many records, and bytes of them, the whole stream will have."""
    content = {"name": stream, "type": "STREAM", "row_estimate": records, "byte_estimate": size}
    return _trace("ESTIMATE", {"estimate": content})


def error(failure: Failure, stream: str | None = None) -> Json:
    """The failure, for the person who can act on it."""
    content: Json = {
        "message": failure.message,
        "internal_message": f"{type(failure).__name__}: {failure.message}",
        "failure_type": failure.failure_type.value,
    }
    if stream is not None:
        content["stream_descriptor"] = {"name": stream}
    return _trace("ERROR", {"error": content})


def log(level: str, message: str) -> Json:
    """A line for the sync's log."""
    return {"type": "LOG", "log": {"level": level, "message": message}}


class Redactor:
    """Hides the secrets of the configuration in whatever people read."""

    def __init__(self) -> None:
        self._secrets: tuple[bytes, ...] = ()

    def hide(self, secrets: Iterable[str]) -> None:
        """Never show these from now on, neither plain nor as they stand in JSON."""
        spellings = {form for secret in secrets for form in (secret.encode(), orjson.dumps(secret)[1:-1])}
        self._secrets = tuple(sorted((s for s in spellings if len(s) >= _SHORTEST_SECRET), key=len, reverse=True))

    def __call__(self, line: bytes) -> bytes:
        """The line without the secrets."""
        for secret in self._secrets:
            line = line.replace(secret, MASK.encode())
        return line

    def text(self, text: str) -> str:
        """The text without the secrets."""
        return self(text.encode()).decode()


class ProtocolLogHandler(logging.Handler):
    """Writes log records as LOG messages, secrets hidden, to where the messages go."""

    _LEVELS: ClassVar = {
        logging.CRITICAL: "FATAL",
        logging.ERROR: "ERROR",
        logging.WARNING: "WARN",
        logging.INFO: "INFO",
    }

    def __init__(self, write: "Writer") -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        self._write.message(log(self._LEVELS.get(record.levelno, "DEBUG"), self.format(record)))


class Writer:
    """The one way out: whole lines, secrets hidden in everything but records."""

    def __init__(self, out: TextIO, redactor: Redactor) -> None:
        self._out = out.buffer if hasattr(out, "buffer") else None
        self._text = out
        self._redactor = redactor
        self._lock = threading.RLock()

    def message(self, message: Json) -> None:
        """Write one message now."""
        self.block(self._redactor(line(message)))

    def block(self, block: bytes) -> None:
        """Write lines that are ready."""
        with self._lock:
            if self._out is None:
                self._text.write(block.decode())
                self._text.flush()
                return
            rest = memoryview(block)
            while rest:
                rest = rest[self._out.write(rest) :]  # an unbuffered output may be cut short by a signal
            self._out.flush()
