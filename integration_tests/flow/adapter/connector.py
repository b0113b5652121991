"""Starts a command of the connector and takes its messages as the adapter understands them."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

Json = dict[str, Any]

IDLE_SECONDS = 3600.0
_CONTENTS = {
    "RECORD": "record",
    "STATE": "state",
    "LOG": "log",
    "TRACE": "trace",
    "SPEC": "spec",
    "CONNECTION_STATUS": "connectionStatus",
    "CATALOG": "catalog",
}
_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_SYNC_MODES = {"full_refresh", "incremental"}


class AdapterError(Exception):
    """What makes the adapter give up; the message is for its log."""


class IdleConnectorError(Exception):
    """The connector wrote neither a record nor a state for an hour."""


def log(level: str, message: str) -> None:
    """Write a line to the adapter's log, which Flow reads from standard error."""
    sys.stderr.write(json.dumps({"level": level.lower(), "message": message}) + "\n")
    sys.stderr.flush()


def understood(line: bytes) -> Json:
    """The message of a line. A line that is no message the adapter knows becomes a debug log and is lost."""
    try:
        message: Json = json.loads(line)
        _hold(message)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return {"type": "LOG", "log": {"level": "DEBUG", "message": f"not understood ({error!r}): {line!r}"}}
    for stream in message.get("catalog", {}).get("streams", ()):
        modes = stream.get("supported_sync_modes", ["full_refresh"])
        if not modes or set(modes) - _SYNC_MODES:
            raise AdapterError(f"the sync modes {modes} of {stream['name']} are not valid")
    return message


def _hold(message: Json) -> None:
    """Hold a message to what the adapter's parser demands of it."""
    content = message[_CONTENTS[message["type"]]]
    match message["type"]:
        case "RECORD":
            fits = isinstance(content["stream"], str) and isinstance(content["emitted_at"], int) and "data" in content
        case "LOG":
            fits = content["level"] in _LEVELS and isinstance(content["message"], str)
        case "TRACE":
            fits = isinstance(content["type"], str)
        case "SPEC":
            fits = isinstance(content["connectionSpecification"], dict)
        case "CONNECTION_STATUS":
            fits = content["status"] in ("SUCCEEDED", "FAILED")
        case "CATALOG":
            fits = all(isinstance(stream["name"], str) and "json_schema" in stream for stream in content["streams"])
        case _:
            fits = "stream" not in content or isinstance(content["stream"]["stream_descriptor"]["name"], str)
    if not fits:
        raise ValueError(message["type"])


class Command:
    """A command of the connector, behind a shell that waits for one line: that its files are written."""

    def __init__(self, entrypoint: str, arguments: Sequence[str], idle_seconds: float = IDLE_SECONDS) -> None:
        quoted = " ".join(f'"{argument}"' for argument in arguments)
        shell = ["sh", "-c", f"read -r files_are_written && exec {entrypoint} {quoted}"]
        self._process = subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        self._idle_seconds = idle_seconds
        self._lines: queue.Queue[bytes | None] = queue.Queue(maxsize=100)

    def begin(self) -> None:
        """Let the connector start: what it reads is written."""
        stdin = self._process.stdin
        if stdin is None:
            raise AdapterError("the connector has no standard input")
        stdin.write(b"READY\n")
        stdin.close()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._lines.put(line)
        self._lines.put(None)

    def messages(self) -> Iterator[Json]:
        """Its messages without logs, which are logged again, and traces, which only a debugging reader would see."""
        while True:
            try:
                line = self._lines.get(timeout=self._idle_seconds)
            except queue.Empty:
                self.kill()
                raise IdleConnectorError from None
            if line is None:
                return
            message = understood(line)
            match message["type"]:
                case "LOG":
                    log(message["log"]["level"], message["log"]["message"])
                case "TRACE":
                    log("DEBUG", json.dumps(message["trace"]))
                case _:
                    yield message

    def answer(self, content: str) -> Json:
        """The content of its first message, which must be of the kind asked for."""
        message, *_ = [*self.messages(), None]
        if message is None:
            raise AdapterError("the connector wrote no message")
        if content not in message:
            raise AdapterError(f"the first message is no {content}: {json.dumps(message)[:200]}")
        found: Json = message[content]
        return found

    def exit_status(self) -> int:
        """How it ended."""
        return self._process.wait()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
