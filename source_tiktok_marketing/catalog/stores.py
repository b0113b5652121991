"""The GMV Max reports: what TikTok Shop campaigns of one store spent and sold, a row for each kind of campaign."""

from dataclasses import dataclass

from source_tiktok_marketing.catalog.reports import DAILY, Grain

_SHARED = {
    "string": "operation_status campaign_name schedule_type schedule_start_time schedule_end_time bid_type",
    "number": "target_roi_budget max_delivery_budget roas_bid cost net_cost orders cost_per_order gross_revenue roi",
}
_LIVE = {
    "string": "tt_account_name tt_account_profile_image_url identity_id",
    "number": "live_views cost_per_live_view 10_second_live_views cost_per_10_second_live_view live_follows",
}


def _types(*groups: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, kind) for group in groups for kind, names in group.items() for name in names.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreReport:
    """One GMV Max report stream, read store by store."""

    name: str
    promotion_type: str
    metrics: tuple[tuple[str, str], ...]
    """Names and JSON types."""
    grain: Grain = DAILY
    path: str = "gmv_max/report/get/"
    dimensions: tuple[str, ...] = ("campaign_id", "stat_time_day")
    primary_key: tuple[str, ...] = ("store_id", "campaign_id", "stat_time_day")
    cursor_field: str | None = "stat_time_day"
    in_sandbox: bool = False
    optional: bool = True


STORE_REPORTS = (
    StoreReport(
        name="gmv_max_product_campaign_reports_daily",
        promotion_type="PRODUCT",
        metrics=_types(_SHARED),
    ),
    StoreReport(
        name="gmv_max_live_campaign_reports_daily",
        promotion_type="LIVE",
        metrics=_types(_SHARED, _LIVE),
    ),
)
