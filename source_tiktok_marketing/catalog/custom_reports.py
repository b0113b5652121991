"""The reports of the option `custom_reports`: rows of the catalogue that the configuration makes."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from source_tiktok_marketing.catalog.custom_legality import LEVEL_NAMES, Shape, depth
from source_tiktok_marketing.catalog.custom_metrics import CustomMetric, known_metrics, metric_groups
from source_tiktok_marketing.catalog.levels import (
    AD,
    AD_GROUP,
    ADVERTISER,
    ASSET_GROUP,
    CAMPAIGN,
    DAILY,
    HOURLY,
    LIFETIME,
    TOTAL,
    Breakdown,
    Grain,
    Level,
)
from source_tiktok_marketing.catalog.metrics import MOST_PER_REQUEST
from source_tiktok_marketing.catalog.reports import account_metrics
from source_tiktok_marketing.catalog.schemas import DATE_TIME, TIMESTAMP, nullable, record_schema

LEVELS_BY_NAME = dict(zip(LEVEL_NAMES, (ADVERTISER, CAMPAIGN, AD_GROUP, AD, ASSET_GROUP), strict=True))
GRAINS_BY_NAME = {"hour": HOURLY, "day": DAILY, "lifetime": LIFETIME, "total": TOTAL}
_ACCOUNT_BY_DAY = Shape(level="advertiser", granularity="day")
_COMPANIONS = {"interest_category": "interest_category_v2"}
"""Dimensions that TikTok adds to those that were asked for."""

MOST_IDS = 100
_OF_SEVERAL = ("IN", "NOT_IN", "CONTAIN_ANY_OF", "BETWEEN")
OPERATORS = (*_OF_SEVERAL, "MATCH", "GREATER_EQUAL", "GREATER_THAN", "LOWER_EQUAL", "LOWER_THAN")
_FILTER_LEVELS = {
    "campaign_status": "campaign",
    "campaign_ids": "campaign",
    "campaign_automation_type": "campaign",
    "buying_type": "campaign",
    "adgroup_status": "adgroup",
    "adgroup_ids": "adgroup",
    "ad_status": "ad",
    "ad_ids": "ad",
    "ad_ids_v2": "ad",
    "country_code": "advertiser",
}
"""The documented filters, and the highest level of reports that takes each."""
_WRONG_IDS = {"ad_ids": "ad_v2", "ad_ids_v2": "ad"}
"""Filters that the level counting the other kind of ads doesn't take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportFilter:
    """Restricts the rows of a report."""

    field: str
    operator: str = "IN"
    values: tuple[str, ...]

    @property
    def takes_several(self) -> bool:
        """Whether TikTok reads a list of values rather than one."""
        return self.operator in _OF_SEVERAL

    def problems(self, shape: Shape) -> Iterator[str]:
        """Yield what TikTok certainly refuses of it in such a report, and what it takes instead."""
        number, level = len(self.values), shape.level
        if self.takes_several and number > MOST_IDS:
            yield f"the filter {self.field} has {number} values: TikTok takes at most {MOST_IDS}"
        if self.operator == "BETWEEN" and number != len(("lowest", "highest")):
            yield f"the filter {self.field} has {number} values: BETWEEN takes the lowest and the highest"
        if not self.takes_several and number > 1:
            yield f"the filter {self.field} has {number} values: {self.operator} takes one"
        if level == _WRONG_IDS.get(self.field):
            (other,) = _WRONG_IDS.keys() - {self.field}
            yield f"the filter {self.field} is not offered at level {level}: choose {other}"
        if self.field == "country_code" and "country_code" not in shape.breakdowns:
            yield "the filter country_code needs the breakdown country_code: add it, or leave the filter out"
        if level == "advertiser" and self.field.endswith("_status"):
            yield f"the filter {self.field} is not offered at level advertiser, which holds everything: leave it out"

    def is_documented(self, shape: Shape) -> bool:
        """Whether TikTok documents it for such a report."""
        highest = _FILTER_LEVELS.get(self.field)
        return highest is not None and self.operator == "IN" and depth(shape.level) >= depth(highest)


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomReport:
    """One report stream on `report/integrated/get/` that the configuration describes."""

    own_name: str
    shape: Shape
    asked: tuple[str, ...] = ("basic",)
    """Names of metrics and of groups of them."""
    filters: tuple[ReportFilter, ...] = ()
    start_date: date | None = None
    """None: that of the connection."""
    lookback_days: int | None = None
    """None: that of the connection."""

    path = "report/integrated/get/"
    reader = "reports.custom:CustomReportStream"
    optional = False
    same_for_all = False
    account_report = None

    @property
    def name(self) -> str:
        """The stream's name."""
        return f"custom_{self.own_name}"

    @property
    def level(self) -> Level:
        """What a row is about."""
        return LEVELS_BY_NAME[self.shape.level]

    @property
    def grain(self) -> Grain:
        """The stretch of time of a row."""
        return GRAINS_BY_NAME[self.shape.granularity]

    @property
    def breakdown(self) -> Breakdown:
        """What else divides the rows."""
        return Breakdown(
            suffix="",
            dimensions=self.shape.breakdowns,
            report_type=self.shape.report_type,
            latency_hours=self.latency_hours,
        )

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What TikTok groups by."""
        time = (self.grain.time_dimension,) if self.grain.time_dimension else ()
        return (self.level.id_dimension, *time, *self.shape.breakdowns)

    @property
    def metrics(self) -> tuple[CustomMetric, ...]:
        """The metrics that the report asks for, each once."""
        return tuple({metric.name: metric for asked in self.asked for metric in self._metrics_of(asked)}.values())

    def _metrics_of(self, asked: str) -> tuple[CustomMetric, ...]:
        """Return the metric of that name, or those of a group that are offered here."""
        if (group := metric_groups().get(asked)) is not None:
            return tuple(metric for metric in group if self.shape.puts_into_group(metric))
        return (known_metrics().get(asked) or CustomMetric(name=asked, is_known=False),)

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The metrics that it asks for."""
        return tuple(metric.name for metric in self.metrics)

    @property
    def latency_hours(self) -> int:
        """Hours after which TikTok has finished the figures."""
        return self.shape.latency_hours

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The stream's key: the advertiser and the dimensions."""
        return tuple(dict.fromkeys(("advertiser_id", *self.dimensions)))

    @property
    def cursor_field(self) -> str | None:
        """What an incremental read goes by; None: the report has no time."""
        return self.grain.time_dimension

    @property
    def cursor_format(self) -> str:
        """How the cursor is written into the state."""
        return self.grain.cursor_format

    @property
    def in_sandbox(self) -> bool:
        """Whether TikTok's sandbox answers it."""
        return self.level.in_sandbox

    @property
    def account_metrics(self) -> tuple[str, ...]:
        """What its account's daily report is asked for to tell days without hours; empty if it can't tell.

        Filters add no rows. What a breakdown tells, such as events of pages, may happen without delivery.
        """
        if self.grain is not HOURLY or self.shape.report_type != "BASIC" or self.shape.breakdowns:
            return ()
        figures = (metric for metric in self.metrics if metric.is_known and metric.type == "number")
        return account_metrics(metric.name for metric in figures if _ACCOUNT_BY_DAY.refusal(metric) is None)

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its records; metrics that nobody documents are text."""
        ids = dict.fromkeys(("advertiser_id", self.level.id_dimension), nullable("integer"))
        texts = {name: nullable("string") for name in self.shape.breakdowns}
        companions = {_COMPANIONS[name]: nullable("string") for name in self.shape.breakdowns if name in _COMPANIONS}
        time = self.grain.time_dimension
        top = {time: nullable("string") | TIMESTAMP} if time else {}
        nested = {time: nullable("string") | DATE_TIME} if time else {}
        approximate = {name for offer in self.shape.offers for name in offer.approximate}
        return record_schema(
            {**ids, **top, **texts},
            {metric.name: nullable("string" if metric.name in approximate else metric.type) for metric in self.metrics},
            {self.level.id_dimension: nullable("integer"), **nested, **texts, **companions},
        )

    def problems(self) -> Iterator[str]:
        """Yield what TikTok certainly refuses of it, and what it takes instead."""
        unsound = list(self.shape.problems())
        yield from unsound
        if not unsound:
            yield from self._problems_of_metrics()
        for wish in self.filters:
            yield from wish.problems(self.shape)

    def _problems_of_metrics(self) -> Iterator[str]:
        refused: dict[str, list[str]] = defaultdict(list)
        for metric in self.metrics:
            if metric.name in self.dimensions:
                yield f"{metric.name} is a dimension of the report, so every record has it: leave it out of the metrics"
            elif (choice := self.shape.refusal(metric)) is not None:
                refused[choice].append(metric.name)
        for choice, names in refused.items():
            yield (
                f"{', '.join(names)} can't be metrics of {self.shape} at level {self.shape.level} with granularity "
                f"{self.shape.granularity}: {choice}"
            )
        for group in metric_groups().keys() & set(self.asked):
            if not self._metrics_of(group):
                yield f"no metric of the group {group} is offered here: leave it out or choose another shape"
        if (number := len(self.metrics)) > MOST_PER_REQUEST:
            yield f"asks for {number} metrics, but TikTok answers at most {MOST_PER_REQUEST}: make two reports of it"

    def doubts(self) -> Iterator[str]:
        """Yield what TikTok's documents leave open, which TikTok can be asked about."""
        yield from self.shape.doubts()
        if unsure := [metric.name for metric in self.metrics if not self.shape.documents(metric)]:
            yield f"the metrics {', '.join(unsure)} in {self.shape}"
        for wish in self.filters:
            if not wish.is_documented(self.shape):
                yield f"the filter {wish.field} with operator {wish.operator} at level {self.shape.level}"

    @property
    def unknown(self) -> tuple[str, ...]:
        """The metrics that aren't known to the connector."""
        return tuple(metric.name for metric in self.metrics if not metric.is_known)
