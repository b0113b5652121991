{{ config(alias='campaign_country_report', enabled=var('tiktok_ads__using_campaign_country_report', true)) }}

with rows_read as (

    {{ tiktok_newest('campaigns_reports_by_country_daily', ['campaign_id', 'country_code', 'stat_time_day']) }}

),

reported as (

    select
        campaign_id,
        country_code,
        cast(stat_time_day as {{ dbt.type_timestamp() }}) as stat_time_day,
        {{ tiktok_ads_common_metrics() }},
        _airbyte_extracted_at as _fivetran_synced
    from rows_read

)

select *
from reported
