"""The columns that version 1.5 of Fivetran's package tiktok_ads reads, and when the row was synced."""

_HOURLY = (
    "average_video_play average_video_play_per_user clicks comments conversion conversion_rate cost_per_conversion cpc "
    "cpm ctr follows impressions likes profile_visits reach real_time_conversion shares spend stat_time_hour "
    "total_purchase_value total_sales_lead_value video_play_actions video_views_p_25 video_views_p_50 video_views_p_75 "
    "video_watched_2_s video_watched_6_s"
)
_READ = {
    "advertiser": (
        "address balance cellphone_number company contacter country currency description email id industry language "
        "name phone_number telephone telephone_number timezone"
    ),
    "campaign_history": (
        "advertiser_id campaign_id campaign_name campaign_type split_test_variable updated_at objective_type status "
        "budget budget_mode create_time is_new_structure"
    ),
    "adgroup_history": (
        "action_days adgroup_id adgroup_name advertiser_id audience_type budget campaign_id category display_name "
        "frequency frequency_schedule gender landing_page_url updated_at interest_category_v_2 action_categories "
        "age_groups languages"
    ),
    "ad_history": (
        "ad_id ad_name adgroup_id advertiser_id call_to_action campaign_id click_tracking_url impression_tracking_url "
        "landing_page_url updated_at"
    ),
    "ad_report_hourly": f"ad_id {_HOURLY}",
    "adgroup_report_hourly": f"adgroup_id {_HOURLY}",
    "campaign_report_hourly": f"campaign_id {_HOURLY}",
    "campaign_country_report": (
        "campaign_id clicks conversion conversion_rate cost_per_conversion country_code cpc cpm ctr impressions "
        "real_time_conversion spend stat_time_day"
    ),
    "location": ("advertiser_id area_type country_code parent_id region_id region_level region_name support_below_18"),
    "creative_history": (
        "creative_id modify_time smart_plus_ad_id advertiser_id adgroup_id campaign_id video_id create_time "
        "creative_name campaign_name adgroup_name identity_id identity_type campaign_automation_type ad_text "
        "secondary_status operation_status image_ids"
    ),
    "smart_plus_ad_history": (
        "smart_plus_ad_id modify_time advertiser_id adgroup_id campaign_id create_time secondary_status "
        "operation_status ad_name campaign_name adgroup_name landing_page_url_list tracking_info_click_tracking_url "
        "tracking_info_impression_tracking_url tracking_info_tracking_app_id "
        "tracking_info_tracking_message_event_set_id identity_id identity_type dark_post_status product_specific_type "
        "product_set_id product_ids creative_auto_add_toggle catalog_creative_toggle end_card_cta "
        "product_display_field_list auto_disclaimer_types fallback_type call_to_action_id product_info_selling_points "
        "phone_info_phone_region_code phone_info_phone_region_calling_code phone_info_phone_number ad_text_list "
        "auto_message_list call_to_action_list interactive_add_on_list page_list custom_product_page_list deeplink_list"
    ),
}
COLUMNS = {table: {*names.split(), "_fivetran_synced"} for table, names in _READ.items()}
IDS = {"id", "advertiser_id", "campaign_id", "adgroup_id", "ad_id", "creative_id", "smart_plus_ad_id"}
TIMES = {"updated_at", "create_time", "modify_time", "stat_time_hour", "stat_time_day"}
EXACT = {"spend", "budget", "balance"}
