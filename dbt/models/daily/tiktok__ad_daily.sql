with report as (

    {{ tiktok_newest('ads_reports_daily', ['ad_id', 'stat_time_day']) }}

),

placed as (

    select
        ad_id,
        stat_time_day,
        advertiser_id,
        cast({{ tiktok_json_value('metrics', ['campaign_id']) }} as {{ dbt.type_bigint() }}) as campaign_id,
        cast({{ tiktok_json_value('metrics', ['adgroup_id']) }} as {{ dbt.type_bigint() }}) as adgroup_id,
        metrics,
        _airbyte_extracted_at
    from report

),

advertisers as (

    {{ tiktok_newest('advertisers', ['advertiser_id']) }}

),

campaigns as (

    {{ tiktok_newest('campaigns', ['campaign_id']) }}

),

ad_groups as (

    {{ tiktok_newest('ad_groups', ['adgroup_id']) }}

),

ads as (

    {{ tiktok_newest('ads', ['ad_id']) }}

),

named as (

    select
        cast(placed.stat_time_day as date) as date_day,
        placed.advertiser_id,
        advertisers.name as advertiser_name,
        advertisers.currency,
        placed.campaign_id,
        coalesce(campaigns.campaign_name, {{ tiktok_json_value('metrics', ['campaign_name']) }}) as campaign_name,
        campaigns.objective_type,
        campaigns.buying_type,
        placed.adgroup_id,
        coalesce(ad_groups.adgroup_name, {{ tiktok_json_value('metrics', ['adgroup_name']) }}) as adgroup_name,
        placed.ad_id,
        coalesce(ads.ad_name, {{ tiktok_json_value('metrics', ['ad_name']) }}) as ad_name,
        coalesce(ads.smart_plus_ad_id, placed.ad_id) as ad_id_v2,
        {{ tiktok_daily_metrics() }},
        placed._airbyte_extracted_at as extracted_at
    from placed
    left join advertisers on placed.advertiser_id = advertisers.advertiser_id
    left join campaigns on placed.campaign_id = campaigns.campaign_id
    left join ad_groups on placed.adgroup_id = ad_groups.adgroup_id
    left join ads on placed.ad_id = ads.ad_id

)

select *
from named
