"""Asks a DuckDB file or a PostgreSQL database; the answer is a list of rows for each statement."""

import json
import sys
from pathlib import Path

import duckdb
import psycopg


def connected(kind: str, database: dict[str, object]) -> duckdb.DuckDBPyConnection | psycopg.Connection:
    """Return a connection to the database."""
    return duckdb.connect(**database) if kind == "duckdb" else psycopg.connect(**database)


if __name__ == "__main__":
    job = json.load(sys.stdin)
    with connected(job["kind"], job["database"]) as connection:
        if schema := job.get("schema"):
            connection.execute(f"set search_path = '{schema}'")
        answer = [connection.execute(statement).fetchall() for statement in job["statements"]]
    Path(sys.argv[1]).write_text(json.dumps(answer, default=str), encoding="utf-8")
