{# A metric of a report row, exact; whether TikTok sends it as text or as a number makes no difference. #}
{% macro tiktok_metric(name) -%}
    cast({{ tiktok_json_value('metrics', [name]) }} as {{ dbt.type_numeric() }})
{%- endmacro %}

{# A metric that counts, as an integer. #}
{% macro tiktok_count(name) -%}
    cast({{ tiktok_metric(name) }} as {{ dbt.type_bigint() }})
{%- endmacro %}

{# The metrics of the daily models. #}
{% macro tiktok_daily_metrics() -%}
    {{ tiktok_metric('spend') }} as spend,
    {{ tiktok_count('impressions') }} as impressions,
    {{ tiktok_count('clicks') }} as clicks,
    {{ tiktok_count('reach') }} as reach,
    {{ tiktok_count('conversion') }} as conversions,
    {{ tiktok_count('complete_payment') }} as complete_payments,
    {{ tiktok_metric('total_complete_payment_rate') }} as complete_payment_value,
    {{ tiktok_count('video_play_actions') }} as video_plays,
    {{ tiktok_count('video_views_p100') }} as video_completions,
    {{ tiktok_count('likes') }} as likes,
    {{ tiktok_count('comments') }} as comments,
    {{ tiktok_count('shares') }} as shares,
    {{ tiktok_count('follows') }} as follows
{%- endmacro %}

{# An hourly report in the columns that the package reads. #}
{% macro tiktok_ads_hourly_report(table, id) %}
with rows_read as (

    {{ tiktok_newest(table, [id, 'stat_time_hour']) }}

),

reported as (

    select
        {{ id }},
        cast(stat_time_hour as {{ dbt.type_timestamp() }}) as stat_time_hour,
        {{ tiktok_ads_common_metrics() }},
        {{ tiktok_metric('reach') }} as reach,
        {{ tiktok_metric('likes') }} as likes,
        {{ tiktok_metric('comments') }} as comments,
        {{ tiktok_metric('shares') }} as shares,
        {{ tiktok_metric('follows') }} as follows,
        {{ tiktok_metric('profile_visits') }} as profile_visits,
        {{ tiktok_metric('total_purchase_value') }} as total_purchase_value,
        {{ tiktok_metric('total_sales_lead_value') }} as total_sales_lead_value,
        {{ tiktok_metric('average_video_play') }} as average_video_play,
        {{ tiktok_metric('average_video_play_per_user') }} as average_video_play_per_user,
        {{ tiktok_metric('video_play_actions') }} as video_play_actions,
        {{ tiktok_metric('video_views_p25') }} as video_views_p_25,
        {{ tiktok_metric('video_views_p50') }} as video_views_p_50,
        {{ tiktok_metric('video_views_p75') }} as video_views_p_75,
        {{ tiktok_metric('video_watched_2s') }} as video_watched_2_s,
        {{ tiktok_metric('video_watched_6s') }} as video_watched_6_s,
        _airbyte_extracted_at as _fivetran_synced
    from rows_read

)

select *
from reported
{% endmacro %}

{# The metrics that all reports of the package have, and those that you let pass through. #}
{% macro tiktok_ads_common_metrics() -%}
    {{ tiktok_metric('spend') }} as spend,
    {{ tiktok_metric('impressions') }} as impressions,
    {{ tiktok_metric('clicks') }} as clicks,
    {{ tiktok_metric('cpc') }} as cpc,
    {{ tiktok_metric('cpm') }} as cpm,
    {{ tiktok_metric('ctr') }} as ctr,
    {{ tiktok_count('conversion') }} as conversion,
    {{ tiktok_count('real_time_conversion') }} as real_time_conversion,
    {{ tiktok_metric('conversion_rate') }} as conversion_rate,
    {{ tiktok_metric('cost_per_conversion') }} as cost_per_conversion
    {%- for name in var('tiktok_marketing_passthrough_metrics') %},
    {{ tiktok_metric(name) }} as {{ name }}
    {%- endfor %}
{%- endmacro %}
