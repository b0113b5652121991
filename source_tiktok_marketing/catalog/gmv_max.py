"""The GMV Max reports: what TikTok Shop campaigns of one store spent and sold, a row for each kind of campaign."""

from dataclasses import dataclass
from typing import Any

from source_tiktok_marketing.catalog.levels import DAILY, Grain
from source_tiktok_marketing.catalog.schemas import nullable, record_schema

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
class GmvMaxReport:
    """One GMV Max report stream, read store by store."""

    name: str
    promotion_type: str
    metric_types: tuple[tuple[str, str], ...]
    """Names and JSON types."""
    grain: Grain = DAILY
    dimensions: tuple[str, ...] = ("campaign_id", "stat_time_day")
    primary_key: tuple[str, ...] = ("store_id", "campaign_id", "stat_time_day")

    path = "gmv_max/report/get/"
    reader = "reports.gmv_max:GmvMaxReportStream"
    cursor_field = "stat_time_day"
    in_sandbox = False
    optional = True
    latency_hours = 11

    @property
    def cursor_format(self) -> str:
        """How the cursor is written into the state."""
        return self.grain.cursor_format

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its records: all ids and days are text, as TikTok sends them."""
        return record_schema(
            {name: nullable("string") for name in dict.fromkeys(("advertiser_id", *self.primary_key))},
            {name: nullable(kind) for name, kind in self.metric_types},
            {name: nullable("string") for name in self.dimensions},
        )


GMV_MAX_REPORTS = (
    GmvMaxReport(
        name="gmv_max_product_campaign_reports_daily",
        promotion_type="PRODUCT",
        metric_types=_types(_SHARED),
    ),
    GmvMaxReport(
        name="gmv_max_live_campaign_reports_daily",
        promotion_type="LIVE",
        metric_types=_types(_SHARED, _LIVE),
    ),
)
