"""What a report is made of: the objects it is about, the stretch of time of a row, and what else divides its rows."""

from dataclasses import dataclass, replace
from typing import Any

RESERVATIONS = ("RESERVATION_RF", "RESERVATION_TOP_VIEW")
EVERY_BUYING_TYPE = ("AUCTION", *RESERVATIONS)


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
    in_tasks: bool = True
    """Whether it can be asked for in asynchronous tasks, where an account has more such objects than a report holds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grain:
    """The stretch of time that a report row covers."""

    name: str
    time_dimension: str | None
    widest_window: int | None
    """Days that one request may span, inclusive; None: the report is not divided by time."""
    cursor_format: str
    """How the cursor is written into the state."""
    granularity: str = ""
    """The name of the grain in old configurations, if it had one."""
    last_days: int | None = None
    """A report without time covers these last days; None: everything, which TikTok grants basic reports only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Breakdown:
    """What else divides the rows of a report."""

    suffix: str
    dimensions: tuple[str, ...]
    report_type: str
    latency_hours: int = 0
    """Hours after which TikTok has finished the figures, as documented."""
    grains: tuple[Grain, ...] = ()
    """Those that audience reports have it in."""
    companions: tuple[str, ...] = ()
    """Dimensions that TikTok answers with those asked for."""
    was_unsuffixed: bool = False
    """Whether its reports had names without a grain when a configuration had a single granularity."""


ADVERTISER = Level(
    data_level="AUCTION_ADVERTISER",
    id_dimension="advertiser_id",
    stem="advertisers",
    audience_stem="advertisers",
    status_field=None,
    buying_types=(),
    in_sandbox=False,
    in_tasks=False,
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
ASSET_GROUP = Level(
    data_level=AD.data_level,
    id_dimension="ad_id_v2",
    stem="ads_v2",
    audience_stem="ads_v2",
    status_field=AD.status_field,
    in_sandbox=False,
    in_tasks=False,  # its rows have lists, and how files hold them isn't documented
)
"""Ads once more: what is an ad in the lists of Smart+, whose creatives are the ads of the other reports."""

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
TOTAL = Grain(name="total", time_dimension=None, widest_window=None, cursor_format="", last_days=365)
AUDIENCE_LIFETIME = replace(TOTAL, name=LIFETIME.name, granularity=LIFETIME.granularity)
"""What Airbyte calls a lifetime, which audience reports don't have."""


def _audience(suffix: str, *dimensions: str, grains: tuple[Grain, ...] = (DAILY,), **more: Any) -> Breakdown:
    return Breakdown(
        suffix=suffix, dimensions=dimensions, report_type="AUDIENCE", latency_hours=16, grains=grains, **more
    )


NO_BREAKDOWN = Breakdown(suffix="", dimensions=(), report_type="BASIC")
BY_COUNTRY = Breakdown(suffix="_by_country", dimensions=("country_code",), report_type="BASIC", latency_hours=11)
AGE_GENDER = _audience("", "gender", "age", was_unsuffixed=True)
AUDIENCE_BREAKDOWNS = (
    AGE_GENDER,
    _audience("_by_country", "country_code", was_unsuffixed=True),
    _audience("_by_platform", "platform", was_unsuffixed=True),
    _audience("_by_province", "province_id", was_unsuffixed=True),
    _audience("_by_language", "language", was_unsuffixed=True),
    _audience("_by_placement", "placement"),
    _audience("_by_network", "ac"),
    _audience("_by_dma", "dma_id"),
    _audience("_by_contextual_tag", "contextual_tag"),
    # TikTok refuses a time dimension with these.
    _audience("_by_interest_category", "interest_category", grains=(TOTAL,), companions=("interest_category_v2",)),
    _audience("_by_interest_category_tier2", "interest_category_tier2", grains=(TOTAL,)),
    _audience("_by_interest_category_tier3", "interest_category_tier3", grains=(TOTAL,)),
    _audience("_by_interest_category_tier4", "interest_category_tier4", grains=(TOTAL,)),
    _audience("_by_device_brand", "device_brand_id", grains=(TOTAL,)),
)
