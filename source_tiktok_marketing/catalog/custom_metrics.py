"""The metrics that custom reports may ask for: all that TikTok documents, from `metrics.csv`, a line each.

The columns of the file are the fields of `CustomMetric`. It is read only where custom reports are configured.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("metrics.csv")
_TYPES = {"text": "string", "id": "integer"}
"""The JSON types of kinds; the others are numbers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomMetric:
    """What one metric is, and where TikTok documents it."""

    name: str
    kind: str = "text"
    """`count`, `money`, `percent`, `ratio` or `decimal`; `text` and `id` describe the object of a row."""
    group: str = ""
    only_by_name: bool = False
    """Whether its group leaves it out: costs and rates follow from counts, others are seldom offered."""
    levels: frozenset[str] = frozenset()
    """The levels that have it; empty: all."""
    rule: str = ""
    """Which of the rules of `custom_legality` it is under."""
    documented_by: frozenset[str] = frozenset()
    """The breakdowns under which TikTok lists it."""
    is_known: bool = True

    @property
    def type(self) -> str:
        """Its JSON type."""
        return _TYPES.get(self.kind, "number")


@cache
def known_metrics() -> Mapping[str, CustomMetric]:
    """The metrics by their names, in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return {row["name"]: _metric(row) for row in csv.DictReader(lines)}


@cache
def metric_groups() -> Mapping[str, tuple[CustomMetric, ...]]:
    """The metrics that each group asks for, by the name of the group."""
    groups: dict[str, tuple[CustomMetric, ...]] = {}
    for metric in known_metrics().values():
        if not metric.only_by_name:
            groups[metric.group] = (*groups.get(metric.group, ()), metric)
    return groups


def _metric(row: Mapping[str, str]) -> CustomMetric:
    return CustomMetric(
        name=row["name"],
        kind=row["kind"],
        group=row["group"],
        only_by_name=row["only_by_name"] == "yes",
        levels=frozenset(row["levels"].split()),
        rule=row["rule"],
        documented_by=frozenset(row["documented_by"].split()),
    )
