{#
    Access to columns that hold JSON. A path is a list of names and, for places in a list, numbers.

    tiktok_json_value:  the text of a single value
    tiktok_json_list:   a list or an object as JSON text
    tiktok_json_pluck:  a list of objects as JSON text of a list with one field of each
#}

{% macro tiktok_json_value(column, path) %}
    {{- return(adapter.dispatch('tiktok_json_value')(column, path)) -}}
{% endmacro %}

{% macro tiktok_json_list(column, path=[]) %}
    {{- return(adapter.dispatch('tiktok_json_list')(column, path)) -}}
{% endmacro %}

{% macro tiktok_json_pluck(column, field) %}
    {{- return(adapter.dispatch('tiktok_json_pluck')(column, field)) -}}
{% endmacro %}


{% macro tiktok_json_path(path) %}
    {%- set steps = ['$'] -%}
    {%- for step in path -%}
        {%- do steps.append('[' ~ step ~ ']' if step is number else '.' ~ step) -%}
    {%- endfor -%}
    {{- return(steps | join) -}}
{% endmacro %}


{% macro duckdb__tiktok_json_value(column, path) -%}
    json_extract_string({{ column }}, '{{ tiktok_json_path(path) }}')
{%- endmacro %}

{% macro duckdb__tiktok_json_list(column, path) -%}
    cast(json_extract({{ column }}, '{{ tiktok_json_path(path) }}') as varchar)
{%- endmacro %}

{% macro duckdb__tiktok_json_pluck(column, field) -%}
    cast(to_json(json_extract({{ column }}, '$[*].{{ field }}')) as varchar)
{%- endmacro %}


{% macro default__tiktok_json_value(column, path) -%}
    ({{ column }} #>> '{{ '{' ~ path | join(',') ~ '}' }}')
{%- endmacro %}

{% macro default__tiktok_json_list(column, path) -%}
    ({{ column }} #>> '{{ '{' ~ path | join(',') ~ '}' }}')
{%- endmacro %}

{% macro default__tiktok_json_pluck(column, field) -%}
    cast(jsonb_path_query_array({{ column }}, '$[*].{{ field }}') as text)
{%- endmacro %}


{% macro bigquery__tiktok_json_value(column, path) -%}
    json_value({{ column }}, '{{ tiktok_json_path(path) }}')
{%- endmacro %}

{% macro bigquery__tiktok_json_list(column, path) -%}
    to_json_string(json_query({{ column }}, '{{ tiktok_json_path(path) }}'))
{%- endmacro %}

{% macro bigquery__tiktok_json_pluck(column, field) -%}
    to_json_string(array(select json_value(element, '$.{{ field }}') from unnest(json_query_array({{ column }})) as element))
{%- endmacro %}


{% macro snowflake__tiktok_json_value(column, path) -%}
    cast(get_path(to_variant({{ column }}), '{{ tiktok_json_path(path)[1:] | trim('.') }}') as varchar)
{%- endmacro %}

{% macro snowflake__tiktok_json_list(column, path) -%}
    to_json({{ 'get_path(to_variant(' ~ column ~ "), '" ~ tiktok_json_path(path)[1:] | trim('.') ~ "')" if path else 'to_variant(' ~ column ~ ')' }})
{%- endmacro %}

{% macro snowflake__tiktok_json_pluck(column, field) -%}
    to_json(to_variant(transform(to_array({{ column }}), element -> element:{{ field }})))
{%- endmacro %}
