"""The report metrics: a row each. The request, the schema, the casting and the documentation all follow from the row.

Names and meanings are TikTok's; the types of those that Airbyte's connector has are Airbyte's. Which metric is legal
where follows TikTok's "Basic supported metrics", "Audience supported metrics" and the rules of its reporting API.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from source_tiktok_marketing.catalog.levels import (
    AD,
    AD_GROUP,
    ADVERTISER,
    ASSET_GROUP,
    CAMPAIGN,
    DAILY,
    GRAINS,
    LEVELS,
    LIFETIME,
    Breakdown,
    Grain,
    Level,
)

MOST_PER_REQUEST = 100
"""TikTok answers no more metrics at once, so no report asks for more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricSet:
    """Metrics that are asked for together, in streams of their own."""

    infix: str
    """What it adds to the names of the streams."""
    latency_hours: int
    """Hours after which TikTok has finished the figures, as documented: longer if they count people."""
    grains: tuple[Grain, ...] = GRAINS


CORE = MetricSet(infix="", latency_hours=16)
ENGAGEMENT = MetricSet(infix="_engagement", latency_hours=2)
SKAN = MetricSet(infix="_skan", latency_hours=2, grains=(DAILY, LIFETIME))
"""What Apple's SKAdNetwork reports; never by the hour."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """What one metric is, and which reports TikTok offers it in."""

    name: str
    type: str = "number"
    metric_set: MetricSet = CORE
    levels: tuple[Level, ...] = (*LEVELS, ASSET_GROUP)
    grains: tuple[Grain, ...] = GRAINS
    without_breakdown: bool = True
    """Whether basic reports without a breakdown ask for it: they have room for a hundred."""
    by_country: bool = False
    """Whether basic reports offer it by country."""
    audience_levels: tuple[Level, ...] = ()
    """The levels of audience reports that offer it."""
    audience_type: str | None = None
    """Its type there, where Airbyte's differs."""

    def is_offered_by(self, level: Level, grain: Grain, breakdown: Breakdown) -> bool:
        """Whether TikTok answers it in such a report, and there is room for it."""
        if breakdown.report_type == "AUDIENCE":
            return level in self.audience_levels
        if not (self.by_country if breakdown.dimensions else self.without_breakdown):
            return False
        return level in self.levels and grain in self.grains and grain in self.metric_set.grains

    def type_in(self, breakdown: Breakdown) -> str:
        """Its JSON type in the schema of reports with `breakdown`."""
        audience = breakdown.report_type == "AUDIENCE"
        return (self.audience_type or self.type) if audience else self.type


def _metrics(names: str, **alike: Any) -> Iterable[Metric]:
    """A row for each of `names`, which are alike in everything else."""
    return (Metric(name=name, **alike) for name in names.split())


_ADS = (AD, ASSET_GROUP)
_AD_GROUP_DOWN = (AD_GROUP, *_ADS)
_CAMPAIGN_DOWN = (CAMPAIGN, *_AD_GROUP_DOWN)

