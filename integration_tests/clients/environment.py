"""The environment of the clients, and the connector as they start it."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from integration_tests.emulator import Emulator
from source_tiktok_marketing.config import BASE_URL_VARIABLE

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".clients" / "bin" / "python"
MISSING = (
    ".clients isn't there: PyAirbyte needs Python 3.11 or 3.12. "
    "With one of them on the PATH, `make clients` installs it."
)
_SECONDS = 600
_OFFLINE = {"AIRBYTE_OFFLINE_MODE": "1", "DO_NOT_TRACK": "1", "PYTHONWARNINGS": "ignore"}
"""Nothing looks for updates or reports its use; nor does a library tell what it will no longer support some day."""


class ClientError(Exception):
    """A program of the clients' environment failed."""


def is_there() -> bool:
    """Whether the environment was made."""
    return PYTHON.exists()


def run(program: Path, job: Json, tiktok: Emulator, folder: Path) -> Any:
    """Run a program in the clients' environment; it takes a job and gives an answer, both as JSON.

    What it writes beside the answer goes to a log in `folder`, where caches and temporary files go, too.
    """
    environment = {
        **os.environ,
        **_OFFLINE,
        BASE_URL_VARIABLE: tiktok.base_url,
        "AIRBYTE_PROJECT_DIR": str(folder),
        "AIRBYTE_LOGGING_ROOT": str(folder / "logs"),
        "MPLCONFIGDIR": str(folder / "matplotlib"),
    }
    log, answer = folder / f"{program.stem}.log", folder / f"{program.stem}.answer.json"
    with log.open("wb") as out:
        command = [str(PYTHON), str(program), str(answer)]
        ended = subprocess.run(  # noqa: S603  our own program
            command, input=orjson.dumps(job), stdout=out, stderr=out, env=environment, timeout=_SECONDS, check=False
        )
    if ended.returncode:
        raise ClientError(f"{program.name} failed:\n{log.read_text(encoding='utf-8')[-4000:]}")
    return orjson.loads(answer.read_bytes())


def connector(folder: Path) -> Path:
    """Return an executable that is the connector, except that it lives in the time of the emulator it talks to."""
    path = folder / "source-tiktok-marketing"
    module = "integration_tests.clients.connector_in_emulated_time"
    path.write_text(
        f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m {module} "$@"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path
