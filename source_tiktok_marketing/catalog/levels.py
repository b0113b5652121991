"""What a report is made of: the objects it is about, the stretch of time of a row, and what else divides its rows."""

from dataclasses import dataclass

EVERY_BUYING_TYPE = ("AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW")


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """What a report row is about."""

    data_level: str
    id_dimension: str
    stem: str
    """The level in Airbyte's names of basic reports."""
    audience_stem: str
    """The level in Airbyte's names of audience reports."""
    status_field: str | None
    """The filter that lets deleted objects in; None where TikTok reports everything anyway."""
    buying_types: tuple[str, ...] = EVERY_BUYING_TYPE
    """What to ask for because TikTok's default leaves out TopView; empty where it reports everything anyway."""
    in_sandbox: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Grain:
    """The stretch of time that a report row covers."""

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
    """What else divides the rows of a report."""

    suffix: str
    dimensions: tuple[str, ...]
    report_type: str
    latency_hours: int = 0
    """Hours after which TikTok has finished the figures, as documented."""


ADVERTISER = Level(
    data_level="AUCTION_ADVERTISER",
    id_dimension="advertiser_id",
    stem="advertisers",
    audience_stem="advertisers",
    status_field=None,
    buying_types=(),
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


def _audience(suffix: str, *dimensions: str) -> Breakdown:
    return Breakdown(suffix=suffix, dimensions=dimensions, report_type="AUDIENCE", latency_hours=16)


NO_BREAKDOWN = Breakdown(suffix="", dimensions=(), report_type="BASIC")
BY_COUNTRY = Breakdown(suffix="_by_country", dimensions=("country_code",), report_type="BASIC", latency_hours=11)
AGE_GENDER = _audience("", "gender", "age")
AUDIENCE_BREAKDOWNS = (
    AGE_GENDER,
    _audience("_by_country", "country_code"),
    _audience("_by_platform", "platform"),
    _audience("_by_province", "province_id"),
    _audience("_by_language", "language"),
)
