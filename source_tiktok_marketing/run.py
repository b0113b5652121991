"""The command line: `spec`, `check`, `discover`, `read`, with Airbyte messages on standard output and nothing else.

`plan` is for people, and for programs of theirs: its output is text, or one JSON object.
"""

import argparse
import gc
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import orjson

from source_tiktok_marketing import protocol
from source_tiktok_marketing.api.clock import Clock, Stopped, SystemClock
from source_tiktok_marketing.api.failures import ConfigFailure, Failure, SystemFailure, TransientFailure
from source_tiktok_marketing.api.timeouts import TIMEOUTS, Timeouts

if TYPE_CHECKING:
    from source_tiktok_marketing.connector import Connector

_COMMANDS = {
    "spec": "print the connection specification",
    "check": "prove that the configuration can read data",
    "discover": "print the catalogue of streams",
    "plan": "tell what a sync will cost, without reading anything but the list of ad accounts",
    "read": "read the streams of a configured catalogue",
}


_SPECIFICATION = Path(__file__).with_name("spec.json")
"""Made from the model of the configuration (`make docs`), which takes longer to import than the file to read."""


_ALLOCATIONS_BETWEEN_COLLECTIONS = 100_000
"""A page of a list makes about as many objects, none of which form cycles: looking for some every 700 costs a tenth."""


_GRACE_SECONDS = 1.5
"""From a signal to the end of a process that doesn't end by itself, for it to write its last states."""
_LAST_WORDS_SECONDS = 0.5

_M_ARENA_MAX = -8
"""The number by which glibc's `mallopt` knows the most heaps there may be."""


