"""The performance reports: a product of level, grain, breakdown and metric set, from which all else follows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from source_tiktok_marketing.catalog.levels import (
    AD,
    AD_GROUP,
    ADVERTISER,
    AGE_GENDER,
    ASSET_GROUP,
    AUDIENCE_BREAKDOWNS,
    AUDIENCE_LIFETIME,
    BY_COUNTRY,
    DAILY,
    GRAINS,
    HOURLY,
    LEVELS,
    NO_BREAKDOWN,
    Breakdown,
    Grain,
    Level,
)
from source_tiktok_marketing.catalog.metrics import (
    CORE,
    ENGAGEMENT,
    METRICS,
    MOST_PER_REQUEST,
    SKAN,
    Metric,
    MetricSet,
)
from source_tiktok_marketing.catalog.schemas import DATE_TIME, TIMESTAMP, nullable, record_schema

_TIMES = ("stat_time_day", "stat_time_hour")
_AIRBYTE_AUDIENCE = ("country_code", "platform", "gender", "age", "province_id")
_AIRBYTE_AUDIENCE_DIMENSIONS = (
    "country_code",
    "gender",
    "age",
    "ac",
    "language",
    "platform",
    "interest_category",
    "placement",
)
_AIRBYTE_BY_COUNTRY = ("cash_spend", "voucher_spend")


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One report stream on `report/integrated/get/`."""

    level: Level
    grain: Grain
    breakdown: Breakdown = NO_BREAKDOWN
    metric_set: MetricSet = CORE
    is_unsuffixed: bool = False
    """Whether it goes by the name it had when a configuration had a single granularity."""

    path = "report/integrated/get/"
    reader = "reports.integrated:IntegratedReport"
    optional = False
    same_for_all = False

    @property
    def name(self) -> str:
        """The stream's name, as Airbyte forms it."""
        stem = f"{self.level.stem}{self.metric_set.infix}_reports"
        if self.breakdown.report_type == "AUDIENCE":
            stem = f"{self.level.audience_stem}_audience_reports"
        return f"{stem}{self.breakdown.suffix}" + ("" if self.is_unsuffixed else f"_{self.grain.name}")

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What TikTok groups by, and so what makes a row unique."""
        time = (self.grain.time_dimension,) if self.grain.time_dimension else ()
        return (self.level.id_dimension, *time, *self.breakdown.dimensions)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that the report asks for, in the order of the table."""
        return tuple(
            metric
            for metric in METRICS
            if metric.metric_set is self.metric_set and metric.is_offered_by(self.level, self.grain, self.breakdown)
        )

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The metrics that it asks for."""
        return tuple(metric.name for metric in self.metrics)

    @property
    def latency_hours(self) -> int:
        """Hours after which TikTok has finished the figures."""
        return max(self.metric_set.latency_hours, self.breakdown.latency_hours)

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The stream's key: its dimensions."""
        return self.dimensions

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
        return self.level.in_sandbox and self.breakdown is not BY_COUNTRY

    @property
    def account_report(self) -> "Report | None":
        """The report of the whole account that has rows of every window which this one has rows of.

        None: the report is not read in windows.
        """
        if self.grain.widest_window is None:
            return None
        return Report(level=ADVERTISER, grain=self.grain, metric_set=self.metric_set)

    @property
    def account_metrics(self) -> tuple[str, ...]:
        """What its account's daily report is asked for to tell days without hours; empty if it can't tell."""
        if self.grain is not HOURLY or self.breakdown not in (NO_BREAKDOWN, BY_COUNTRY):
            return ()
        return account_metrics(metric.name for metric in self.metrics if ADVERTISER in metric.levels)

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its records.

        Airbyte declares one schema for all reports of a family, whatever a single report asks for. That schema is kept,
        type by type, for those who replicate into typed tables.
        """
        audience = self.breakdown.report_type == "AUDIENCE"
        top = {time: nullable("string") | TIMESTAMP for time in _TIMES}
        nested = {time: nullable("string") | DATE_TIME for time in _TIMES}
        for level in (*LEVELS, self.level):
            top[level.id_dimension] = nested[level.id_dimension] = nullable("integer")
        for name in (*(_AIRBYTE_AUDIENCE if audience else ()), *self.breakdown.dimensions):
            top[name] = nullable("string")
        beside = (*(_AIRBYTE_AUDIENCE_DIMENSIONS if audience else ()), *self.breakdown.companions)
        for name in (*beside, *self.breakdown.dimensions):
            nested[name] = nullable("string")
        return record_schema(top, {name: nullable(kind) for name, kind in self._metric_types().items()}, nested)

    def _metric_types(self) -> dict[str, str]:
        """The types of the family's metrics and of the report's own."""
        audience = self.breakdown.report_type == "AUDIENCE"
        by_country = self.breakdown is BY_COUNTRY
        family = [
            metric
            for metric in METRICS
            if metric.metric_set is self.metric_set
            and (
                metric.audience_levels
                if audience
                else (metric.by_country or metric.name in _AIRBYTE_BY_COUNTRY)
                if by_country
                else metric.without_breakdown
            )
        ]
        types = {metric.name: metric.type_in(self.breakdown) for metric in (*family, *self.metrics)}
        return types | {"province_id": "string"} if audience else types


ACCOUNT_BY_DAY = Report(level=ADVERTISER, grain=DAILY)
"""Tells on which days an account delivered anything."""
_DELIVERY = ("spend", "impressions")


def account_metrics(own: Iterable[str]) -> tuple[str, ...]:
    """Return what `ACCOUNT_BY_DAY` is asked for: the same for most reports, else with as much of `own` as it takes."""
    beside = replace(ACCOUNT_BY_DAY, metric_set=ENGAGEMENT)
    usual = [metric.name for report in (ACCOUNT_BY_DAY, beside) for metric in report.metrics]
    wanted = dict.fromkeys((*_DELIVERY, *own, *usual))
    return tuple(usual) if wanted.keys() == set(usual) else tuple(wanted)[:MOST_PER_REQUEST]


BASIC = tuple(Report(level=level, grain=grain) for level, grain in product(LEVELS, GRAINS))
ASSET_GROUPS = tuple(Report(level=ASSET_GROUP, grain=grain) for grain in GRAINS)
BASIC_BY_COUNTRY = (
    *(Report(level=level, grain=DAILY, breakdown=BY_COUNTRY) for level in LEVELS),
    *(Report(level=level, grain=HOURLY, breakdown=BY_COUNTRY) for level in (AD, AD_GROUP)),
)
AUDIENCE = (
    *(
        Report(level=level, grain=grain, breakdown=breakdown)
        for breakdown in AUDIENCE_BREAKDOWNS
        for level, grain in product(LEVELS, breakdown.grains)
    ),
    Report(level=ADVERTISER, grain=AUDIENCE_LIFETIME, breakdown=AGE_GENDER),
)
_OLD_AUDIENCE = tuple(report for report in AUDIENCE if report.breakdown.was_unsuffixed)
BESIDE_CORE = tuple(
    Report(level=level, grain=grain, metric_set=metric_set)
    for metric_set in (ENGAGEMENT, SKAN)
    for level, grain in product((*LEVELS, ASSET_GROUP), metric_set.grains)
)
"""Metrics that don't fit into the hundred of one request, in streams of their own with the keys of the basic ones."""

REPORTS = (*BASIC, *ASSET_GROUPS, *BASIC_BY_COUNTRY, *AUDIENCE, *BESIDE_CORE)

UNSUFFIXED = tuple(replace(report, is_unsuffixed=True) for report in (*BASIC, *BASIC_BY_COUNTRY, *_OLD_AUDIENCE))
"""The reports of configurations with a single granularity, by their old names."""

WITHDRAWN = {
    name: report.name
    for report in _OLD_AUDIENCE
    if report.grain is DAILY
    for name in (replace(report, grain=HOURLY).name, replace(report, is_unsuffixed=True).name)
}
"""Hourly audience reports, which TikTok withdrew, by each name they had, and what replaces them."""
