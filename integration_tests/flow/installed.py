"""The stand-in for Flow's adapter with the connector of this checkout, as processes of this machine."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from integration_tests.flow import image_files
from integration_tests.harness.connection import ROOT

CONNECTOR = f'"{sys.executable}" "{ROOT / "main.py"}"'


class InstalledAdapter:
    """Runs the stand-in in a folder like the image's working directory."""

    def __init__(self, folder: Path, environment: Mapping[str, str], entrypoint: str = CONNECTOR) -> None:
        self.folder = folder / "integration_code"
        image_files.lay_out(self.folder)
        self._entrypoint = entrypoint
        self._log = folder / "adapter.log"
        self._environment = {**os.environ, **image_files.environment(), **environment, "PYTHONPATH": str(ROOT)}

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it with its log in a file."""
        command = [sys.executable, "-m", "integration_tests.flow.adapter", "--connector-entrypoint", self._entrypoint]
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.folder,
                env=self._environment,
                start_new_session=True,
            )

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """End the adapter and the connector at once, as the end of a container does."""
        os.killpg(process.pid, 9)
        process.wait()

    def logged(self) -> str:
        """What it has logged so far."""
        return self._log.read_text(encoding="utf-8")
