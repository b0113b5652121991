{{ config(alias='campaign_history') }}

with campaigns as (

    {{ tiktok_newest('campaigns', ['campaign_id', 'modify_time']) }}

),

renamed as (

    select
        campaign_id,
        cast(modify_time as {{ dbt.type_timestamp() }}) as updated_at,
        advertiser_id,
        campaign_name,
        campaign_type,
        objective_type,
        secondary_status as status,
        cast(budget as {{ dbt.type_numeric() }}) as budget,
        budget_mode,
        split_test_variable,
        cast(is_new_structure as {{ dbt.type_string() }}) as is_new_structure,
        cast(create_time as {{ dbt.type_timestamp() }}) as create_time,
        _airbyte_extracted_at as _fivetran_synced
    from campaigns

)

select *
from renamed
