"""Reads the connector's streams by PyAirbyte into a DuckDB file or a PostgreSQL database."""

import json
import sys
import time
from pathlib import Path

import airbyte

CACHES = {"duckdb": airbyte.caches.DuckDBCache, "postgres": airbyte.caches.PostgresCache}

if __name__ == "__main__":
    job = json.load(sys.stdin)
    started = time.monotonic()
    source = airbyte.get_source(
        "source-tiktok-marketing", local_executable=job["executable"], config=job["config"], streams=job["streams"]
    )
    source.check()
    result = source.read(cache=CACHES[job["kind"]](**job["cache"]), write_strategy=job["write_strategy"])
    answer = {"records": result.processed_records, "seconds": time.monotonic() - started}
    Path(sys.argv[1]).write_text(json.dumps(answer), encoding="utf-8")
