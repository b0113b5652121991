{{ config(alias='creative_history', enabled=var('tiktok_ads__using_creative_history', true)) }}

with ads as (

    {{ tiktok_newest('ads', ['ad_id', 'coalesce(modify_time, create_time)']) }}

),

creatives as (

    select
        ad_id as creative_id,
        ad_name as creative_name,
        cast(coalesce(modify_time, create_time) as {{ dbt.type_timestamp() }}) as modify_time,
        cast(create_time as {{ dbt.type_timestamp() }}) as create_time,
        smart_plus_ad_id,
        advertiser_id,
        campaign_id,
        campaign_name,
        adgroup_id,
        adgroup_name,
        campaign_automation_type,
        identity_id,
        identity_type,
        ad_text,
        video_id,
        {{ tiktok_json_list('image_ids') }} as image_ids,
        secondary_status,
        operation_status,
        _airbyte_extracted_at as _fivetran_synced
    from ads
    where campaign_automation_type = 'UPGRADED_SMART_PLUS_CREATIVE'

)

select *
from creatives
