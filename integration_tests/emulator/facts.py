"""What the API documents, as data: metric names, field names, statuses, and believable default rows."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Metric:
    """A report metric: its kind, and for attributes the levels it exists at."""

    name: str
    kind: str
    levels: frozenset[str]


def _load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _metrics() -> dict[str, Metric]:
    with (DATA / "metrics.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["name"]: Metric(row["name"], row["kind"], frozenset(row["levels"].split()))
            for row in csv.DictReader(lines)
        }


METRICS: dict[str, Metric] = _metrics()
FIELDS: dict[str, frozenset[str]] = {kind: frozenset(names) for kind, names in _load("fields.json").items()}
STATUSES: dict[str, dict[str, str]] = _load("statuses.json")
DEFAULT_ROWS: dict[str, dict[str, Any]] = _load("rows.json")
