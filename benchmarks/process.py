"""Runs a command and tells what it cost and how many records it wrote."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

_LAUNCHER = Path(__file__).with_name("launch.py")
_RECORD = b'"type":"RECORD"'
"""Within a text its quotes would be escaped, so it stands for a record and nothing else."""
_PIPE_BYTES = 1 << 20
_LAST_WORDS = 2000


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Wall and CPU seconds of a process, the peak of its memory and its children's; records it wrote."""

    wall: float
    cpu: float
    peak_mb: float
    status: int
    records: int
    last_words: str
    """The end of its output and of its standard error."""

    def required(self) -> "Cost":
        """The same, or the news that the command failed."""
        if self.status != 0:
            raise RuntimeError(f"A command that was to be measured failed: {self.last_words}")
        return self


def measured(command: Sequence[str], environment: Mapping[str, str], output: Path | None = None) -> Cost:
    """Run to the end; the output goes to a file if one is named, else it is read, counted and dropped."""
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "errors").open("w+b") as errors:
        report = Path(folder) / "report.json"
        process = subprocess.Popen(  # noqa: S603  the benchmark's own command
            [sys.executable, "-IS", str(_LAUNCHER), str(report), *command],
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **environment},
            pipesize=_PIPE_BYTES,
        )
        assert process.stdout is not None  # noqa: S101  it was asked for
        records, end = _drained(process.stdout.fileno(), output)
        process.stdout.close()
        process.wait()
        errors.seek(0)
        last_words = (end + errors.read()[-_LAST_WORDS:]).decode(errors="replace")
        if not report.exists():
            raise RuntimeError(f"{command[0]} could not be measured: {last_words}")
        return Cost(records=records, last_words=last_words, **orjson.loads(report.read_bytes()))


def _drained(descriptor: int, output: Path | None) -> tuple[int, bytes]:
    """Read to the end, as a platform does; the number of records and the last words."""
    records, text = 0, b""
    with (output or Path(os.devnull)).open("wb") as sink:
        while chunk := os.read(descriptor, _PIPE_BYTES):
            sink.write(chunk)
            text = text[1 - len(_RECORD) :] + chunk
            records += text.count(_RECORD)
    return records, text[-_LAST_WORDS:]
