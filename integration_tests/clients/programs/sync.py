"""Reads the connector's streams by PyAirbyte into a DuckDB file."""

import json
import sys
from pathlib import Path

import airbyte

if __name__ == "__main__":
    job = json.load(sys.stdin)
    source = airbyte.get_source(
        "source-tiktok-marketing", local_executable=job["executable"], config=job["config"], streams=job["streams"]
    )
    source.check()
    cache = airbyte.caches.DuckDBCache(**job["cache"])
    result = source.read(cache=cache, write_strategy=job["write_strategy"])
    Path(sys.argv[1]).write_text(json.dumps({"records": result.processed_records}), encoding="utf-8")
