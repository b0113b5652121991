"""The reports of creatives: what a video, image or catalog delivered, in all ads that show it."""

from dataclasses import dataclass, replace
from typing import Any

from source_tiktok_marketing.catalog.endpoints import ListEndpoint
from source_tiktok_marketing.catalog.levels import DAILY, LIFETIME, Grain
from source_tiktok_marketing.catalog.metrics import METRICS
from source_tiktok_marketing.catalog.schemas import Json, nullable, record_schema

Params = tuple[tuple[str, tuple[str, ...]], ...]
"""Parameters of a request that take several values."""

_TYPES = {metric.name: metric.type for metric in METRICS} | {
    "conversion_rate_v2": "string",
    "real_time_conversion_rate_v2": "string",
}
_ALWAYS = "spend impressions clicks"
_DELIVERY = f"{_ALWAYS} cpc cpm ctr conversion cost_per_conversion"
_VIDEO = (
    "video_play_actions video_watched_2s video_watched_6s average_video_play "
    "video_views_p25 video_views_p50 video_views_p75 video_views_p100"
)
_SOCIAL = "profile_visits likes comments shares follows"
_SMART_PLUS = (
    f"{_DELIVERY} conversion_rate_v2 real_time_conversion real_time_cost_per_conversion real_time_conversion_rate_v2 "
    f"{_VIDEO} {_SOCIAL} profile_visits_rate clicks_on_music_disc duet_clicks stitch_clicks sound_usage_clicks "
    "anchor_clicks engaged_view engagements paid_engaged_view engaged_view_through_conversions "
    "paid_engagement_engaged_view engaged_view_15s paid_engaged_view_15s paid_engagement_engaged_view_15s "
    "real_time_app_install real_time_app_install_cost app_install cost_per_app_install "
    "purchase purchase_rate cost_per_purchase total_purchase total_purchase_value "
    "complete_payment value_per_complete_payment total_complete_payment_rate "
    "onsite_shopping total_onsite_shopping_value onsite_on_web_cart onsite_on_web_detail "
    "vta_purchase vta_conversion cta_purchase cta_conversion "
    "registration registration_rate cost_per_registration "
    "sales_lead sales_lead_rate cost_per_sales_lead cost_per_total_sales_lead total_sales_lead_value "
    "total_pageview total_view_content page_content_view_events "
    "web_event_add_to_cart total_app_event_add_to_cart cost_per_total_app_event_add_to_cart "
    "total_landing_page_view cost_per_landing_page_view landing_page_view_rate"
)
"""Those of ads, but for what counts people or results, which Smart+ doesn't tell of a creative."""


def _metric_schemas(names: str) -> dict[str, Json]:
    return {name: nullable(_TYPES[name]) for name in names.split()}


