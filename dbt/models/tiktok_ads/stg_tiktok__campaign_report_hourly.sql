{{ config(alias='campaign_report_hourly') }}

{{ tiktok_ads_hourly_report('campaigns_reports_hourly', 'campaign_id') }}
