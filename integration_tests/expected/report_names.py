"""The report streams, and what the name of one says about it."""

from dataclasses import dataclass

from integration_tests.emulator import Emulator

# Stem of the stream names: data level, id dimension, status filter.
LEVELS = {
    "ads": ("AUCTION_AD", "ad_id", "ad_status"),
    "ad_groups": ("AUCTION_ADGROUP", "adgroup_id", "adgroup_status"),
    "campaigns": ("AUCTION_CAMPAIGN", "campaign_id", "campaign_status"),
    "advertisers": ("AUCTION_ADVERTISER", "advertiser_id", None),
}
# Ads as asset groups, whose creatives are the ads above.
ASSET_GROUPS = {"ads_v2": ("AUCTION_AD", "ad_id_v2", "ad_status")}
# The audience reports of ad groups have a stem in the singular.
_STEMS = {"ad_group": "ad_groups"}
BY = {
    "by_country": ["country_code"],
    "by_platform": ["platform"],
    "by_province": ["province_id"],
    "by_language": ["language"],
}
# Breakdowns that never had names without a grain, by day and without time.
FURTHER_BY = {
    "by_placement": ["placement"],
    "by_network": ["ac"],
    "by_dma": ["dma_id"],
    "by_contextual_tag": ["contextual_tag"],
}
TOTALS_BY = {
    "by_interest_category": ["interest_category"],
    "by_interest_category_tier2": ["interest_category_tier2"],
    "by_interest_category_tier3": ["interest_category_tier3"],
    "by_interest_category_tier4": ["interest_category_tier4"],
    "by_device_brand": ["device_brand_id"],
}
EVERY_BY = BY | FURTHER_BY | TOTALS_BY
TIMES = {"hourly": "stat_time_hour", "daily": "stat_time_day", "lifetime": None}
BASIC_REPORTS = tuple(f"{stem}_reports" for stem in LEVELS)
AUDIENCE_REPORTS = tuple(f"{stem}_audience_reports" for stem in ("ads", "ad_group", "campaigns", "advertisers"))
# Reports without a breakdown, and those with the metrics that don't fit into one request with theirs.
CORE_REPORTS = tuple(f"{report}_{grain}" for report in BASIC_REPORTS for grain in TIMES)
BESIDE_CORE = (
    *(f"{stem}_engagement_reports_{grain}" for stem in LEVELS | ASSET_GROUPS for grain in TIMES),
    *(f"{stem}_skan_reports_{grain}" for stem in LEVELS | ASSET_GROUPS for grain in ("daily", "lifetime")),
)
REPORTS = (
    *CORE_REPORTS,
    *BESIDE_CORE,
    *(f"{stem}_reports_{grain}" for stem in ASSET_GROUPS for grain in TIMES),
    *(f"{report}_by_country_daily" for report in BASIC_REPORTS),
    *("ads_reports_by_country_hourly", "ad_groups_reports_by_country_hourly"),
    *(f"{report}_daily" for report in AUDIENCE_REPORTS),
    *(f"{report}_{by}_daily" for report in AUDIENCE_REPORTS for by in BY | FURTHER_BY),
    "advertisers_audience_reports_lifetime",
    *(f"{report}_{by}_total" for report in AUDIENCE_REPORTS for by in TOTALS_BY),
)
# What covers the last year, without time.
TOTALS = tuple(name for name in REPORTS if name.endswith(("_audience_reports_lifetime", "_total")))
# What the streams of a metric set ask for at least, by what the set adds to their names.
METRIC_SETS = {
    "_engagement": {"duet_clicks", "stitch_clicks", "sound_usage_clicks", "anchor_clicks"},
    "_skan": {"skan_conversion", "skan_app_install", "skan_purchase"},
    "": {"spend", "impressions", "clicks", "ctr", "cpc", "cpm", "conversion"},
}


@dataclass(frozen=True)
class ReportName:
    """The suffixed name of a report stream."""

    name: str

    @property
    def is_audience(self) -> bool:
        """Whether it is an audience report."""
        return "_audience_" in self.name

    @property
    def report_type(self) -> str:
        """What TikTok calls it."""
        return "AUDIENCE" if self.is_audience else "BASIC"

    @property
    def grain(self) -> str:
        """The last part of the name: `hourly`, `daily`, `lifetime` or `total`."""
        return self.name.rpartition("_")[2]

    @property
    def level(self) -> tuple[str, str, str | None]:
        """Data level, id dimension and status filter."""
        stem = self.name.partition("_reports")[0].removesuffix("_audience").removesuffix(self.metric_set or "_")
        return (LEVELS | ASSET_GROUPS)[_STEMS.get(stem, stem)]

    @property
    def metric_set(self) -> str:
        """What the metric set adds to the name."""
        return next(infix for infix in METRIC_SETS if f"{infix}_reports" in self.name)

    @property
    def breakdown(self) -> list[str]:
        """The dimensions beside id and time."""
        between = self.name.partition("_reports_")[2].removesuffix(self.grain).rstrip("_")
        return EVERY_BY[between] if between else ["gender", "age"] if self.is_audience else []

    @property
    def dimensions(self) -> list[str]:
        """Id, time, breakdown."""
        time = TIMES.get(self.grain)
        return [self.level[1], *([time] if time else []), *self.breakdown]

    def asked_metrics(self, tiktok: Emulator) -> list[str]:
        """Return the metrics that TikTok was asked for, in any request for this report."""
        identity = {"report_type": self.report_type, "data_level": self.level[0], "dimensions": self.dimensions}
        asked = [
            request.params["metrics"]
            for request in tiktok.log.to("report/integrated/get/")
            if identity == {name: request.params[name] for name in identity}
        ]
        wanted = METRIC_SETS[self.metric_set]
        names = list(dict.fromkeys(name for metrics in asked if wanted & set(metrics) for name in metrics))
        assert set(names) >= wanted
        return names
