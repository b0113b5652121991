"""Asks a DuckDB file; the answer is a list of rows for each statement."""

import json
import sys
from pathlib import Path

import duckdb

if __name__ == "__main__":
    job = json.load(sys.stdin)
    with duckdb.connect(job["database"]["path"]) as database:
        answer = [database.execute(statement).fetchall() for statement in job["statements"]]
    Path(sys.argv[1]).write_text(json.dumps(answer, default=str), encoding="utf-8")
