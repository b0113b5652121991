with report as (

    {{ tiktok_newest('advertisers_reports_daily', ['advertiser_id', 'stat_time_day']) }}

),

advertisers as (

    {{ tiktok_newest('advertisers', ['advertiser_id']) }}

),

named as (

    select
        cast(report.stat_time_day as date) as date_day,
        report.advertiser_id,
        advertisers.name as advertiser_name,
        advertisers.currency,
        {{ tiktok_daily_metrics() }},
        report._airbyte_extracted_at as extracted_at
    from report
    left join advertisers on report.advertiser_id = advertisers.advertiser_id

)

select *
from named
