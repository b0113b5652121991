"""The performance reports: a product of level, grain and breakdown. Everything else about a report follows from it."""

from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """What a report row is about."""

    data_level: str
    id_dimension: str
    stem: str
    """How Airbyte calls the level in the names of basic reports."""
    audience_stem: str
    """How it does in the names of audience reports."""
    status_field: str | None
    """The filter that lets deleted objects in; None where TikTok reports everything anyway."""
    in_sandbox: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Grain:
    """What stretch of time a report row is about."""

    name: str
    time_dimension: str | None
    widest_window: int | None
    """Days that one request may span, inclusive; None: the report is not divided by time."""
    cursor_format: str
    """How the cursor is written into the state."""
    granularity: str
    """The name of the grain in old configurations."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Breakdown:
    """By what else a report row is divided."""

    suffix: str
    dimensions: tuple[str, ...]
    report_type: str


ADVERTISER = Level(
    data_level="AUCTION_ADVERTISER",
    id_dimension="advertiser_id",
    stem="advertisers",
    audience_stem="advertisers",
    status_field=None,
    in_sandbox=False,
)
CAMPAIGN = Level(
    data_level="AUCTION_CAMPAIGN",
    id_dimension="campaign_id",
    stem="campaigns",
    audience_stem="campaigns",
    status_field="campaign_status",
)
AD_GROUP = Level(
    data_level="AUCTION_ADGROUP",
    id_dimension="adgroup_id",
    stem="ad_groups",
    audience_stem="ad_group",
    status_field="adgroup_status",
)
AD = Level(
    data_level="AUCTION_AD",
    id_dimension="ad_id",
    stem="ads",
    audience_stem="ads",
    status_field="ad_status",
)
LEVELS = (AD, AD_GROUP, CAMPAIGN, ADVERTISER)

HOURLY = Grain(
    name="hourly",
    time_dimension="stat_time_hour",
    widest_window=1,
    cursor_format="%Y-%m-%d %H:00:00",
    granularity="HOUR",
)
DAILY = Grain(
    name="daily",
    time_dimension="stat_time_day",
    widest_window=30,
    cursor_format="%Y-%m-%d",
    granularity="DAY",
)
LIFETIME = Grain(
    name="lifetime",
    time_dimension=None,
    widest_window=None,
    cursor_format="",
    granularity="LIFETIME",
)
GRAINS = (HOURLY, DAILY, LIFETIME)

NO_BREAKDOWN = Breakdown(suffix="", dimensions=(), report_type="BASIC")


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One report stream."""

    level: Level
    grain: Grain
    breakdown: Breakdown = NO_BREAKDOWN

    @property
    def name(self) -> str:
        """The stream's name, as Airbyte forms it."""
        return f"{self.unsuffixed_name}_{self.grain.name}"

    @property
    def unsuffixed_name(self) -> str:
        """The name in the days when a configuration had a single granularity."""
        if self.breakdown.report_type == "AUDIENCE":
            return f"{self.level.audience_stem}_audience_reports{self.breakdown.suffix}"
        return f"{self.level.stem}_reports{self.breakdown.suffix}"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What TikTok groups by, and so what makes a row unique."""
        time = (self.grain.time_dimension,) if self.grain.time_dimension else ()
        return (self.level.id_dimension, *time, *self.breakdown.dimensions)

    @property
    def lifetime_days(self) -> int | None:
        """A report without time covers these last days; None: everything, which TikTok grants basic reports only."""
        return 365 if self.breakdown.report_type == "AUDIENCE" else None

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The stream's key: its dimensions."""
        return self.dimensions

    @property
    def cursor_field(self) -> str | None:
        """What an incremental read goes by; None: the report has no time."""
        return self.grain.time_dimension

    @property
    def in_sandbox(self) -> bool:
        """Whether TikTok's sandbox answers it."""
        return self.level.in_sandbox and "country_code" not in (
            self.dimensions if self.breakdown.report_type == "BASIC" else ()
        )


def _audience(suffix: str, *dimensions: str) -> Breakdown:
    return Breakdown(suffix=suffix, dimensions=dimensions, report_type="AUDIENCE")


BY_COUNTRY = Breakdown(suffix="_by_country", dimensions=("country_code",), report_type="BASIC")
AGE_GENDER = _audience("", "gender", "age")
AUDIENCE_BREAKDOWNS = (
    AGE_GENDER,
    _audience("_by_country", "country_code"),
    _audience("_by_platform", "platform"),
    _audience("_by_province", "province_id"),
    _audience("_by_language", "language"),
)

BASIC = tuple(Report(level=level, grain=grain) for level, grain in product(LEVELS, GRAINS))
BASIC_BY_COUNTRY = (
    *(Report(level=level, grain=DAILY, breakdown=BY_COUNTRY) for level in LEVELS),
    *(Report(level=level, grain=HOURLY, breakdown=BY_COUNTRY) for level in (AD, AD_GROUP)),
)
AUDIENCE = (
    *(
        Report(level=level, grain=DAILY, breakdown=breakdown)
        for breakdown, level in product(AUDIENCE_BREAKDOWNS, LEVELS)
    ),
    Report(level=ADVERTISER, grain=LIFETIME, breakdown=AGE_GENDER),
)

REPORTS = (*BASIC, *BASIC_BY_COUNTRY, *AUDIENCE)

WITHDRAWN = {
    name: report.name
    for report in AUDIENCE
    if report.grain is DAILY
    for name in (f"{report.unsuffixed_name}_hourly", report.unsuffixed_name)
}
"""Hourly audience reports, which TikTok withdrew, by each name they had, and what replaces them."""
