"""What the API documents, as data: metric names, field names, statuses, and believable default rows."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent


@dataclass(frozen=True)
class Metric:
    """A report metric: its kind, and for attributes the levels it exists at."""

    name: str
    kind: str
    levels: frozenset[str]


@dataclass(frozen=True)
class ListFacts:
    """A documented list: where its rows are, what identifies them, how it is paged, and what may be asked.

    `page` is the default and the largest page size, None for a list that is not paged. `shape` gives the type of every
    field, `row` a believable default, `vary` columns of it that differ from row to row, `shared` rows that all accounts
    have, and `expires` the hours that a link stays valid.
    """

    listed: str
    key: tuple[str, ...]
    page: tuple[int, int] | None
    drops_nulls: bool
    sandbox: bool
    params: dict[str, Any]
    shape: dict[str, Any]
    row: dict[str, Any]
    vary: dict[str, list[Any]]
    shared: list[dict[str, Any]]
    expires: dict[str, int]

    @property
    def kinds(self) -> dict[str, str]:
        """The parameters and how they are written."""
        return {name: fact["type"] for name, fact in self.params.items()}

    @property
    def required(self) -> tuple[str, ...]:
        """The parameters a request must have."""
        return tuple(name for name, fact in self.params.items() if fact.get("required"))


def _load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _metrics() -> dict[str, Metric]:
    with (DATA / "metrics.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["name"]: Metric(row["name"], row["kind"], frozenset(row["levels"].split()))
            for row in csv.DictReader(lines)
        }


def _list(facts: dict[str, Any]) -> ListFacts:
    return ListFacts(
        listed=facts["list"],
        key=tuple(facts["key"]),
        page=tuple(facts["page"]) if "page" in facts else None,
        drops_nulls=facts["nulls"] == "dropped",
        sandbox=facts.get("sandbox", False),
        params=facts["params"],
        shape=facts.get("shape", {}),
        row=facts.get("row", {}),
        vary=facts.get("vary", {}),
        shared=facts.get("shared", []),
        expires=facts.get("expires", {}),
    )


METRICS: dict[str, Metric] = _metrics()
FIELDS: dict[str, frozenset[str]] = {kind: frozenset(names) for kind, names in _load("fields.json").items()}
STATUSES: dict[str, dict[str, str]] = _load("statuses.json")
DEFAULT_ROWS: dict[str, dict[str, Any]] = _load("rows.json")
LISTS: dict[str, ListFacts] = {path: _list(facts) for path, facts in _load("lists.json").items()}
NOT_IN_SMART_PLUS: frozenset[str] = frozenset(_load("not_in_smart_plus.json"))
GMV_MAX: dict[str, dict[str, Any]] = _load("gmv_max.json")
