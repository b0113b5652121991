{{ config(alias='smart_plus_ad_history', enabled=var('tiktok_ads__using_smart_plus_ad_history', true)) }}

with smart_plus_ads as (

    {{ tiktok_newest('smart_plus_ads', ['smart_plus_ad_id', 'coalesce(modify_time, create_time)']) }}

),

flattened as (

    select
        cast(smart_plus_ad_id as {{ dbt.type_bigint() }}) as smart_plus_ad_id,
        cast(coalesce(modify_time, create_time) as {{ dbt.type_timestamp() }}) as modify_time,
        cast(create_time as {{ dbt.type_timestamp() }}) as create_time,
        cast(advertiser_id as {{ dbt.type_bigint() }}) as advertiser_id,
        cast(campaign_id as {{ dbt.type_bigint() }}) as campaign_id,
        campaign_name,
        cast(adgroup_id as {{ dbt.type_bigint() }}) as adgroup_id,
        adgroup_name,
        ad_name,
        secondary_status,
        operation_status,
        -- TikTok sends objects with one field; the package expects texts.
        {{ tiktok_json_pluck('landing_page_url_list', 'landing_page_url') }} as landing_page_url_list,
        {{ tiktok_json_list('ad_text_list') }} as ad_text_list,
        {{ tiktok_json_list('auto_message_list') }} as auto_message_list,
        {{ tiktok_json_list('call_to_action_list') }} as call_to_action_list,
        {{ tiktok_json_list('interactive_add_on_list') }} as interactive_add_on_list,
        {{ tiktok_json_list('page_list') }} as page_list,
        {{ tiktok_json_list('custom_product_page_url') }} as custom_product_page_list,
        {{ tiktok_json_list('deeplink_list') }} as deeplink_list,
        {%- for name in ['identity_id', 'identity_type'] %}
        coalesce(
            {{ tiktok_json_value('ad_configuration', [name]) }},
            {{ tiktok_json_value('creative_list', [0, 'creative_info', name]) }}
        ) as {{ name }},
        {%- endfor %}
        {%- for name in ['click_tracking_url', 'impression_tracking_url', 'tracking_app_id', 'tracking_message_event_set_id'] %}
        {{ tiktok_json_value('ad_configuration', ['tracking_info', name]) }} as tracking_info_{{ name }},
        {%- endfor %}
        {%- for name in ['phone_region_code', 'phone_region_calling_code', 'phone_number'] %}
        {{ tiktok_json_value('ad_configuration', ['phone_info', name]) }} as phone_info_{{ name }},
        {%- endfor %}
        {%- for name in ['dark_post_status', 'product_specific_type', 'product_set_id', 'end_card_cta', 'fallback_type', 'call_to_action_id'] %}
        {{ tiktok_json_value('ad_configuration', [name]) }} as {{ name }},
        {%- endfor %}
        {%- for name in ['creative_auto_add_toggle', 'catalog_creative_toggle'] %}
        cast({{ tiktok_json_value('ad_configuration', [name]) }} as boolean) as {{ name }},
        {%- endfor %}
        {%- for name in ['product_ids', 'product_display_field_list', 'auto_disclaimer_types'] %}
        {{ tiktok_json_list('ad_configuration', [name]) }} as {{ name }},
        {%- endfor %}
        {{ tiktok_json_list('ad_configuration', ['product_info', 'selling_points']) }} as product_info_selling_points,
        _airbyte_extracted_at as _fivetran_synced
    from smart_plus_ads

)

select *
from flattened
