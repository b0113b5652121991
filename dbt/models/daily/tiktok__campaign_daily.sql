with report as (

    {{ tiktok_newest('campaigns_reports_daily', ['campaign_id', 'stat_time_day']) }}

),

advertisers as (

    {{ tiktok_newest('advertisers', ['advertiser_id']) }}

),

campaigns as (

    {{ tiktok_newest('campaigns', ['campaign_id']) }}

),

named as (

    select
        cast(report.stat_time_day as date) as date_day,
        report.advertiser_id,
        advertisers.name as advertiser_name,
        advertisers.currency,
        report.campaign_id,
        coalesce(campaigns.campaign_name, {{ tiktok_json_value('metrics', ['campaign_name']) }}) as campaign_name,
        campaigns.objective_type,
        campaigns.buying_type,
        {{ tiktok_daily_metrics() }},
        report._airbyte_extracted_at as extracted_at
    from report
    left join advertisers on report.advertiser_id = advertisers.advertiser_id
    left join campaigns on report.campaign_id = campaigns.campaign_id

)

select *
from named
