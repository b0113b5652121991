"""A platform that runs images: the harness's connection and Flow's adapter, each command in a container of its own."""

import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from integration_tests.harness.clocks import HastyClock
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection
from integration_tests.harness.output import Run, parsed
from integration_tests.images.engines import Container, Engine

_NUMBERS = count(1)
_SECONDS = 120


def _name(folder: Path) -> str:
    """A name that no other container has."""
    return f"tiktok-{folder.parent.name.lower().replace('_', '-')}-{next(_NUMBERS)}"


@dataclass
class ContainerConnection(Connection):
    """A configured connector of which every command runs in a container."""

    engine: Engine = field(kw_only=True)
    image: str = field(kw_only=True)

    def start(
        self,
        arguments: Sequence[str | bytes],
        *,
        unbuffered: bool = False,  # noqa: ARG002  the image sets it
        stdout: int = subprocess.PIPE,
        **options: Any,
    ) -> "subprocess.Popen[bytes]":
        """Start a command in a container; it lives in real time."""
        words = tuple(word.decode() if isinstance(word, bytes) else word for word in arguments)
        return self.engine.start(self._container(words), _name(self.folder), stdout=stdout, **options)

    def run(self, arguments: Sequence[str], clock: HastyClock | None = None) -> Run:  # noqa: ARG002  it has its own
        """Run a command in a container to its end, in real time."""
        with self.start(arguments, stderr=subprocess.PIPE) as process:
            written, complaints = process.communicate(timeout=_SECONDS)
        assert complaints == b""
        return Run(process.returncode, parsed(written, self.secrets))

    def python(self, program: str, *arguments: str) -> tuple[int, str]:
        """Run a program by the image's Python in a container with the same limits; its exit status and output."""
        container = self._container(("-c", program, *arguments), entrypoint="python")
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with self.engine.start(container, _name(self.folder), **streams) as process:
            written, _ = process.communicate(timeout=_SECONDS)
        return process.returncode, written.decode()

    def _container(self, arguments: tuple[str, ...], entrypoint: str | None = None) -> Container:
        self._open()
        environment = {BASE_URL_VARIABLE: self.tiktok.base_url}
        return Container(self.image, arguments, self.folder, environment, entrypoint)

    def _open(self) -> None:
        """Let the image's user read the files, as a platform's volumes do."""
        self.folder.chmod(0o755)
        for path in self.folder.iterdir():
            path.chmod(0o644)


@dataclass
class ContainerAdapter:
    """The Flow image as Flow starts it: no arguments, a writable /var/tmp, requests on standard input."""

    engine: Engine
    image: str
    folder: Path
    environment: dict[str, str]
    _names: dict[int, str] = field(default_factory=dict)

    def start(self) -> "subprocess.Popen[bytes]":
        """Start it with its log in a file."""
        self.folder.mkdir(exist_ok=True)
        name = _name(self.folder)
        container = Container(self.image, (), self.folder, self.environment, writable="/var/tmp")  # noqa: S108  Flow's
        with self._log.open("ab") as log:
            process = self.engine.start(container, name, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self._names[process.pid] = name
        return process

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """End the container at once."""
        # A client that nobody reads from doesn't notice that its container has ended.
        drain = threading.Thread(target=lambda: [None for _ in process.stdout or ()])
        drain.start()
        self.engine.kill(self._names[process.pid])
        drain.join()
        process.wait()

    def logged(self) -> str:
        """What it has logged so far."""
        return self._log.read_text(encoding="utf-8")

    @property
    def _log(self) -> Path:
        return self.folder / "adapter.log"
