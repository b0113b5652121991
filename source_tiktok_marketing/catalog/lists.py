"""The list endpoints: a row each."""

from source_tiktok_marketing.catalog.endpoints import (
    ADVERTISER_INFO_PATH,
    ADVERTISERS_PATH,
    Labels,
    ListEndpoint,
    Sweep,
)
from source_tiktok_marketing.catalog.pixels import PIXELS


def _buying_type(name: str) -> Labels:
    return (("buying_type", name),)


def _of_buying_types(*labels_of_types: tuple[str, Labels], page_size: int | None = None) -> Sweep:
    """A sweep over the objects of some buying types, each a partition of the state."""
    names = tuple(name for name, _ in labels_of_types)
    return Sweep(
        filtering=(("buying_types", names),),
        page_size=page_size,
        partition_labels=tuple(labels for _, labels in labels_of_types),
        apart=tuple(map(_of_buying_types, labels_of_types)) if len(names) > 1 else (),
        tells=_buying_type(names[0]) if len(names) == 1 else (("buying_type", None),),
    )


_AUCTION, _RF, _TOP_VIEW = "AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"
_TOP_VIEW_SWEEP = _of_buying_types((_TOP_VIEW, _buying_type(_TOP_VIEW)), page_size=100)
_DEFAULT_SWEEP = _of_buying_types((_AUCTION, ()), (_RF, _buying_type(_RF)))
"""Airbyte's connector keeps one cursor without labels, and it is not known whether it reads reservations."""
_PROMOTE_SWEEP = Sweep(
    filtering=(("campaign_system_origins", ("PROMOTE",)),), partition_labels=(), is_for_ids_only=True
)
"""What was begun with the Promote button of the TikTok app."""

ADVERTISER_LISTS = (
    ListEndpoint(
        name="advertiser_ids",
        path=ADVERTISERS_PATH,
        primary_key=("advertiser_id",),
        page_size=None,
        reader="lists.advertiser_lists:AdvertiserList",
    ),
    ListEndpoint(
        name="advertisers",
        path=ADVERTISER_INFO_PATH,
        primary_key=("advertiser_id",),
        page_size=None,
        reader="lists.advertiser_lists:AdvertiserList",
        in_sandbox=True,
    ),
)
"""What is looked up at the start of a run anyway."""

