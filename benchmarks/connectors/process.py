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
_END_BYTES = 2000


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Wall and CPU seconds of a command, the peak of its memory, and the records it wrote."""

    wall: float
    cpu: float
    peak_mb: float
    status: int
    records: int
    end: str
    """The end of its output and of its standard error."""

    def required(self) -> "Cost":
        """Return the same, or raise `RuntimeError` if the command failed."""
        if self.status != 0:
            raise RuntimeError(f"A command that was to be measured failed: {self.end}")
        return self


def measured(command: Sequence[str], environment: Mapping[str, str], output: Path | None = None) -> Cost:
    """Run a command to its end; its output goes to the file, or is counted and dropped without one."""
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
        text = (end + errors.read()[-_END_BYTES:]).decode(errors="replace")
        if not report.exists():
            raise RuntimeError(f"{command[0]} could not be measured: {text}")
        return Cost(records=records, end=text, **orjson.loads(report.read_bytes()))


def _drained(descriptor: int, output: Path | None) -> tuple[int, bytes]:
    """Read to the end, as a platform does; return the number of records and the end of the output."""
    records, text = 0, b""
    with (output or Path(os.devnull)).open("wb") as sink:
        while chunk := os.read(descriptor, _PIPE_BYTES):
            sink.write(chunk)
            text = text[1 - len(_RECORD) :] + chunk
            records += text.count(_RECORD)
    return records, text[-_END_BYTES:]
