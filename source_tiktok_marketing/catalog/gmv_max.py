"""The GMV Max reports: what TikTok Shop campaigns of one store spent and sold, a row for each level and grain."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Optional

from source_tiktok_marketing.catalog.levels import DAILY, HOURLY, TOTAL, Grain
from source_tiktok_marketing.catalog.schemas import nullable, record_schema

MetricTypes = tuple[tuple[str, str], ...]
"""Names and JSON types."""

_CAMPAIGN = {
    "string": "operation_status campaign_name schedule_type schedule_start_time schedule_end_time bid_type",
    "number": "target_roi_budget max_delivery_budget roas_bid",
}
_ACCOUNT = {"string": "tt_account_name tt_account_profile_image_url identity_id"}
_NET_COST = {"number": "net_cost"}
_SALES = {"number": "cost orders cost_per_order gross_revenue roi"}
_CREATIVE = {
    "number": "product_impressions product_clicks product_click_rate ad_click_rate ad_conversion_rate"
    " ad_video_view_rate_2s ad_video_view_rate_6s ad_video_view_rate_p25 ad_video_view_rate_p50"
    " ad_video_view_rate_p75 ad_video_view_rate_p100"
}
_PRODUCT_DETAILS = {"string": "product_name product_image_url product_status bid_type"}
_CREATIVE_DETAILS = {
    "string": "title tt_account_name tt_account_profile_image_url tt_account_authorization_type shop_content_type"
    " creative_delivery_status"
}
_ROOM_DETAILS = {"string": "live_name live_status live_launched_time live_duration"}
_VIEWS = {"number": "live_views cost_per_live_view 10_second_live_views cost_per_10_second_live_view live_follows"}
_ALL_SHOPS = {"number": "all_shops_orders all_shops_cost_per_order all_shops_gross_revenue all_shops_roi"}
"""Of all shops that a live stream sells for; the metrics without the prefix are about the store alone."""

_BEGINS = {"net_cost": date(2023, 9, 1)}
_OTHERS_BEGIN = date(2024, 9, 27)
"""The first days that TikTok has these metrics of, as documented."""


def _types(*groups: dict[str, str]) -> MetricTypes:
    return tuple((name, kind) for group in groups for kind, names in group.items() for name in names.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class GmvMaxLevel:
    """What a row is about.

    TikTok names and describes campaigns, and other objects only if it is asked about a single id of each kind that it
    needs. Rows about several ids at once have figures alone.
    """

    stem: str
    """The level in the names of its streams."""
    id_dimensions: tuple[str, ...]
    metric_types: MetricTypes
    promotion_type: str | None = None
    """The campaigns that the report is about; None where TikTok reports all, or those whose ids it is asked about."""
    of_each: Optional["GmvMaxLevel"] = None
    """The coarser level whose ids TikTok needs in filters of their own."""
    is_asked_alone: bool = False
    """Whether it is asked about one of those ids at a time, which its records tell."""
    breakdown: tuple[str, ...] = ()
    """What else divides its rows."""
    signs: tuple[str, ...] = ()
    """Metrics of the coarser level of which one isn't zero wherever this level has rows."""
    dispensable: frozenset[str] = frozenset()
    """Metrics to do without when TikTok refuses a request and doesn't say why."""

    @property
    def takes_statuses(self) -> bool:
        """Whether TikTok takes a filter of the campaigns' statuses, which lets deleted ones in."""
        return self.promotion_type is not None

    @property
    def told_ids(self) -> tuple[str, ...]:
        """The ids that it is asked about one at a time."""
        return self.of_each.id_dimensions if self.of_each and self.is_asked_alone else ()


def _names(*groups: dict[str, str]) -> frozenset[str]:
    return frozenset(name for name, _ in _types(*groups))


_SOLD = ("cost", "orders", "gross_revenue")
_PRODUCT_SIGNS = ("cost", "net_cost", "orders", "gross_revenue")
_LIVE_SIGNS = (*_PRODUCT_SIGNS, "live_views")

