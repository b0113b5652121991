"""Buildah, which builds without a daemon but limits nothing: its containers are run by the means of the kernel."""

import atexit
import json
import os
import shutil
import signal
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from integration_tests.images.engines import (
    MEMORY_MEGABYTES,
    PROCESSOR,
    Container,
    EngineError,
    Recipe,
    logged,
    output,
    succeeds,
)

_GROUPS = Path("/sys/fs/cgroup")

_ENTER = """
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount --bind /proc "$root/proc"
mount --bind -o ro "$folder" "$root$folder"
mount -o remount,ro,bind "$root$folder"
[ -z "$writable" ] || mount -t tmpfs -o mode=1777 tmpfs "$root$writable"
mount -o remount,ro,bind "$root"
[ -z "$group" ] || echo $$ > "$group/cgroup.procs"
exec taskset --cpu-list "$processor" setpriv --no-new-privs chroot --userspec="$user" "$root" "$@"
"""
"""Runs a command in a file system that nobody else sees, as a user without rights, on one processor."""


class Buildah:
    """Builds by Buildah; runs by `unshare`, `chroot`, `taskset` and a control group where one may be made."""

    name = "buildah"

    def __init__(self) -> None:
        self._started: dict[str, subprocess.Popen[bytes]] = {}

    def works(self) -> bool:
        """Whether it is installed and may build and mount."""
        return shutil.which(self.name) is not None and os.geteuid() == 0 and succeeds(["unshare", "--mount", "true"])

    def build(self, recipe: Recipe, log: Path) -> None:
        """Build an image; everything it says goes to `log`."""
        command = [self.name, "build", "--layers", "--format", "docker", "--isolation", "chroot", *recipe.options]
        logged(command, log)

    def runs(self, image: str) -> bool:
        """Whether containers of the image can be run here: they need no more than building does."""
        return self.works() and bool(_root(image))

    def size(self, image: str) -> int:
        """The bytes of an image's files."""
        return int(output(["du", "--summarize", "--one-file-system", "--block-size=1", _root(image)]).split()[0])

    def start(self, container: Container, name: str, **options: Any) -> "subprocess.Popen[bytes]":
        """Start a container with every limit that this machine lets root set."""
        root = _root(container.image)
        Path(f"{root}{container.folder}").mkdir(parents=True, exist_ok=True)
        config = json.loads(output([self.name, "inspect", "--type", "image", container.image]))["OCIv1"]["config"]
        entrypoint = [container.entrypoint] if container.entrypoint else config["Entrypoint"]
        variables = [*config.get("Env", ()), *(f"{key}={value}" for key, value in container.environment.items())]
        place = f"--chdir={config.get('WorkingDir') or '/'}"
        command = ["/usr/bin/env", "-i", place, *variables, *entrypoint, *container.arguments]
        facts = {
            "root": root,
            "folder": str(container.folder),
            "writable": container.writable or "",
            "group": _memory_group(name),
            "processor": str(PROCESSOR),
            "user": _user(root, config["User"]),
        }
        shell = ["unshare", "--mount", "--propagation", "private", "sh", "-euc", _ENTER, "sh"]
        process = subprocess.Popen(  # noqa: S603
            [*shell, *command], env=os.environ | facts, start_new_session=True, **options
        )
        self._started[name] = process
        return process

    def kill(self, name: str) -> None:
        """End the processes of a container at once."""
        os.killpg(self._started[name].pid, signal.SIGKILL)


@cache
def _root(image: str) -> str:
    """Mount the files of an image for the life of this process."""
    container = output(["buildah", "from", "--pull-never", image]).strip()
    atexit.register(succeeds, ["buildah", "rm", container])
    return output(["buildah", "mount", container]).strip()


def _user(root: str, name: str) -> str:
    """The numbers of a user of the image, which the machine need not know."""
    for line in Path(root, "etc/passwd").read_text(encoding="utf-8").splitlines():
        user, _, number, group, *_ = line.split(":")
        if name in (user, number):
            return f"{number}:{group}"
    raise EngineError(f"the image has no user {name}")


def _memory_group(name: str) -> str:
    """A control group that limits memory, of either version; none where it may not be made."""
    for parent, limit in ((_GROUPS / "memory", "memory.limit_in_bytes"), (_GROUPS, "memory.max")):
        if (parent / "cgroup.procs").exists() and os.access(parent, os.W_OK):
            group = parent / name
            group.mkdir(exist_ok=True)
            if (group / limit).exists():
                (group / limit).write_text(str(MEMORY_MEGABYTES << 20))
                atexit.register(succeeds, ["rmdir", str(group)])
                return str(group)
            group.rmdir()
    return ""
