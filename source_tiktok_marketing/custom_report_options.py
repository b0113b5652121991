"""The option `custom_reports`: its form, and the rows of the catalogue that are made of what was configured."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema

from source_tiktok_marketing.catalog.custom_legality import Shape
from source_tiktok_marketing.catalog.custom_reports import CustomReport, ReportFilter
from source_tiktok_marketing.catalog.streams import STREAMS
from source_tiktok_marketing.custom_report_aliases import filter_values, names, present_filter, present_report
from source_tiktok_marketing.option_types import Day

_NAME = r"^[a-z][a-z0-9_]*$"
_TIKTOKS_NAME = re.compile(r"[a-z0-9_]+")


def _known_form(value: object) -> tuple[str, ...]:
    listed = names(value)
    if wrong := [name for name in listed if not _TIKTOKS_NAME.fullmatch(name)]:
        raise ValueError(f"{wrong[0]!r:.60} is no name; names have letters, digits and underscores")
    return listed


Names = Annotated[tuple[str, ...], BeforeValidator(_known_form)]


class FilterOption(BaseModel):
    """A filter as the form shows it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", title="Filter", json_schema_extra={"additionalProperties": True}
    )

    field: str = Field(
        title="Field",
        description="What TikTok compares, such as campaign_ids or ad_status.",
        pattern=r"^[a-z0-9_]+$",
    )
    operator: Literal[
        "IN",
        "NOT_IN",
        "CONTAIN_ANY_OF",
        "BETWEEN",
        "MATCH",
        "GREATER_EQUAL",
        "GREATER_THAN",
        "LOWER_EQUAL",
        "LOWER_THAN",
    ] = Field("IN", title="Operator", description="How TikTok compares it.")
    values: Annotated[tuple[str, ...], BeforeValidator(filter_values)] = Field(
        title="Values", description="What TikTok compares it with."
    )

    @model_validator(mode="before")
    @classmethod
    def _present(cls, raw: object) -> object:
        return present_filter(raw)


class CustomReportOption(BaseModel):
    """A report as the form shows it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", title="Custom Report", json_schema_extra={"additionalProperties": True}
    )

    name: str = Field(
        title="Name",
        description="Names the stream: ads_by_country makes custom_ads_by_country. Lower-case letters, digits and "
        "underscores.",
        pattern=_NAME,
        max_length=100,
        examples=["ads_by_country"],
    )
    report_type: Literal["BASIC", "AUDIENCE"] = Field(
        "BASIC", title="Report Type", description="AUDIENCE tells who saw the ads, BASIC everything else."
    )
    level: Literal["ad", "ad_v2", "adgroup", "campaign", "advertiser"] = Field(
        "campaign",
        title="Level",
        description="What a row is about. ad_v2 counts an ad of Smart+ with all of its creatives as one.",
    )
    granularity: Literal["hour", "day", "lifetime", "total"] = Field(
        "day",
        title="Granularity",
        description="The time that a row covers. lifetime is everything since the beginning, total the last 365 days.",
    )
    breakdowns: Names = Field(
        (),
        title="Breakdowns",
        description="What else divides the rows, such as country_code. Ids and times are added by themselves.",
        examples=[["country_code"]],
    )
    metrics: Names = Field(
        ("basic",),
        title="Metrics",
        description="Names of TikTok's metrics, at most 100, or groups of them: basic, video, engagement, live, "
        "in_app, page_event, onsite, shop, skan, attribution, offline, messaging, instant_page, native_growth, "
        "attributes.",
        examples=[["spend", "impressions", "video"]],
    )
    filters: tuple[FilterOption, ...] = Field(
        (), title="Filters", description="Which rows to read. Leave it empty to read all."
    )
    start_date: Day | None = Field(
        None,
        title="Start Date",
        description="The first day of this report, YYYY-MM-DD. Leave it empty to use that of the connection.",
    )
    lookback_days: int | None = Field(
        None,
        title="Lookback Days",
        description="How many days before its last day this report is read again. Leave it empty to use the "
        "attribution window of the connection.",
        ge=0,
        le=364,
    )

    @model_validator(mode="before")
    @classmethod
    def _present(cls, raw: object) -> object:
        return present_report(raw)

    @field_validator("metrics")
    @classmethod
    def _some(cls, listed: tuple[str, ...]) -> tuple[str, ...]:
        return listed or ("basic",)

    def row(self) -> CustomReport:
        """Return the row of the catalogue."""
        return CustomReport(
            own_name=self.name,
            shape=Shape(
                report_type=self.report_type,
                level=self.level,
                granularity=self.granularity,
                breakdowns=self.breakdowns,
            ),
            asked=self.metrics,
            filters=tuple(
                ReportFilter(field=wish.field, operator=wish.operator, values=wish.values) for wish in self.filters
            ),
            start_date=self.start_date,
            lookback_days=self.lookback_days,
        )


def custom_reports(value: object) -> tuple[CustomReport, ...]:
    """Return the rows of what was configured: a list, or the same as JSON text.

    Raises `ValueError` that tells every problem, each with the name of its report.
    """
    rows: list[CustomReport] = []
    problems: list[str] = []
    for place, raw in enumerate(_items(value), 1):
        try:
            rows.append(CustomReportOption.model_validate(raw).row())
        except ValidationError as error:
            problems += [f"{_label(raw, place)}: {_told(details)}" for details in error.errors()]
    for row in rows:
        problems += [f"report {row.own_name}: {problem}" for problem in row.problems()]
    problems += _name_problems([row.name for row in rows])
    if problems:
        raise ValueError("; ".join(problems))
    return tuple(rows)


def form() -> CoreSchema:
    """Return what the form of the option is made from."""
    return TypeAdapter(tuple[CustomReportOption, ...]).core_schema


def _items(value: object) -> Sequence[object]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError as error:
            raise ValueError(f"is no valid JSON: {error}") from None
    if isinstance(value, Mapping):
        return (value,)
    if not isinstance(value, list | tuple):
        raise ValueError("must be a list of reports")  # noqa: TRY004  pydantic turns only this one into a problem
    return value


def _label(raw: object, place: int) -> str:
    """Return what to call a report that may have no name."""
    name = (raw.get("name") or raw.get("table_name")) if isinstance(raw, Mapping) else None
    return f"report {name:.100}" if isinstance(name, str) and name.isprintable() else f"report number {place}"


def _told(details: Any) -> str:
    """Return where in a report something is wrong, which value, and what is accepted."""
    path, value = ".".join(map(str, details["loc"])), details["input"]
    message = details["msg"].removeprefix("Value error, ")
    if details["type"] == "extra_forbidden":
        close = get_close_matches(path, CustomReportOption.model_fields, n=1)
        return f"{path} is no option of a report" + (f": did you mean {close[0]}?" if close else "")
    shown = "" if isinstance(value, dict | list) else f"{value!r:.60} "
    return f"{path} {shown}{message[0].lower()}{message[1:]}" if path else message


def _name_problems(names: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with names of streams that may each be well-formed."""
    taken = {row.name for row in STREAMS}
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"report {name.removeprefix('custom_')} occurs {names.count(name)} times: choose different names"
        if name in taken:
            yield f"report {name.removeprefix('custom_')} would be the stream {name}, which exists: choose another name"