METRICS = (
    # Attributes of the object a row is about.
    *_metrics(
        "campaign_name",
        type="string",
        levels=_CAMPAIGN_DOWN,
        by_country=True,
        audience_levels=_CAMPAIGN_DOWN,
    ),
    *_metrics(
        "campaign_id",
        type="integer",
        levels=_AD_GROUP_DOWN,
        by_country=True,
        audience_levels=_AD_GROUP_DOWN,
    ),
    *_metrics(
        "tt_app_id",
        type="integer",
        levels=_AD_GROUP_DOWN,
        by_country=True,
        audience_levels=_AD_GROUP_DOWN,
        audience_type="string",
    ),
    *_metrics(
        "adgroup_name placement_type tt_app_name mobile_app_id promotion_type dpa_target_audience_type",
        type="string",
        levels=_AD_GROUP_DOWN,
        by_country=True,
        audience_levels=_AD_GROUP_DOWN,
    ),
    *_metrics("adgroup_id", type="integer", levels=_ADS, by_country=True, audience_levels=_ADS),
    *_metrics("ad_name", type="string", levels=_ADS, by_country=True, audience_levels=_ADS),
    # Of an asset group, TikTok tells it as a list of texts instead.
    *_metrics("ad_text", type="string", levels=(AD,), by_country=True, audience_levels=(AD,)),
    *_metrics("campaign_automation_type", type="string", levels=_ADS),
    # Spend, delivery and reach.
    *_metrics("spend", type="string", by_country=True, audience_levels=LEVELS),
    *_metrics("cash_spend voucher_spend", type="string", levels=(ADVERTISER,), grains=(DAILY,)),
    *_metrics("cpc cpm impressions clicks ctr", type="string", by_country=True, audience_levels=LEVELS),
    *_metrics("reach cost_per_1000_reached", type="string", by_country=True, audience_levels=LEVELS),
    *_metrics("frequency", type="string", by_country=True, audience_levels=LEVELS),
    # Conversions and results of the optimisation goal.
    *_metrics(
        "conversion cost_per_conversion conversion_rate "
        "real_time_conversion real_time_cost_per_conversion real_time_conversion_rate "
        "result cost_per_result result_rate real_time_result real_time_cost_per_result real_time_result_rate",
        type="string",
        by_country=True,
        audience_levels=LEVELS,
    ),
    *_metrics(
        "secondary_goal_result cost_per_secondary_goal_result secondary_goal_result_rate",
        type="string",
        levels=_CAMPAIGN_DOWN,
        by_country=True,
    ),
    # Video and engagement.
    *_metrics(
        "video_play_actions video_watched_2s video_watched_6s average_video_play average_video_play_per_user "
        "video_views_p25 video_views_p50 video_views_p75 video_views_p100 "
        "profile_visits likes comments shares follows clicks_on_music_disc",
        by_country=True,
        audience_levels=LEVELS,
    ),
    *_metrics("profile_visits_rate", by_country=True),
    *_metrics("engaged_view engaged_view_15s", by_country=True),
    # TikTok offers the paid ones of an object alone or of its days.
    *_metrics("engagements"),
    *_metrics("paid_engaged_view", grains=(DAILY, LIFETIME)),
    *_metrics("engaged_view_through_conversions"),
    *_metrics(
        "paid_engagement_engaged_view paid_engaged_view_15s paid_engagement_engaged_view_15s", grains=(DAILY, LIFETIME)
    ),
    # Events in apps, on websites and in shops.
    *_metrics("real_time_app_install real_time_app_install_cost app_install", by_country=True),
    *_metrics(
        "total_purchase_value total_onsite_shopping_value onsite_shopping vta_purchase vta_conversion "
        "cta_purchase cta_conversion total_pageview complete_payment value_per_complete_payment "
        "total_complete_payment_rate",
        type="string",
        by_country=True,
    ),
    *_metrics("purchase purchase_rate cost_per_purchase", by_country=True),
    *_metrics(
        "registration registration_rate sales_lead sales_lead_rate cost_per_app_install cost_per_registration "
        "cost_per_sales_lead cost_per_total_sales_lead cost_per_total_app_event_add_to_cart "
        "total_app_event_add_to_cart",
        by_country=True,
    ),
    *_metrics(
        "web_event_add_to_cart page_content_view_events onsite_on_web_cart onsite_on_web_detail "
        "total_view_content total_purchase total_sales_lead_value"
    ),
    *_metrics(
        "total_landing_page_view cost_per_landing_page_view landing_page_view_rate",
        type="string",
        by_country=True,
        audience_levels=LEVELS,
    ),
    # In reports by country, which have fewer of the others.
    *_metrics(
        "gross_impressions complete_payment_rate cost_per_complete_payment "
        "live_product_clicks button_click button_click_rate cost_per_button_click "
        "online_consult online_consult_rate cost_per_online_consult form form_rate cost_per_form "
        "download_start download_start_rate cost_per_download_start",
        by_country=True,
        without_breakdown=False,
    ),
    # In streams of their own.
    *_metrics("duet_clicks stitch_clicks sound_usage_clicks anchor_clicks", metric_set=ENGAGEMENT),
    *_metrics(
        "skan_result skan_cost_per_result skan_conversion skan_cost_per_conversion skan_click_time_conversion "
        "skan_click_time_cost_per_conversion skan_click_time_conversion_rate skan_app_install skan_registration "
        "skan_complete_tutorial skan_purchase skan_cost_per_purchase skan_purchase_rate skan_total_purchase "
        "skan_cost_per_total_purchase skan_total_purchase_value skan_total_repetitive_active_pay_roas",
        metric_set=SKAN,
    ),
)
