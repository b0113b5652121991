{{ config(alias='location', enabled=var('tiktok_ads__using_location', true)) }}

with locations as (

    {{ tiktok_newest('locations', ['advertiser_id', 'region_id']) }}

),

typed as (

    select
        cast(advertiser_id as {{ dbt.type_bigint() }}) as advertiser_id,
        region_id,
        region_name,
        region_level,
        country_code,
        parent_id,
        area_type,
        support_below_18,
        _airbyte_extracted_at as _fivetran_synced
    from locations

)

select *
from typed
