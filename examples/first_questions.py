"""Answers the questions that analysts ask first, from the DuckDB file that PyAirbyte filled.

After `make demo`: .clients/bin/python examples/first_questions.py demo_output/tiktok.duckdb
"""

import argparse
import sys
from pathlib import Path

import duckdb

SQL = Path(__file__).parent / "sql"


def main() -> None:
    """Print the answer to each file of SQL."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the DuckDB file")
    parser.add_argument("--schema", default="tiktok_marketing", help="where PyAirbyte put the tables")
    parser.add_argument("--rows", type=int, default=8, help="how many rows of an answer are shown")
    wish = parser.parse_args()
    with duckdb.connect(str(wish.file), read_only=True) as database:
        database.execute(f"use {wish.schema}")
        for question in sorted(SQL.glob("*.sql")):
            statement = question.read_text(encoding="utf-8")
            sys.stdout.write(f"\n{statement.splitlines()[0].removeprefix('-- ')}\n")
            database.sql(statement).limit(wish.rows).show(max_width=160)


if __name__ == "__main__":
    main()
