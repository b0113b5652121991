{{ config(alias='adgroup_history') }}

with ad_groups as (

    {{ tiktok_newest('ad_groups', ['adgroup_id', 'modify_time']) }}

),

renamed as (

    select
        adgroup_id,
        cast(modify_time as {{ dbt.type_timestamp() }}) as updated_at,
        advertiser_id,
        campaign_id,
        adgroup_name,
        cast(budget as {{ dbt.type_numeric() }}) as budget,
        audience_type,
        gender,
        {{ tiktok_json_list('age_groups') }} as age_groups,
        {{ tiktok_json_list('languages') }} as languages,
        {{ tiktok_json_list('interest_category_ids') }} as interest_category_v_2,
        {{ tiktok_json_list('action_category_ids') }} as action_categories,
        action_days,
        frequency,
        frequency_schedule,
        category_id as category,
        -- TikTok tells them of ads only.
        cast(null as {{ dbt.type_string() }}) as display_name,
        cast(null as {{ dbt.type_string() }}) as landing_page_url,
        _airbyte_extracted_at as _fivetran_synced
    from ad_groups

)

select *
from renamed