ADVERTISER = GmvMaxLevel(
    stem="advertiser",
    id_dimensions=("advertiser_id",),
    metric_types=_types(_SALES, _NET_COST),
)
PRODUCT_CAMPAIGN = GmvMaxLevel(
    stem="product_campaign",
    id_dimensions=("campaign_id",),
    metric_types=_types(_CAMPAIGN, _NET_COST, _SALES),
    promotion_type="PRODUCT",
)
LIVE_CAMPAIGN = GmvMaxLevel(
    stem="live_campaign",
    id_dimensions=("campaign_id",),
    metric_types=_types(_CAMPAIGN, _NET_COST, _SALES, _ACCOUNT, _VIEWS, _ALL_SHOPS),
    promotion_type="LIVE",
    dispensable=_names(_ALL_SHOPS),
)
PRODUCT = GmvMaxLevel(
    stem="product",
    id_dimensions=("campaign_id", "item_group_id"),
    metric_types=_types(_SALES),
    of_each=PRODUCT_CAMPAIGN,
    signs=_PRODUCT_SIGNS,
)
PRODUCT_DETAILS = GmvMaxLevel(
    stem="product_details",
    id_dimensions=("item_group_id",),
    metric_types=_types(_PRODUCT_DETAILS, _SALES),
    of_each=PRODUCT_CAMPAIGN,
    is_asked_alone=True,
    signs=_PRODUCT_SIGNS,
    dispensable=_names(_PRODUCT_DETAILS),
)
PRODUCT_DURATION = GmvMaxLevel(
    stem="product_duration",
    id_dimensions=PRODUCT.id_dimensions,
    metric_types=_types(_SALES),
    of_each=PRODUCT,
    breakdown=("duration",),
    signs=_SOLD,
)
CREATIVE = GmvMaxLevel(
    stem="creative",
    id_dimensions=("campaign_id", "item_group_id", "item_id"),
    metric_types=_types(_SALES, _CREATIVE),
    of_each=PRODUCT,
    signs=("cost",),  # TikTok has no rows by day of creatives that cost nothing
)
CREATIVE_DETAILS = GmvMaxLevel(
    stem="creative_details",
    id_dimensions=("item_id",),
    metric_types=_types(_CREATIVE_DETAILS, _SALES, _CREATIVE),
    of_each=PRODUCT,
    is_asked_alone=True,
    signs=_SOLD,
    dispensable=_names(_CREATIVE_DETAILS),
)
LIVE_ROOM = GmvMaxLevel(
    stem="live_room",
    id_dimensions=("campaign_id", "room_id"),
    metric_types=_types(_NET_COST, _SALES, _VIEWS, _ALL_SHOPS),
    of_each=LIVE_CAMPAIGN,
    signs=_LIVE_SIGNS,
    dispensable=_names(_ALL_SHOPS),
)
LIVE_ROOM_DETAILS = GmvMaxLevel(
    stem="live_room_details",
    id_dimensions=("room_id",),
    metric_types=_types(_ROOM_DETAILS, _NET_COST, _SALES, _VIEWS, _ALL_SHOPS),
    of_each=LIVE_CAMPAIGN,
    is_asked_alone=True,
    signs=_LIVE_SIGNS,
    dispensable=_names(_ROOM_DETAILS, _ALL_SHOPS),
)
LIVE_DURATION = GmvMaxLevel(
    stem="live_duration",
    id_dimensions=LIVE_ROOM.id_dimensions,
    metric_types=_types(_SALES, {"number": "live_views"}, _ALL_SHOPS),
    of_each=LIVE_ROOM,
    breakdown=("duration",),
    signs=(*_SOLD, "live_views"),
    dispensable=_names(_ALL_SHOPS),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class GmvMaxReport:
    """One GMV Max report stream, read store by store."""

    level: GmvMaxLevel
    grain: Grain

    path = "gmv_max/report/get/"
    reader = "reports.gmv_max:GmvMaxReportStream"
    in_sandbox = False
    optional = True
    latency_hours = 11

    @property
    def name(self) -> str:
        """The stream's name."""
        return f"gmv_max_{self.level.stem}_reports_{self.grain.name}"

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What TikTok groups by."""
        time = (self.grain.time_dimension,) if self.grain.time_dimension else ()
        return (*self.level.id_dimensions, *time, *self.level.breakdown)

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The stream's key: the store, the ids that TikTok is asked about alone, and the dimensions."""
        return ("store_id", *self.level.told_ids, *self.dimensions)

    @property
    def cursor_field(self) -> str | None:
        """What an incremental read goes by."""
        return self.grain.time_dimension

    @property
    def cursor_format(self) -> str:
        """How the cursor is written into the state."""
        return self.grain.cursor_format

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The metrics that it asks for."""
        return tuple(name for name, _ in self.level.metric_types)

    @property
    def first_day(self) -> date:
        """The first day that TikTok has any of its metrics of."""
        return min(_BEGINS.get(name, _OTHERS_BEGIN) for name in self.metric_names)

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its records: all ids and days are text, as TikTok sends them."""
        return record_schema(
            {name: nullable("string") for name in dict.fromkeys(("advertiser_id", *self.primary_key))},
            {name: nullable(kind) for name, kind in self.level.metric_types},
            {name: nullable("string") for name in self.dimensions},
        )


GMV_MAX_REPORTS = (
    GmvMaxReport(level=ADVERTISER, grain=DAILY),
    GmvMaxReport(level=ADVERTISER, grain=HOURLY),
    GmvMaxReport(level=PRODUCT_CAMPAIGN, grain=DAILY),
    GmvMaxReport(level=PRODUCT_CAMPAIGN, grain=HOURLY),
    GmvMaxReport(level=LIVE_CAMPAIGN, grain=DAILY),
    GmvMaxReport(level=LIVE_CAMPAIGN, grain=HOURLY),
    GmvMaxReport(level=PRODUCT, grain=DAILY),
    GmvMaxReport(level=CREATIVE, grain=DAILY),
    GmvMaxReport(level=LIVE_ROOM, grain=DAILY),
    GmvMaxReport(level=PRODUCT, grain=HOURLY),
    GmvMaxReport(level=LIVE_ROOM, grain=HOURLY),
    *(GmvMaxReport(level=PRODUCT_DETAILS, grain=grain) for grain in (DAILY, HOURLY, TOTAL)),
    GmvMaxReport(level=CREATIVE_DETAILS, grain=DAILY),
    *(GmvMaxReport(level=LIVE_ROOM_DETAILS, grain=grain) for grain in (DAILY, HOURLY, TOTAL)),
    GmvMaxReport(level=replace(CREATIVE, signs=_SOLD), grain=TOTAL),
    GmvMaxReport(level=PRODUCT_DURATION, grain=TOTAL),
    GmvMaxReport(level=LIVE_DURATION, grain=TOTAL),
)
