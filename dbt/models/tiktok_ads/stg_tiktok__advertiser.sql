{{ config(alias='advertiser') }}

with advertisers as (

    {{ tiktok_newest('advertisers', ['advertiser_id']) }}

),

renamed as (

    select
        advertiser_id as id,
        name,
        company,
        description,
        industry,
        contacter,
        email,
        address,
        country,
        language,
        currency,
        timezone,
        cast(balance as {{ dbt.type_numeric() }}) as balance,
        cellphone_number,
        telephone_number,
        -- Their names before version 1.3 of the API.
        cast(null as {{ dbt.type_string() }}) as phone_number,
        cast(null as {{ dbt.type_string() }}) as telephone,
        _airbyte_extracted_at as _fivetran_synced
    from advertisers

)

select *
from renamed