@dataclass(frozen=True, kw_only=True, slots=True)
class SmartPlusCreativeReport:
    """One report of the creatives of Upgraded Smart+ ads, added up over an account or over each ad.

    Only the breakdown tells of time, and only the overview of ads and of a whole life.
    """

    grain: Grain
    is_by_ad: bool = False

    reader = "reports.smart_plus_creatives:SmartPlusCreatives"
    in_sandbox = False
    optional = True
    latency_hours = 16
    page_size = 100
    metric_names = tuple(_SMART_PLUS.split())
    dispensable = frozenset(_SMART_PLUS.split()) - set(_ALWAYS.split())

    @property
    def name(self) -> str:
        """The stream's name."""
        return f"smart_plus_{'ads_' if self.is_by_ad else ''}creatives_reports_{self.grain.name}"

    @property
    def path(self) -> str:
        """The endpoint that it is read from."""
        is_by_time = self.grain.time_dimension and not self.is_by_ad
        return f"smart_plus/material_report/{'breakdown' if is_by_time else 'overview'}/"

    @property
    def asked_dimensions(self) -> tuple[str, ...]:
        """What TikTok is asked to group by. It adds the type of the creative."""
        if self.is_by_ad:
            return ("smart_plus_ad_id", "main_material_id")
        if self.grain.time_dimension is None:
            return ("advertiser_id", "main_material_id")
        return ("main_material_id", self.grain.time_dimension)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """What tells rows apart: a catalog is shown in several ways under one id."""
        if self.is_by_ad:
            return ("smart_plus_ad_id", "main_material_id", "main_material_type")
        return ("main_material_id", "main_material_type", *self._time)

    @property
    def told_day(self) -> str | None:
        """The field of the day that a request is about, where TikTok's rows don't tell it."""
        return self.grain.time_dimension if self.is_by_ad else None

    @property
    def _time(self) -> tuple[str, ...]:
        return (self.grain.time_dimension,) if self.grain.time_dimension else ()

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The stream's key: accounts may share a creative."""
        return tuple(dict.fromkeys(("advertiser_id", *self.dimensions, *self._time)))

    @property
    def cursor_field(self) -> str | None:
        """What an incremental read goes by; None: the report has no time."""
        return self.grain.time_dimension

    @property
    def cursor_format(self) -> str:
        """How the cursor is written into the state."""
        return self.grain.cursor_format

    def schema(self) -> Json:
        """The JSON schema of its records. TikTok adds the creative's name to the metrics unasked."""
        return record_schema(
            {name: nullable("string") for name in self.primary_key},
            {"main_material_name": nullable("string"), **_metric_schemas(_SMART_PLUS)},
            {name: nullable("string") for name in self.primary_key if name != self.told_day},
        )


SMART_PLUS_CREATIVE_REPORTS = (
    SmartPlusCreativeReport(grain=replace(DAILY, widest_window=365)),
    SmartPlusCreativeReport(grain=LIFETIME),
    SmartPlusCreativeReport(grain=replace(DAILY, widest_window=1), is_by_ad=True),
    SmartPlusCreativeReport(grain=LIFETIME, is_by_ad=True),
)

_IDS = nullable("array") | {"items": nullable("string")}
_INFO: dict[str, Json] = {
    **{name: nullable("string") for name in ("material_id", "video_id", "image_id", "source")},
    **dict.fromkeys(("country_code", "placement", "related_ad_ids", "related_adgroup_ids"), _IDS),
    **{name: nullable("integer") for name in ("num_ads", "adgroup_number")},
}
_MORE_INFO: dict[str, Json] = {
    **{name: nullable("string") for name in ("material_name", "create_time", "identity", "video_material_source")},
    "tiktok_item_ids": _IDS,
}
"""What only some descriptions of the report know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreativeReport(ListEndpoint):
    """The report of one type of creatives over their whole life, which TikTok pages like a list."""

    material_type: str
    metrics: str

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The metrics that it asks for."""
        return tuple(self.metrics.split())

    @property
    def wishes(self) -> tuple[Params, ...]:
        """What to ask for, from the best down: not all of it is documented, and without it TikTok answers least."""
        return (
            (("info_fields", (*_INFO, *_MORE_INFO)), ("metrics_fields", self.metric_names)),
            (("info_fields", tuple(_INFO)), ("metrics_fields", tuple(_ALWAYS.split()))),
            (),
        )

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its records: the creative's information, and its metrics."""
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "additionalProperties": True,
            "properties": {
                "advertiser_id": nullable("string"),
                **_INFO,
                **_MORE_INFO,
                "metrics": {"type": ["null", "object"], "properties": _metric_schemas(self.metrics)},
            },
        }


CREATIVE_REPORTS = tuple(
    CreativeReport(
        name=f"creative_reports_{material_type.lower()}_lifetime",
        path="creative/report/get/",
        primary_key=("advertiser_id", "material_id"),
        params=(("material_type", material_type), ("lifetime", True)),
        reader="lists.creative_reports:CreativeReports",
        optional=True,
        material_type=material_type,
        metrics=metrics,
    )
    for material_type, metrics in (
        ("VIDEO", f"{_DELIVERY} conversion_rate {_VIDEO} {_SOCIAL}"),
        ("IMAGE", f"{_DELIVERY} conversion_rate {_SOCIAL}"),
    )
)
