"""Builds a dbt project on a DuckDB file; the answer is the status of each model and each test."""

import json
import sys
from pathlib import Path

from dbt.cli.main import dbtRunner

if __name__ == "__main__":
    job = json.load(sys.stdin)
    folder = Path(job["folder"])
    output = {"type": "duckdb", "path": job["path"], "schema": job["schema"], "threads": 2}
    profile = {job["profile"]: {"target": "dev", "outputs": {"dev": output}}}
    (folder / "profiles.yml").write_text(json.dumps(profile), encoding="utf-8")
    options = {
        "--project-dir": job["project"],
        "--profiles-dir": job["folder"],
        "--target-path": str(folder / "target"),
        "--log-path": str(folder / "logs"),
        "--vars": json.dumps(job["variables"]),
    }
    built = dbtRunner().invoke(["build", *(word for option in options.items() for word in option)])
    if built.exception:
        raise built.exception
    answer = {result.node.unique_id: str(result.status) for result in built.result}
    Path(sys.argv[1]).write_text(json.dumps(answer), encoding="utf-8")
