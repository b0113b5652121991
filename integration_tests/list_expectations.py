"""What must come out of the whole catalogue: lists beside the account structure, and reports of every breakdown."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

from integration_tests.emulator import Advertiser, Emulator
from integration_tests.emulator.api.errors import ApiError
from integration_tests.expectations import cast

Json = dict[str, Any]

ALL = {"primary_status": "STATUS_ALL"}
MOST_METRICS = 100
AUDIENCE_DAYS = 365
STATISTICS_DAYS = 30

# Streams of one list per advertiser: path and what is asked beside the advertiser.
PLAIN: dict[str, tuple[str, Json]] = {
    "creative_assets_images": ("file/image/ad/search/", {}),
    "creative_assets_videos": ("file/video/ad/search/", {}),
    "creative_assets_music": ("file/music/get/", {}),
    "creative_assets_portfolios": ("creative/portfolio/list/", {}),
    "audiences": ("dmp/custom_audience/list/", {}),
    "spark_ads": ("tt_video/list/", {"item_types": ["VIDEO", "CAROUSEL"]}),
    "pixels": ("pixel/list/", {}),
    "smart_plus_campaigns": ("smart_plus/campaign/get/", {"filtering": ALL}),
    "smart_plus_ad_groups": ("smart_plus/adgroup/get/", {"filtering": ALL}),
    "smart_plus_ads": ("smart_plus/ad/get/", {"filtering": ALL}),
    "gmv_max_stores": ("gmv_max/store/list/", {}),
    "identities": ("identity/get/", {}),
    "saved_audiences": ("dmp/saved_audience/list/", {}),
    "apps": ("app/list/", {}),
    "custom_conversions": ("custom_conversion/list/", {}),
    "automated_rules": ("optimizer/rule/list/", {}),
}
# Reference data: the same for every advertiser.
SHARED: dict[str, tuple[str, Json]] = {
    "regions": ("tool/region/", {"placements": ["PLACEMENT_TIKTOK"], "objective_type": "TRAFFIC"}),
    "languages": ("tool/language/", {}),
    "action_categories": ("tool/action_category/", {}),
    "interest_categories": ("tool/interest_category/", {}),
}
# The pairs that Airbyte's connector asks for.
OBJECTIVES = (
    *("APP_PROMOTION", "WEB_CONVERSIONS", "REACH", "TRAFFIC", "VIDEO_VIEWS", "PRODUCT_SALES", "ENGAGEMENT"),
    *("LEAD_GENERATION", "RF_REACH", "TOPVIEW_REACH"),
)
GOALS = (
    *("CLICK", "CONVERT", "INSTALL", "IN_APP_EVENT", "SHOW", "REACH", "LEAD_GENERATION", "CONVERSATION", "FOLLOWERS"),
    *("PAGE_VISIT", "PAGE_VISITS", "VALUE", "AUTOMATIC_VALUE_OPTIMIZATION", "GMV", "PURCHASES", "INITIATE_CHECKOUTS"),
    *("MT_LIVE_ROOM", "PRODUCT_CLICK_IN_LIVE", "ENGAGED_VIEW", "ENGAGED_VIEW_FIFTEEN", "TRAFFIC_LANDING_PAGE_VIEW"),
    *("DESTINATION_VISIT", "PREFERRED_LEAD"),
)


def _instant_page_events(tiktok: Emulator, advertiser: Advertiser) -> list[Json]:
    rows = []
    for objective, goal in product(OBJECTIVES, GOALS):
        try:
            rows += tiktok.rows_of(
                "pixel/instant_page/event/", advertiser.id, objective_type=objective, optimization_goal=goal
            )
        except ApiError as refusal:
            if "not acceptable" not in refusal.message:
                raise
    return rows


def _statistics(tiktok: Emulator, advertiser: Advertiser) -> list[Json]:
    today = tiktok.clock.now().date()
    dates = {"start_date": str(today - timedelta(days=STATISTICS_DAYS - 1)), "end_date": str(today)}
    pixels = [row["pixel_id"] for row in tiktok.rows_of("pixel/list/", advertiser.id)]
    return [
        row
        for first in range(0, len(pixels), 10)
        for row in tiktok.rows_of(
            "pixel/event/stats/", advertiser.id, pixel_ids=pixels[first : first + 10], date_range=dates
        )
    ]


def _gmv_max_campaigns(tiktok: Emulator, advertiser: Advertiser) -> list[Json]:
    return [
        row
        for kind in ("PRODUCT_GMV_MAX", "LIVE_GMV_MAX")
        for row in tiktok.rows_of(
            "gmv_max/campaign/get/", advertiser.id, filtering=ALL | {"gmv_max_promotion_types": [kind]}
        )
    ]


COMPOSED: dict[str, Callable[[Emulator, Advertiser], list[Json]]] = {
    "pixel_instant_page_events": _instant_page_events,
    "pixel_events_statistics": _statistics,
    "gmv_max_campaigns": _gmv_max_campaigns,
}
LISTS = (*PLAIN, *SHARED, *COMPOSED)


def expected_list(tiktok: Emulator, schema: Json, name: str, advertisers: tuple[Advertiser, ...] = ()) -> list[Json]:
    """The records of a list stream: every row in the declared types, with the advertiser it was asked of."""
    accounts = advertisers or tuple(tiktok.world.advertisers)
    if name in SHARED:
        path, asked = SHARED[name]
        return [cast(row, schema) for row in tiktok.rows_of(path, accounts[0].id, **asked)]
    records = []
    for advertiser in accounts:
        if name in PLAIN:
            path, asked = PLAIN[name]
            rows = tiktok.rows_of(path, advertiser.id, **asked)
        else:
            rows = COMPOSED[name](tiktok, advertiser)
        records += [cast({"advertiser_id": advertiser.id} | _with_copies(name, row), schema) for row in rows]
    return records


def _with_copies(name: str, row: Json) -> Json:
    return row | {"spark_ads_post_id": row["item_info"]["item_id"]} if name == "spark_ads" else row


# How the streams call a level: data level, id dimension, status filter.
LEVELS = {
    "ads": ("AUCTION_AD", "ad_id", "ad_status"),
    "ad_groups": ("AUCTION_ADGROUP", "adgroup_id", "adgroup_status"),
    "ad_group": ("AUCTION_ADGROUP", "adgroup_id", "adgroup_status"),
    "campaigns": ("AUCTION_CAMPAIGN", "campaign_id", "campaign_status"),
    "advertisers": ("AUCTION_ADVERTISER", "advertiser_id", None),
}
BY = {
    "by_country": ["country_code"],
    "by_platform": ["platform"],
    "by_province": ["province_id"],
    "by_language": ["language"],
}
TIMES = {"hourly": "stat_time_hour", "daily": "stat_time_day", "lifetime": None}
BASIC_REPORTS = tuple(f"{stem}_reports" for stem in ("ads", "ad_groups", "campaigns", "advertisers"))
AUDIENCE_REPORTS = tuple(f"{stem}_audience_reports" for stem in ("ads", "ad_group", "campaigns", "advertisers"))
REPORTS = (
    *(f"{report}_{grain}" for report in BASIC_REPORTS for grain in TIMES),
    *(f"{report}_by_country_daily" for report in BASIC_REPORTS),
    *("ads_reports_by_country_hourly", "ad_groups_reports_by_country_hourly"),
    *(f"{report}_daily" for report in AUDIENCE_REPORTS),
    *(f"{report}_{by}_daily" for report in AUDIENCE_REPORTS for by in BY),
    "advertisers_audience_reports_lifetime",
)
STORE_REPORTS = {"gmv_max_product_campaign_reports_daily": "PRODUCT", "gmv_max_live_campaign_reports_daily": "LIVE"}


@dataclass(frozen=True)
class ReportName:
    """What the suffixed name of a report stream says about it."""

    name: str

    @property
    def is_audience(self) -> bool:
        """Whether it is an audience report."""
        return "_audience_" in self.name

    @property
    def level(self) -> tuple[str, str, str | None]:
        """Data level, id dimension and status filter."""
        return LEVELS[self.name.partition("_reports")[0].removesuffix("_audience")]

    @property
    def dimensions(self) -> list[str]:
        """Id, time, breakdown."""
        *between, grain = self.name.partition("_reports_")[2].split("_")
        breakdown = BY["_".join(between)] if between else ["gender", "age"] if self.is_audience else []
        time = TIMES[grain]
        return [self.level[1], *([time] if time else []), *breakdown]

    def asked_metrics(self, tiktok: Emulator) -> list[str]:
        """The metrics that TikTok was asked for."""
        report_type = "AUDIENCE" if self.is_audience else "BASIC"
        asked = [
            request.params["metrics"]
            for request in tiktok.log.to("report/integrated/get/")
            if (request.params["report_type"], request.params["dimensions"]) == (report_type, self.dimensions)
        ]
        names = list(dict.fromkeys(name for metrics in asked for name in metrics))
        assert set(names) >= {"spend", "impressions", "clicks", "ctr", "cpc", "cpm", "conversion"}
        return names


def expected_rows(tiktok: Emulator, name: str, metrics: list[str], start: date, end: date) -> Iterator[Json]:
    """The records of any report stream from `start` to `end`, before the casts."""
    report = ReportName(name)
    level, _, status = report.level
    every = [{"field_name": status, "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}] if status else []
    for advertiser in tiktok.world.advertisers:
        for dates in _dates(tiktok, report, advertiser, start, end):
            question = {
                "advertiser_id": advertiser.id,
                "report_type": "AUDIENCE" if report.is_audience else "BASIC",
                "data_level": level,
                "dimensions": report.dimensions,
                "filtering": every,
                **dates,
            }
            parts = [
                tiktok.report_rows(**question, metrics=metrics[first : first + MOST_METRICS])
                for first in range(0, len(metrics), MOST_METRICS)
            ]
            for together in zip(*parts, strict=True):
                dimensions = together[0]["dimensions"]
                values = {key: value for part in together for key, value in part["metrics"].items()}
                yield {"advertiser_id": advertiser.id, **dimensions, "dimensions": dimensions, "metrics": values}


def _dates(tiktok: Emulator, report: ReportName, advertiser: Advertiser, start: date, end: date) -> Iterator[Json]:
    today = min(end, tiktok.clock.local(advertiser.timezone).date())
    if report.name.endswith("_lifetime"):
        first = today - timedelta(days=AUDIENCE_DAYS - 1)
        yield {"start_date": str(first), "end_date": str(today)} if report.is_audience else {"query_lifetime": True}
        return
    span = 1 if "stat_time_hour" in report.dimensions else 30
    while start <= today:
        last = min(start + timedelta(days=span - 1), today)
        yield {"start_date": str(start), "end_date": str(last)}
        start = last + timedelta(days=1)


def expected_report(tiktok: Emulator, schema: Json, name: str, start: date, end: date) -> list[Json]:
    """The records of a report stream from `start` to `end`, in the declared types, `-` as null."""
    metrics = ReportName(name).asked_metrics(tiktok)
    return [cast(_nulled(row), schema) for row in expected_rows(tiktok, name, metrics, start, end)]


def expected_store_report(tiktok: Emulator, schema: Json, name: str, start: date, end: date) -> list[Json]:
    """The records of a GMV Max report of the stores that can have one, each asked with its own advertiser."""
    path = "gmv_max/report/get/"
    wish: Json = {"gmv_max_promotion_types": [STORE_REPORTS[name]], "campaign_statuses": ["STATUS_ALL"]}
    asked = {
        metric
        for request in tiktok.log.to(path)
        if request.params["filtering"]["gmv_max_promotion_types"] == [STORE_REPORTS[name]]
        for metric in request.params["metrics"]
    }
    return [
        cast(_nulled({"advertiser_id": advertiser.id, "store_id": store, **row["dimensions"], **row}), schema)
        for advertiser in tiktok.world.advertisers
        for store in available_stores(tiktok, advertiser)
        for row in tiktok.rows_of(
            path,
            advertiser.id,
            store_ids=[store],
            dimensions=["campaign_id", "stat_time_day"],
            metrics=sorted(asked),
            filtering=wish,
            start_date=str(start),
            end_date=str(end),
        )
    ]


def available_stores(tiktok: Emulator, advertiser: Advertiser) -> list[str]:
    """The advertiser's stores that GMV Max is available to."""
    rows = tiktok.rows_of("gmv_max/store/list/", advertiser.id)
    return [row["store_id"] for row in rows if row["is_gmv_max_available"]]


def _nulled(row: Json) -> Json:
    return row | {"metrics": {name: None if value == "-" else value for name, value in row["metrics"].items()}}
