"""Reads and checks a report request; what comes out is legal."""

from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Any

from integration_tests.emulator.api.errors import refuse
from integration_tests.emulator.api.params import FLAG, IDS, INTEGER, MAX_IDS, OBJECTS, TEXT, day, one_of, require
from integration_tests.emulator.data.facts import METRICS
from integration_tests.emulator.reports.filters import Filter, read_filters
from integration_tests.emulator.reports.metrics import is_attribute
from integration_tests.emulator.world.breakdowns import AUDIENCE_VALUES, BASIC_VALUES

PARAMS = {
    "advertiser_id": TEXT,
    "advertiser_ids": IDS,
    "service_type": TEXT,
    "report_type": TEXT,
    "data_level": TEXT,
    "dimensions": IDS,
    "metrics": IDS,
    "start_date": TEXT,
    "end_date": TEXT,
    "query_lifetime": FLAG,
    "enable_total_metrics": FLAG,
    "multi_adv_report_in_utc_time": FLAG,
    "query_mode": TEXT,
    "order_field": TEXT,
    "order_type": TEXT,
    "filtering": OBJECTS,
    "page": INTEGER,
    "page_size": INTEGER,
}
DATA_LEVELS = {
    "AUCTION_ADVERTISER": "advertiser",
    "AUCTION_CAMPAIGN": "campaign",
    "AUCTION_ADGROUP": "adgroup",
    "AUCTION_AD": "ad",
}
ID_DIMENSIONS = {
    "advertiser_id": "advertiser",
    "campaign_id": "campaign",
    "adgroup_id": "adgroup",
    "ad_id": "ad",
    "ad_id_v2": "ad",
}
TIME_DIMENSIONS = ("stat_time_day", "stat_time_hour")
TIMELESS = (
    *("interest_category", "interest_category_tier2", "interest_category_tier3", "interest_category_tier4"),
    "device_brand_id",
)
NEVER_BY_HOUR = "skan_"
# Metrics of an object alone, or of its days: nothing else may divide their rows.
ONLY_OF_AN_OBJECT = ("paid_engaged_view", "paid_engagement_", "native_growth_")
CONSIDERATION = ("cost_per_consideration", "new_consideration_rate", "new_consideration_size")
MAX_METRICS, MAX_ADVERTISERS = 100, 5
MAX_IDS_OF_TASK = 20_000
DEFAULT_METRICS = ("spend", "impressions")
CONFLICT = "Conflict occurs. The input params including metrics and dimensions have no relation."


@dataclass(frozen=True)
class Query:
    """A legal report request. `start` and `end` are None for the lifetime."""

    advertisers: tuple[str, ...]
    several: bool
    report_type: str
    level: str
    id_dimension: str | None
    time_dimension: str | None
    breakdowns: tuple[str, ...]
    metrics: tuple[str, ...]
    start: date | None
    end: date | None
    filters: tuple[Filter, ...]
    countries: tuple[str, ...] | None
    order: tuple[str, bool] | None
    totals: bool
    in_utc: bool
    """Whether several accounts are reported in days of UTC instead of their own."""

    @property
    def days(self) -> float:
        """How many days are covered, infinity for the lifetime."""
        return inf if self.start is None or self.end is None else (self.end - self.start).days + 1


def read_query(typed: dict[str, Any], *, of_task: bool = False) -> Query:
    """Return the query of typed parameters, in the order of checks the API makes.

    That `of_task` may span any time and name more ids.
    """
    require(typed, ("report_type", "data_level", "dimensions"))
    one_of("service_type", typed.get("service_type", "AUCTION"), ("AUCTION",))
    one_of("report_type", typed["report_type"], ("BASIC", "AUDIENCE"))
    one_of("data_level", typed["data_level"], tuple(DATA_LEVELS))
    one_of("query_mode", typed.get("query_mode", "REGULAR"), ("REGULAR",))
    level, lifetime = DATA_LEVELS[typed["data_level"]], bool(typed.get("query_lifetime"))
    start, end = (None, None) if lifetime else _range(typed)
    id_dimension, time_dimension, breakdowns = _dimensions(typed, level)
    if start and end and not of_task:
        check_span((end - start).days + 1, time_dimension)
    if lifetime:
        _check_lifetime(typed["report_type"], time_dimension, breakdowns)
    metrics = _metrics(typed, level, id_dimension, time_dimension, breakdowns)
    filters, countries = read_filters(
        typed.get("filtering", []), level, id_dimension, MAX_IDS_OF_TASK if of_task else MAX_IDS
    )
    return Query(
        advertisers=tuple(typed.get("advertiser_ids") or [typed["advertiser_id"]]),
        several="advertiser_ids" in typed,
        report_type=typed["report_type"],
        level=level,
        id_dimension=id_dimension,
        time_dimension=time_dimension,
        breakdowns=breakdowns,
        metrics=metrics,
        start=start,
        end=end,
        filters=tuple(filters),
        countries=countries,
        order=_order(typed),
        totals=_totals(typed, time_dimension, breakdowns),
        in_utc="advertiser_ids" in typed and bool(typed.get("multi_adv_report_in_utc_time")),
    )


