"""JSON schemas of reports, derived from their dimensions and metrics.

Airbyte declares one schema for all reports of a family, whatever a single report asks for. That schema is kept, type
by type, for those who replicate into typed tables.
"""

from typing import Any

from source_tiktok_marketing.catalog.metrics import METRICS, metrics_of
from source_tiktok_marketing.catalog.reports import LEVELS, Report
from source_tiktok_marketing.catalog.stores import StoreReport

Json = dict[str, Any]

_TIMES = ("stat_time_day", "stat_time_hour")
_IDS = tuple(level.id_dimension for level in LEVELS)
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


def _nullable(kind: str) -> Json:
    return {"type": ["null", kind]}


def _metric_types(report: Report) -> dict[str, str]:
    """The family's metrics and the report's own."""
    audience = report.breakdown.report_type == "AUDIENCE"
    by_country = bool(report.breakdown.dimensions)
    family = [
        m
        for m in METRICS
        if (m.audience_levels if audience else not by_country or m.by_country or m.name in _AIRBYTE_BY_COUNTRY)
    ]
    names = {metric.name: metric.type_in(report) for metric in (*family, *metrics_of(report))}
    return names | {"province_id": "string"} if audience else names


def report_schema(report: Report) -> Json:
    """The JSON schema of a record of `report`."""
    audience = report.breakdown.report_type == "AUDIENCE"
    instant = {"format": "date-time", "airbyte_type": "timestamp_without_timezone"}
    top = {time: _nullable("string") | instant for time in _TIMES}
    nested = {time: _nullable("string") | {"format": "date-time"} for time in _TIMES}
    for name in _IDS:
        top[name] = nested[name] = _nullable("integer")
    for name in (*(_AIRBYTE_AUDIENCE if audience else ()), *report.breakdown.dimensions):
        top[name] = _nullable("string")
    for name in (*(_AIRBYTE_AUDIENCE_DIMENSIONS if audience else ()), *report.breakdown.dimensions):
        nested[name] = _nullable("string")
    metrics = {name: _nullable(kind) for name, kind in _metric_types(report).items()}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": True,
        "properties": top
        | {
            "metrics": {"type": ["null", "object"], "properties": metrics},
            "dimensions": {"type": ["null", "object"], "properties": nested},
        },
    }


def store_report_schema(report: StoreReport) -> Json:
    """The JSON schema of a record of a GMV Max report: all ids and days are text, as TikTok sends them."""
    keys = dict.fromkeys(("advertiser_id", *report.primary_key))
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": True,
        "properties": {key: _nullable("string") for key in keys}
        | {
            "metrics": {
                "type": ["null", "object"],
                "properties": {name: _nullable(kind) for name, kind in report.metrics},
            },
            "dimensions": {
                "type": ["null", "object"],
                "properties": {name: _nullable("string") for name in report.dimensions},
            },
        },
    }
