"""A DuckDB file as PyAirbyte fills it, with what dbt makes of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration_tests.clients import environment
from integration_tests.harness.connection import Connection

PROGRAMS = Path(environment.__file__).parent / "programs"
RAW, MODELS, PACKAGE = "raw_tiktok", "analytics", "analytics_tiktok_ads"
"""The schemas of the streams, of the daily models and of the views for the package."""
Row = list[Any]


@dataclass
class Warehouse:
    """A DuckDB file that a connection syncs into."""

    connection: Connection
    file: Path

    def sync(self, streams: list[str]) -> None:
        """Append what the connection reads; it goes on from where it stood."""
        job = {
            "executable": str(environment.connector(self.file.parent)),
            "config": self.connection.configured(),
            "streams": streams,
            "kind": "duckdb",
            "cache": {"db_path": str(self.file), "schema_name": RAW},
            "write_strategy": "append",
        }
        self._run("sync", job)

    def build(self) -> dict[str, str]:
        """Run `dbt build`; returns the status of each model and test."""
        job = {
            "project": str(environment.ROOT / "dbt"),
            "profile": "tiktok_marketing",
            "folder": str(self.file.parent),
            "path": str(self.file),
            "schema": MODELS,
            "variables": {"tiktok_marketing_schema": RAW},
        }
        statuses: dict[str, str] = self._run("build", job)
        return statuses

    def rows(self, table: str, *columns: str, where: str = "true") -> list[Row]:
        """Rows of a table; decimals and times are text."""
        return self.answer(f"select {', '.join(columns)} from {table} where {where}")  # noqa: S608  our own words

    def answer(self, statement: str) -> list[Row]:
        """What the database answers to a statement, which may change it."""
        job = {"kind": "duckdb", "database": {"database": str(self.file)}, "statements": [statement]}
        rows: list[Row]
        (rows,) = self._run("query", job)
        return rows

    def _run(self, program: str, job: dict[str, Any]) -> Any:
        return environment.run(PROGRAMS / f"{program}.py", job, self.connection.tiktok, self.file.parent)