class _Arguments(argparse.ArgumentParser):
    """Parses the command line; what it can't parse is a failure, told in the protocol like any other."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        raise ConfigFailure(f"The command line is not valid: {message}. {self.format_usage().strip()}")


def _parser() -> argparse.ArgumentParser:
    parser = _Arguments(prog="source-tiktok-marketing", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Arguments)
    for name, purpose in _COMMANDS.items():
        command = commands.add_parser(name, help=purpose, description=purpose)
        command.add_argument("--debug", action="store_true", help="log in more detail")
        if name != "spec":
            command.add_argument("--config", required=True, type=Path, help="file with the configuration")
        if name in ("plan", "read"):
            of_all = "; without it, every stream on offer" if name == "plan" else ""
            command.add_argument(
                "--catalog", required=not of_all, type=Path, help=f"file with the configured catalogue{of_all}"
            )
            command.add_argument("--state", type=Path, help="file with the state to go on from")
        if name == "read":
            command.add_argument("--no-progress", action="store_true", help="show no progress on a terminal")
        if name == "plan":
            command.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
            command.add_argument("--shards", type=_number, help="deal the ad accounts out to so many connections")
    return parser


def _number(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1")
    return int(text)


def _json_file(path: Path | None, what: str) -> Any:
    """The JSON in a file; for a state also an empty file, which means none."""
    if path is None:
        return None
    try:
        content = path.read_bytes()
        return None if what == "state" and not content.strip() else orjson.loads(content)
    except OSError as error:
        raise ConfigFailure(f"The {what} file {path} can't be read: {error.strerror}.") from None
    except orjson.JSONDecodeError as error:
        raise ConfigFailure(f"The {what} file {path} is no valid JSON: {error}.") from None


def messages(
    arguments: Sequence[str],
    clock: Clock,
    redactor: protocol.Redactor,
    timeouts: Timeouts = TIMEOUTS,
    *,
    on_terminal: bool = False,
) -> Iterator[bytes]:
    """The output of a command, as blocks of whole lines. Raises the `Failure` that ends it.

    `on_terminal`: the progress of a read is shown there.
    """
    parsed = _parser().parse_args(arguments)
    if parsed.debug or os.environ.get("LOG_LEVEL", "").lower() == "debug":
        logging.getLogger("airbyte").setLevel(logging.DEBUG)
    if parsed.command == "spec":
        yield protocol.line({"type": "SPEC", "spec": orjson.loads(_SPECIFICATION.read_bytes())})
        return
    from source_tiktok_marketing.connector import Connector  # noqa: PLC0415  only what a command needs

    raw_config = _json_file(parsed.config, "config")
    if parsed.command == "check":
        try:
            Connector(raw_config, clock, redactor, timeouts).check()
        except Stopped:
            raise TransientFailure("The check was stopped before it was done.") from None
        except Failure as failure:
            yield protocol.line(_connection_status("FAILED", failure.message))
            return
        yield protocol.line(_connection_status("SUCCEEDED", None))
        return
    connector = Connector(raw_config, clock, redactor, timeouts)
    if parsed.command == "discover":
        yield protocol.line({"type": "CATALOG", "catalog": connector.discover()})
    elif parsed.command == "plan":
        yield _plan(connector, parsed)
    else:
        catalog, state = _json_file(parsed.catalog, "catalog"), _json_file(parsed.state, "state")
        if on_terminal and not parsed.no_progress:
            from source_tiktok_marketing.watch.display import Display  # noqa: PLC0415  only what a command needs

            with Display() as display:
                yield from connector.read(catalog, state, display.show)
        else:
            yield from connector.read(catalog, state)


def _plan(connector: "Connector", parsed: argparse.Namespace) -> bytes:
    from source_tiktok_marketing.watch import plan_text, shards  # noqa: PLC0415  only what a command needs

    plan, changes = connector.plan(_json_file(parsed.catalog, "catalog"), _json_file(parsed.state, "state"))
    dealt = shards.dealt(plan, parsed.shards) if parsed.shards else ()
    if parsed.json:
        told = plan_text.as_json(plan, changes) | ({"shards": shards.as_json(dealt)} if dealt else {})
        return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return (plan_text.text(plan, changes) + (shards.text(plan, dealt) if dealt else "")).encode()


def _writer(arguments: Sequence[str], out: TextIO, redactor: protocol.Redactor) -> protocol.Writer:
    """Return what writes messages: as they are, or for people."""
    if arguments[:1] != ["plan"]:
        return protocol.Writer(out, redactor)
    from source_tiktok_marketing.watch.people import PlainWriter  # noqa: PLC0415  only what a command needs

    return PlainWriter(out, redactor)


def _connection_status(status: str, message: str | None) -> dict[str, Any]:
    return {
        "type": "CONNECTION_STATUS",
        "connectionStatus": {"status": status} | ({"message": message} if message else {}),
    }


def main(
    arguments: Sequence[str],
    out: TextIO,
    clock: Clock,
    timeouts: Timeouts = TIMEOUTS,
    *,
    on_terminal: bool = False,
) -> int:
    """Run one command; return the exit status. Failures are told as an error TRACE.

    `on_terminal`: somebody watches standard error, and the messages go elsewhere.
    """
    redactor = protocol.Redactor()
    writer = _writer(arguments, out, redactor)
    handler = protocol.ProtocolLogHandler(writer)
    root = logging.getLogger("airbyte")
    root.setLevel(logging.INFO)
    root.handlers, root.propagate = [handler], False
    try:
        for block in messages(arguments, clock, redactor, timeouts, on_terminal=on_terminal):
            writer.block(block)
    except BrokenPipeError:
        clock.stop()
        return 1
    except Failure as failure:
        told = failure
    except Exception as error:  # noqa: BLE001  the last resort: whatever it is, it is told in the protocol
        root.debug("Unexpected error", exc_info=True)
        told = SystemFailure(f"Unexpected {type(error).__name__} in the connector: {error}. Report it.")
    else:
        return 0
    with suppress(OSError):  # nobody reads it, or the disk is full
        root.error(told.message)  # some platforms show logs only
        writer.message(protocol.error(told))
    return 1


def share_one_heap() -> None:
    """Let all threads of the process allocate from one heap, where the C library is glibc.

    By default it gives each thread a heap that keeps the room of the pages which once passed through it: with many
    threads a multiple of what is ever in use. The interpreter's lock lets only one of them allocate at a time anyway.
    """
    try:
        import ctypes  # noqa: PLC0415  only a read has threads

        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
    except (ImportError, AttributeError, OSError, TypeError):  # another C library, or none that can be asked
        logging.getLogger("airbyte").debug("The heaps of this C library can't be limited.")


def stop_when_told(clock: Clock, out: TextIO) -> None:
    """Let SIGTERM and SIGINT stop the clock, and end the process soon afterwards if it doesn't end by itself.

    A signal comes between any two instructions of the main thread, also while that holds a lock which stopping needs.
    So the handler does no more than wake a thread. The main thread may wait for TikTok, or for the reader of `out`.
    """
    told: queue.SimpleQueue[None] = queue.SimpleQueue()

    def stop() -> None:
        told.get()
        clock.stop()
        time.sleep(_GRACE_SECONDS)
        stopped = TransientFailure("The command was stopped before it was done.")
        say = partial(protocol.Writer(out, protocol.Redactor()).message, protocol.error(stopped))
        last_words = threading.Thread(target=say, daemon=True)
        last_words.start()
        last_words.join(_LAST_WORDS_SECONDS)
        os._exit(1)

    threading.Thread(target=stop, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.put(None))


def run() -> None:
    """Run the command line of the process and exit."""
    if sys.stdout is None:
        sys.exit("The connector writes its messages to the standard output, which is closed.")
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS)
    os.set_blocking(sys.stdout.fileno(), True)
    if sys.argv[1:2] == ["read"]:
        share_one_heap()
    clock = SystemClock()
    stop_when_told(clock, sys.stdout)
    on_terminal = sys.stderr is not None and sys.stderr.isatty() and not sys.stdout.isatty()
    status = main(sys.argv[1:], sys.stdout, clock, on_terminal=on_terminal)
    with suppress(OSError):
        sys.stdout.flush()
    # Threads may still wait for TikTok or have something to log, which an orderly end would wait for or stumble over.
    os._exit(status)
