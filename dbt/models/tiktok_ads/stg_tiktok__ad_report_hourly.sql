{{ config(alias='ad_report_hourly') }}

{{ tiktok_ads_hourly_report('ads_reports_hourly', 'ad_id') }}
