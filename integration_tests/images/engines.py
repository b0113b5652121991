"""What builds images and runs containers on this machine: Docker, Podman, or Buildah where there is neither."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

MEMORY_MEGABYTES = 256
PROCESSOR = min(os.sched_getaffinity(0))
"""The one processor that a container gets."""
_SECONDS = 1200
_LAST_LINES = 8


class EngineError(Exception):
    """A builder failed or none is there; the message says what is to be done."""


@dataclass(frozen=True)
class Container:
    """What to run: an image, the files it may read, and what a platform sets for it. All else is forbidden to it."""

    image: str
    arguments: tuple[str, ...]
    folder: Path
    """Mounted read-only, under the same path."""
    environment: Mapping[str, str] = field(default_factory=dict)
    entrypoint: str | None = None
    writable: str | None = None
    """A folder of the image that is memory instead."""


@dataclass(frozen=True)
class Recipe:
    """What to build."""

    file: Path
    tag: str
    context: Path
    arguments: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Path] = field(default_factory=dict)

    @property
    def options(self) -> list[str]:
        """The command line, which is the same for every builder."""
        arguments = [f"--build-arg={name}={value}" for name, value in self.arguments.items()]
        secrets = [f"--secret=id={name},src={path}" for name, path in self.secrets.items()]
        return [*arguments, *secrets, "--file", str(self.file), "--tag", self.tag, str(self.context)]


class Engine(Protocol):
    """A builder that also runs what it built."""

    name: str

    def works(self) -> bool:
        """Whether it is installed and may build."""

    def build(self, recipe: Recipe, log: Path) -> None:
        """Build an image; everything it says goes to `log`. Raises `EngineError`."""

    def runs(self, image: str) -> bool:
        """Whether containers of the image can be run here."""

    def size(self, image: str) -> int:
        """The bytes of an image with its base."""

    def start(self, container: Container, name: str, **options: Any) -> "subprocess.Popen[bytes]":
        """Start a container whose standard streams are the process's. SIGTERM to that reaches the container."""

    def kill(self, name: str) -> None:
        """End a container at once."""


def output(command: Iterable[str]) -> str:
    """The output of a command. Raises `EngineError` with what it complains about."""
    done = subprocess.run([*command], capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    if done.returncode != 0:
        raise EngineError(done.stderr.decode(errors="replace").strip()[-500:])
    return done.stdout.decode()


def logged(command: Iterable[str], log: Path) -> None:
    """Run a command that writes to `log` only. Raises `EngineError` if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        done = subprocess.run([*command], stdout=out, stderr=out, timeout=_SECONDS, check=False)  # noqa: S603
    if done.returncode != 0:
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
        told = re.sub(r"(?<=://)[^/\s]+|(?<=host=')[^']+", "…", "\n".join(last))
        raise EngineError(f"{told}\n{next(iter(command))} failed; {log} has the whole log")


def succeeds(command: Iterable[str]) -> bool:
    """Whether a command is there and succeeds within a minute."""
    try:
        return subprocess.run([*command], capture_output=True, timeout=60, check=False).returncode == 0  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False


class Docker:
    """Docker with its daemon, and what has the same command line."""

    name = "docker"
    _build: tuple[str, ...] = ()
    _run: tuple[str, ...] = ()

    def works(self) -> bool:
        """Whether it is installed and may build; a client without a daemon can't."""
        return shutil.which(self.name) is not None and succeeds([self.name, "info"])

    def build(self, recipe: Recipe, log: Path) -> None:
        """Build an image; everything it says goes to `log`."""
        logged([self.name, "build", *self._build, *recipe.options], log)

    def runs(self, image: str) -> bool:
        """Whether containers of the image can be run here."""
        return succeeds([*self._probe(self._runtime(image)), image])

    def _probe(self, runtime: tuple[str, ...]) -> tuple[str, ...]:
        limits = ("--network", "host", "--memory", f"{MEMORY_MEGABYTES}m", *self._run)
        return (self.name, *runtime, "run", "--rm", *limits, "--entrypoint", "true")

    def size(self, image: str) -> int:
        """The bytes of an image with its base."""
        return int(json.loads(output([self.name, "image", "inspect", image]))[0]["Size"])

    def start(self, container: Container, name: str, **options: Any) -> "subprocess.Popen[bytes]":
        """Start a container with every limit there is."""
        # Podman leaves a file behind where it was started if a container ran out of memory.
        command = [*self._command(container, name)]
        return subprocess.Popen(command, cwd=container.folder, **options)  # noqa: S603

    def _command(self, container: Container, name: str) -> Iterable[str]:
        yield from (self.name, *self._runtime(container.image), "run", "--rm", "--interactive", "--name", name)
        yield from ("--network", "host", "--read-only", *self._run, "--cap-drop", "ALL")
        yield from ("--security-opt", "no-new-privileges", "--cpuset-cpus", str(PROCESSOR))
        yield from ("--memory", f"{MEMORY_MEGABYTES}m", "--memory-swap", f"{MEMORY_MEGABYTES}m")
        yield from ("--volume", f"{container.folder}:{container.folder}:ro")
        yield from (f"--env={name}={value}" for name, value in container.environment.items())
        if container.writable:
            yield from ("--tmpfs", f"{container.writable}:rw,mode=1777")
        if container.entrypoint:
            yield from ("--entrypoint", container.entrypoint)
        yield from (container.image, *container.arguments)

    def _runtime(self, image: str) -> tuple[str, ...]:  # noqa: ARG002  Docker's daemon knows its own
        return ()

    def kill(self, name: str) -> None:
        """End a container at once, if it hasn't ended by itself meanwhile."""
        succeeds([self.name, "kill", name])


class Podman(Docker):
    """Podman; as root it builds without a container runtime, and takes the one that this kernel can do with."""

    name = "podman"

    def __init__(self) -> None:
        self._runtimes: dict[str, tuple[str, ...]] = {}

    @cached_property
    def _build(self) -> tuple[str, ...]:  # type: ignore[override]
        isolation = ("--isolation", "chroot") if os.geteuid() == 0 else ()
        return ("--layers", "--format", "docker", *isolation)

    @cached_property
    def _run(self) -> tuple[str, ...]:  # type: ignore[override]
        # Podman's own limits are higher than what it may set where root lacks the right to raise a limit.
        return ("--read-only-tmpfs=false", "--ulimit=nofile=4096:4096", "--ulimit=nproc=4096:4096")

    def works(self) -> bool:
        """Whether it is installed and may build; root without the right to mount can't."""
        return super().works() and (os.geteuid() != 0 or succeeds(["unshare", "--mount", "true"]))

    def _runtime(self, image: str) -> tuple[str, ...]:
        if image not in self._runtimes:
            runtimes = [(), ("--runtime", "runc")]
            working = (runtime for runtime in runtimes if succeeds([*self._probe(runtime), image]))
            self._runtimes[image] = next(working, ())
        return self._runtimes[image]
