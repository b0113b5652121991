{{ config(alias='ad_history') }}

with ads as (

    {{ tiktok_newest('ads', ['ad_id', 'coalesce(modify_time, create_time)']) }}

),

renamed as (

    select
        ad_id,
        -- Creatives of Smart+ may have no modification time.
        cast(coalesce(modify_time, create_time) as {{ dbt.type_timestamp() }}) as updated_at,
        advertiser_id,
        campaign_id,
        adgroup_id,
        ad_name,
        call_to_action,
        landing_page_url,
        click_tracking_url,
        impression_tracking_url,
        _airbyte_extracted_at as _fivetran_synced
    from ads
    {%- if var('tiktok_ads__using_creative_history', true) %}
    -- The package unites this table with creative_history: an ad that both held would spend twice.
    where coalesce(campaign_automation_type, '') <> 'UPGRADED_SMART_PLUS_CREATIVE'
    {%- endif %}

)

select *
from renamed
