"""A warehouse that PyAirbyte fills from an emulator: a DuckDB file or a PostgreSQL database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from integration_tests.clients.environment import ROOT, Json, connector, run
from integration_tests.clients.postgres import DATABASE, PASSWORD, USER
from integration_tests.emulator import Emulator

PROGRAMS = ROOT / "integration_tests" / "clients" / "programs"
SCHEMA = "tiktok_marketing"


@dataclass(frozen=True, kw_only=True)
class Warehouse:
    """How PyAirbyte and a client of the database are told about it, and what to fill it from."""

    kind: str
    cache: Json
    database: Json
    tiktok: Emulator
    folder: Path
    config: Json = field(default_factory=dict)

    def sync(self, streams: list[str] | str = "*") -> Json:
        """Read the streams, on from where the last sync ended; tells the number of records and the seconds."""
        job = {
            "executable": str(connector(self.folder)),
            "config": self.config,
            "streams": streams,
            "kind": self.kind,
            "write_strategy": "auto",
            "cache": {**self.cache, "schema_name": SCHEMA},
        }
        answer: Json = run(PROGRAMS / "sync.py", job, self.tiktok, self.folder)
        return answer

    def ask(self, statements: Mapping[str, str]) -> dict[str, list[list[Any]]]:
        """Return the rows of each statement about the tables, by its name."""
        job = {"kind": self.kind, "database": self.database, "schema": SCHEMA, "statements": list(statements.values())}
        answers = run(PROGRAMS / "query.py", job, self.tiktok, self.folder)
        return dict(zip(statements, answers, strict=True))


def duckdb(tiktok: Emulator, file: Path, config: Json) -> Warehouse:
    """A DuckDB file; what else PyAirbyte writes is in a folder beside it."""
    path, folder = str(file), file.parent / "pyairbyte"
    folder.mkdir(exist_ok=True)
    return Warehouse(
        kind="duckdb",
        cache={"db_path": path},
        database={"database": path},
        tiktok=tiktok,
        folder=folder,
        config=config,
    )


def postgres(tiktok: Emulator, folder: Path, config: Json, port: int) -> Warehouse:
    """A schema of a PostgreSQL server on this machine."""
    address: Json = {"host": "127.0.0.1", "port": port, "password": PASSWORD}
    return Warehouse(
        kind="postgres",
        cache={**address, "username": USER, "database": DATABASE},
        database={**address, "user": USER, "dbname": DATABASE},
        tiktok=tiktok,
        folder=folder,
        config=config,
    )
