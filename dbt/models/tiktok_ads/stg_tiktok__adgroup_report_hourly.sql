{{ config(alias='adgroup_report_hourly') }}

{{ tiktok_ads_hourly_report('ad_groups_reports_hourly', 'adgroup_id') }}
