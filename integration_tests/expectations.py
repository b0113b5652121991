"""What must come out, from what the emulator holds: the promises of the catalogue, applied without the connector."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from integration_tests.emulator import Emulator

Json = dict[str, Any]

# Stem of the stream names: data level, id dimension, status filter.
LEVELS = {
    "ads": ("AUCTION_AD", "ad_id", "ad_status"),
    "ad_groups": ("AUCTION_ADGROUP", "adgroup_id", "adgroup_status"),
    "campaigns": ("AUCTION_CAMPAIGN", "campaign_id", "campaign_status"),
    "advertisers": ("AUCTION_ADVERTISER", "advertiser_id", None),
}
TIMES = {"hourly": "stat_time_hour", "daily": "stat_time_day", "lifetime": None}
SPANS = {"hourly": 1, "daily": 30}
ENTITIES = {"campaigns": "campaign", "ad_groups": "adgroup", "ads": "ad"}
KEYS = {"campaigns": "campaign_id", "ad_groups": "adgroup_id", "ads": "ad_id"}
REPORTS = tuple(f"{stem}_reports_{grain}" for stem in LEVELS for grain in TIMES)
CORE_METRICS = {"spend", "impressions", "clicks", "conversion", "reach", "ctr", "cpc", "video_play_actions"}
MOST_METRICS = 100


@dataclass(frozen=True)
class Report:
    """A report stream, read off its name."""

    name: str

    @property
    def stem(self) -> str:
        """What comes before "_reports"."""
        return self.name.partition("_reports")[0]

    @property
    def grain(self) -> str:
        """What comes after it."""
        return self.name.partition("_reports_")[2]

    @property
    def dimensions(self) -> list[str]:
        """Id and time."""
        time = TIMES[self.grain]
        return [LEVELS[self.stem][1], *([time] if time else [])]

    def asked_metrics(self, tiktok: Emulator) -> list[str]:
        """The metrics that were asked of TikTok for this report, in any request."""
        asked = [
            request.params["metrics"]
            for request in tiktok.log.to("report/integrated/get/")
            if request.params["data_level"] == LEVELS[self.stem][0] and request.params["dimensions"] == self.dimensions
        ]
        names = list(dict.fromkeys(name for metrics in asked for name in metrics))
        assert set(names) >= CORE_METRICS
        return names


def key_of(stream: str) -> Callable[[Json], tuple[Any, ...]]:
    """What makes a record of a stream unique."""
    if stream in REPORTS:
        names: Sequence[str] = Report(stream).dimensions
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


def expected_report(
    tiktok: Emulator,
    schema: Json,
    name: str,
    advertisers: Iterable[str],
    start: date,
    end: date,
    *,
    include_deleted: bool = True,
) -> list[Json]:
    """The records of a report stream from `start` to `end`, both inclusive, at the emulator's moment."""
    report = Report(name)
    metrics = report.asked_metrics(tiktok)
    return [
        _record(row, advertiser, report, schema)
        for advertiser in advertisers
        for dates in _dates(report.grain, start, end)
        for row in _rows(tiktok, advertiser, report, metrics, dates, include_deleted=include_deleted)
    ]


def _dates(grain: str, start: date, end: date) -> Iterator[Json]:
    if grain not in SPANS:
        yield {"query_lifetime": True}
        return
    while start <= end:
        last = min(end, start + timedelta(days=SPANS[grain] - 1))
        yield {"start_date": str(start), "end_date": str(last)}
        start = last + timedelta(days=1)


def _rows(
    tiktok: Emulator, advertiser: str, report: Report, metrics: list[str], dates: Json, *, include_deleted: bool
) -> list[Json]:
    level, _, status = LEVELS[report.stem]
    everything = [{"field_name": status, "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}]
    parts = [
        tiktok.report_rows(
            advertiser_id=advertiser,
            report_type="BASIC",
            data_level=level,
            dimensions=report.dimensions,
            metrics=metrics[first : first + MOST_METRICS],
            filtering=everything if include_deleted and status else [],
            **dates,
        )
        for first in range(0, len(metrics), MOST_METRICS)
    ]
    rows = []
    for together in zip(*parts, strict=True):
        values = {name: value for part in together for name, value in part["metrics"].items()}
        rows.append({"dimensions": dict(together[0]["dimensions"]), "metrics": values})
    return rows


def _record(row: Json, advertiser: str, report: Report, schema: Json) -> Json:
    properties = schema["properties"]
    dimensions = _cast_all(row["dimensions"], properties["dimensions"]["properties"])
    metrics = _cast_all(row["metrics"], properties["metrics"]["properties"])
    copied = {name: dimensions[name] for name in report.dimensions}
    return {"advertiser_id": int(advertiser), **copied, "dimensions": dimensions, "metrics": metrics}


def _cast_all(values: Json, properties: Mapping[str, Any]) -> Json:
    return {
        name: None if value == "-" else cast(value, properties.get(name, {})) if not isinstance(value, dict) else value
        for name, value in values.items()
    }


def cast(value: Any, schema: Json) -> Any:
    """A value in the type that `schema` declares."""
    declared = schema.get("type", [])
    kinds = {declared} if isinstance(declared, str) else set(declared)
    match (value, *(kinds - {"null"})):
        case (None, *_):
            return None
        case (dict(), "object"):
            return {name: cast(inner, schema.get("properties", {}).get(name, {})) for name, inner in value.items()}
        case (list(), "array"):
            return [cast(item, schema.get("items", {})) for item in value]
        case (_, "integer" | "number" | "string" as kind):
            return {"integer": int, "number": float, "string": str}[kind](value)
        case _:
            return value


def expected_entities(
    tiktok: Emulator, schema: Json, name: str, advertisers: Iterable[str], *, include_deleted: bool = True
) -> list[Json]:
    """The records of `campaigns`, `ad_groups` or `ads` of every buying type, at the emulator's moment."""
    return [
        cast(row, schema)
        for advertiser in advertisers
        for row in tiktok.entities(ENTITIES[name], advertiser, include_deleted=include_deleted)
    ]


def expected_advertisers(tiktok: Emulator, schema: Json) -> list[Json]:
    """The records of `advertisers`."""
    now = tiktok.clock.now()
    return [cast(advertiser.row_at(now), schema) for advertiser in tiktok.world.advertisers if advertiser.granted]


def expected_ids(tiktok: Emulator, schema: Json) -> list[Json]:
    """The records of `advertiser_ids`."""
    return [
        cast({"advertiser_id": advertiser.id, "advertiser_name": advertiser.row["name"]}, schema)
        for advertiser in tiktok.world.advertisers
        if advertiser.granted
    ]


def days_between(start: date, end: date) -> list[str]:
    """Every day from `start` to `end`, inclusive."""
    return [str(start + timedelta(days=number)) for number in range((end - start).days + 1)]


def asked_days(tiktok: Emulator, advertiser: str, dimension: str) -> list[str]:
    """Every day that reports of an advertiser were asked for, in order, without repetition by further pages."""
    spans = {
        (request.params["start_date"], request.params["end_date"])
        for request in tiktok.log.to("report/integrated/get/")
        if request.params["advertiser_id"] == advertiser and dimension in request.params["dimensions"]
    }
    days = [day for start, end in sorted(spans) for day in days_between(date.fromisoformat(start), _day(end))]
    assert len(set(days)) == len(days), "a day was asked for twice"
    return days


def _day(text: str) -> date:
    return date.fromisoformat(text)