LISTS = (
    ListEndpoint(
        name="campaigns",
        path="campaign/get/",
        asked_for=("campaign_id",),
        primary_key=("campaign_id",),
        cursor_field="modify_time",
        hides_deleted=True,
        sweeps=(
            _of_buying_types((_AUCTION, _buying_type(_AUCTION)), (_RF, _buying_type(_RF))),
            _of_buying_types((_TOP_VIEW, _buying_type(_TOP_VIEW))),
            _PROMOTE_SWEEP,
        ),
        in_sandbox=True,
    ),
    ListEndpoint(
        name="ad_groups",
        path="adgroup/get/",
        asked_for=("adgroup_id",),
        primary_key=("adgroup_id",),
        cursor_field="modify_time",
        hides_deleted=True,
        sweeps=(_DEFAULT_SWEEP, _TOP_VIEW_SWEEP, _PROMOTE_SWEEP),
        in_sandbox=True,
    ),
    ListEndpoint(
        name="ads",
        path="ad/get/",
        asked_for=("ad_id", "smart_plus_ad_id"),
        primary_key=("ad_id",),
        cursor_field="modify_time",
        reader="lists.ads:Ads",
        hides_deleted=True,
        sweeps=(
            _DEFAULT_SWEEP,
            _TOP_VIEW_SWEEP,
            _PROMOTE_SWEEP,
            # Smart+ ads may have no modify_time, so a reading narrowed by it can't be trusted to return them.
            *(
                Sweep(
                    filtering=(("campaign_automation_type", kind),),
                    finds_unmodified=True,
                    tells=_buying_type(_AUCTION),  # Smart+ has no objective of reservations
                )
                for kind in ("SMART_PLUS", "UPGRADED_SMART_PLUS")
            ),
        ),
        in_sandbox=True,
    ),
    ListEndpoint(
        name="creative_assets_images",
        path="file/image/ad/search/",
        primary_key=("image_id",),
        page_size=100,
        cursor_field="modify_time",
        in_sandbox=True,
    ),
    ListEndpoint(
        name="creative_assets_videos",
        path="file/video/ad/search/",
        primary_key=("video_id",),
        page_size=100,
        cursor_field="modify_time",
        in_sandbox=True,
    ),
    ListEndpoint(
        name="creative_assets_music",
        path="file/music/get/",
        primary_key=("music_id",),
        records_at="musics",
        in_sandbox=True,
    ),
    ListEndpoint(
        name="creative_assets_portfolios",
        path="creative/portfolio/list/",
        primary_key=("creative_portfolio_id",),
        records_at="creative_portfolios",
        page_size=100,
        in_sandbox=True,
    ),
    ListEndpoint(
        name="audiences", path="dmp/custom_audience/list/", primary_key=("audience_id",), page_size=100, in_sandbox=True
    ),
    ListEndpoint(
        name="spark_ads",
        path="tt_video/list/",
        primary_key=("spark_ads_post_id",),
        page_size=50,
        params=(("item_types", ("VIDEO", "CAROUSEL")),),
        reader="lists.spark_ads:SparkAds",
    ),
    *PIXELS,
    # What Airbyte's connector doesn't have.
    ListEndpoint(
        name="smart_plus_campaigns",
        path="smart_plus/campaign/get/",
        primary_key=("campaign_id",),
        cursor_field="modify_time",
        hides_deleted=True,
        optional=True,
    ),
    ListEndpoint(
        name="smart_plus_ad_groups",
        path="smart_plus/adgroup/get/",
        primary_key=("adgroup_id",),
        hides_deleted=True,
        optional=True,
    ),
    ListEndpoint(
        name="smart_plus_ads",
        path="smart_plus/ad/get/",
        asked_for=("smart_plus_ad_id",),
        primary_key=("smart_plus_ad_id",),
        page_size=100,
        cursor_field="modify_time",
        hides_deleted=True,
        optional=True,
    ),
    ListEndpoint(
        name="gmv_max_stores",
        path="gmv_max/store/list/",
        asked_for=("store_id", "is_gmv_max_available"),
        primary_key=("advertiser_id", "store_id"),
        records_at="store_list",
        page_size=None,
        optional=True,
    ),
    ListEndpoint(
        name="gmv_max_campaigns",
        path="gmv_max/campaign/get/",
        asked_for=("campaign_id", "store_id", "shopping_ads_type"),
        primary_key=("campaign_id",),
        page_size=100,
        cursor_field="modify_time",
        hides_deleted=True,
        sweeps=tuple(
            Sweep(
                filtering=(("gmv_max_promotion_types", (kind,)),),
                partition_labels=((("gmv_max_promotion_type", kind),),),
            )
            for kind in ("PRODUCT_GMV_MAX", "LIVE_GMV_MAX")
        ),
        optional=True,
    ),
    ListEndpoint(
        name="identities",
        path="identity/get/",
        primary_key=("advertiser_id", "identity_type", "identity_id"),
        records_at="identity_list",
        page_size=100,
        in_sandbox=True,
    ),
    ListEndpoint(
        name="saved_audiences",
        path="dmp/saved_audience/list/",
        primary_key=("saved_audience_id",),
        records_at="saved_audiences",
        page_size=100,
    ),
    ListEndpoint(
        name="apps",
        path="app/list/",
        primary_key=("advertiser_id", "app_id"),
        records_at="apps",
        page_size=None,
    ),
    ListEndpoint(
        name="custom_conversions",
        path="custom_conversion/list/",
        primary_key=("custom_conversion_id",),
        optional=True,
    ),
    ListEndpoint(
        name="automated_rules",
        path="optimizer/rule/list/",
        primary_key=("rule_id",),
        records_at="rules",
        page_size=10,
        optional=True,
    ),
    ListEndpoint(
        name="locations",
        path="search/region/",
        primary_key=("advertiser_id", "region_id"),
        records_at="region_list",
        page_size=None,
    ),
    ListEndpoint(
        name="regions",
        path="tool/region/",
        primary_key=("location_id",),
        records_at="region_info",
        page_size=None,
        params=(("placements", ("PLACEMENT_TIKTOK",)), ("objective_type", "TRAFFIC")),
        reader="lists.reference_list:ReferenceList",
        same_for_all=True,
    ),
    ListEndpoint(
        name="languages",
        path="tool/language/",
        primary_key=("code",),
        records_at="languages",
        page_size=None,
        reader="lists.reference_list:ReferenceList",
        same_for_all=True,
    ),
    ListEndpoint(
        name="action_categories",
        path="tool/action_category/",
        primary_key=("action_category_id",),
        records_at="action_categories",
        page_size=None,
        reader="lists.reference_list:ReferenceList",
        same_for_all=True,
    ),
    ListEndpoint(
        name="interest_categories",
        path="tool/interest_category/",
        primary_key=("interest_category_id",),
        records_at="interest_categories",
        page_size=None,
        reader="lists.reference_list:ReferenceList",
        same_for_all=True,
    ),
)
