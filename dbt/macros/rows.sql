{# The newest row of each key: a destination that appends keeps what later syncs read again. #}
{% macro tiktok_newest(table, key) -%}
    select *
    from (
        select
            *,
            row_number() over (partition by {{ key | join(', ') }} order by _airbyte_extracted_at desc) as place
        from {{ source('tiktok_marketing', table) }}
    ) as placed
    where place = 1
{%- endmacro %}
