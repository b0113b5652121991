"""Records by what makes them unique."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from integration_tests.expected.report_names import REPORTS, ReportName

Json = dict[str, Any]

KEYS = {"campaigns": "campaign_id", "ad_groups": "adgroup_id", "ads": "ad_id"}


def key_of(stream: str) -> Callable[[Json], tuple[Any, ...]]:
    """What makes a record of a stream unique."""
    if stream in REPORTS:
        names: Sequence[str] = ReportName(stream).dimensions
    else:
        names = [KEYS.get(stream, "advertiser_id")]
    return lambda record: tuple(record[name] for name in names)


def keyed(stream: str, records: Iterable[Json]) -> dict[tuple[Any, ...], Json]:
    """The records by their keys; later ones replace earlier ones, as a destination that merges does."""
    key = key_of(stream)
    return {key(record): record for record in records}


def once(stream: str, records: list[Json]) -> dict[tuple[Any, ...], Json]:
    """The records by their keys, each of which occurs once."""
    found = keyed(stream, records)
    assert len(found) == len(records)
    return found
