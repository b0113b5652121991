"""A PostgreSQL server that lasts as long as a test."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER, PASSWORD, DATABASE = "postgres", "unused", "postgres"
MISSING = "PostgreSQL isn't installed (Debian's package is postgresql), or there is only root to run it"
_SECONDS = 60


def programs() -> Path | None:
    """Return where the server's programs are, which Debian doesn't put on the PATH; None if they can't be run."""
    folders = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("pg_ctl"):
        folders.append(Path(found).resolve().parent)
    usable = [folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]
    return usable[0] if usable and (os.getuid() != 0 or _has_own_user()) else None


def _has_own_user() -> bool:
    return any(user.pw_name == USER for user in pwd.getpwall()) and shutil.which("runuser") is not None


@contextmanager
def server() -> Iterator[int]:
    """Run a server on loopback; yields its port. PostgreSQL refuses to run as root, so root runs it as its own user."""
    found = programs()
    if found is None:
        raise RuntimeError(MISSING)
    as_user = ["runuser", "-u", USER, "--"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder, socket.create_server(("127.0.0.1", 0)) as chosen:
        port = chosen.getsockname()[1]
        chosen.close()
        if as_user:
            shutil.chown(folder, USER, USER)

        def run(program: str, *arguments: str) -> None:
            command = [*as_user, str(found / program), "-D", f"{folder}/data", *arguments]
            log = Path(folder) / f"{program}.log"
            with log.open("ab") as out:  # the server inherits it, so it can't be a pipe
                subprocess.run(command, check=True, cwd=folder, stdout=out, stderr=out, timeout=_SECONDS)  # noqa: S603

        run("initdb", "--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
        run("pg_ctl", "--wait", "--options", options, "start")
        try:
            yield port
        finally:
            run("pg_ctl", "--wait", "--mode", "immediate", "stop")