def _range(typed: dict[str, Any]) -> tuple[date, date]:
    require(typed, ("start_date", "end_date"))
    start, end = day("start_date", typed["start_date"]), day("end_date", typed["end_date"])
    if end < start:
        raise refuse("end_date must not be before start_date.")
    return start, end


def check_span(days: int, time_dimension: str | None) -> None:
    """Refuse a range longer than the time dimension allows."""
    limit = {"stat_time_day": 30, "stat_time_hour": 1}.get(time_dimension or "", 365)
    if days > limit:
        raise refuse(f"max time span must be less than {limit} days")


def _check_lifetime(report_type: str, time_dimension: str | None, breakdowns: tuple[str, ...]) -> None:
    if report_type == "BASIC" and (time_dimension or breakdowns):
        raise refuse("query_lifetime: only an ID dimension can be queried over the lifetime.")
    if report_type == "AUDIENCE":
        raise refuse("query_lifetime: audience reports have no lifetime.")


def _dimensions(typed: dict[str, Any], level: str) -> tuple[str | None, str | None, tuple[str, ...]]:
    names: list[str] = typed["dimensions"]
    audience = typed["report_type"] == "AUDIENCE"
    known = AUDIENCE_VALUES if audience else BASIC_VALUES
    unknown = [name for name in names if name not in ID_DIMENSIONS | known and name not in TIME_DIMENSIONS]
    if unknown or len(set(names)) < len(names):
        raise refuse(f"Invalid dimensions: {unknown or names}.")
    ids = [name for name in names if name in ID_DIMENSIONS]
    times = [name for name in names if name in TIME_DIMENSIONS]
    breakdowns = tuple(name for name in names if name in known)
    if len(ids) > 1 or len(times) > 1:
        raise refuse("dimensions: at most one ID dimension and one time dimension.")
    if ids and ID_DIMENSIONS[ids[0]] != level:
        raise refuse(f"dimensions: {ids[0]} does not match data_level {typed['data_level']}.")
    _check_breakdowns(breakdowns, times, level, audience=audience)
    return next(iter(ids), None), next(iter(times), None), breakdowns


def _check_breakdowns(breakdowns: tuple[str, ...], times: list[str], level: str, *, audience: bool) -> None:
    if audience and len(breakdowns) != 1 and set(breakdowns) != {"age", "gender"}:
        raise refuse("dimensions: an audience report takes one audience dimension, or age and gender.")
    if not audience and len(breakdowns) > 1:
        raise refuse("dimensions: at most one breakdown dimension.")
    if audience and times == ["stat_time_hour"]:
        raise refuse("dimensions: stat_time_hour is not supported for audience reports.")
    if times and set(breakdowns) & set(TIMELESS):
        raise refuse(f"dimensions: {breakdowns[0]} does not go with a time dimension.")
    if not audience and level == "advertiser" and "ad_type" in breakdowns:
        raise refuse(CONFLICT)


def _metrics(
    typed: dict[str, Any], level: str, id_dimension: str | None, time: str | None, breakdowns: tuple[str, ...]
) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(typed.get("metrics") or DEFAULT_METRICS))
    if len(names) > MAX_METRICS:
        raise refuse(f"metrics: at most {MAX_METRICS} metrics.")
    invalid = [name for name in names if name not in METRICS or not _fits(name, level, id_dimension)]
    if invalid:
        raise refuse(
            f"Please correct the information in invalid metric fields and try again. Invalid metric fields: {invalid}. "
        )
    balances = {"cash_spend", "voucher_spend"} & set(names)
    if balances and (level != "advertiser" or time != "stat_time_day"):
        raise refuse(CONFLICT)
    if time == "stat_time_hour" and any(name.startswith(NEVER_BY_HOUR) for name in names):
        raise refuse(CONFLICT)
    is_plain = id_dimension is not None and not breakdowns and time != "stat_time_hour"
    if not is_plain and any(name.startswith(ONLY_OF_AN_OBJECT) or name in CONSIDERATION for name in names):
        raise refuse(CONFLICT)
    return names


def _fits(name: str, level: str, id_dimension: str | None) -> bool:
    return not is_attribute(name) or (id_dimension is not None and level in METRICS[name].levels)


def _order(typed: dict[str, Any]) -> tuple[str, bool] | None:
    one_of("order_type", typed.get("order_type", "DESC"), ("ASC", "DESC"))
    name = typed.get("order_field")
    if not name:
        return None
    if name not in METRICS or is_attribute(name):
        raise refuse(f"order_field: {name} is not a metric to sort by.")
    return name, typed.get("order_type", "DESC") == "DESC"


def _totals(typed: dict[str, Any], time_dimension: str | None, breakdowns: tuple[str, ...]) -> bool:
    wanted = bool(typed.get("enable_total_metrics"))
    if wanted and (typed["report_type"] != "BASIC" or breakdowns or time_dimension == "stat_time_hour"):
        raise refuse("enable_total_metrics: only for basic reports by an ID dimension and/or stat_time_day.")
    return wanted
