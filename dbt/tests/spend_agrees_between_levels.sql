-- Campaigns must add up to their account, and ads to their campaign. A sum of rounded amounts may be half a cent a row
-- off. A day counts here if it was read three days later: before that, a level may have been read before the other grew.

{% set levels = [
    ('advertiser_id', 'tiktok__account_daily', 'tiktok__campaign_daily'),
    ('campaign_id', 'tiktok__campaign_daily', 'tiktok__ad_daily'),
] %}

with
{%- for id, whole, part in levels %}

{{ whole }}_parts as (

    select
        date_day,
        {{ id }},
        sum(spend) as spend,
        count(*) as number_of_rows,
        min(extracted_at) as extracted_at
    from {{ ref(part) }}
    group by 1, 2

),

{{ whole }}_compared as (

    select
        '{{ part }}' as level,
        coalesce(whole.date_day, parts.date_day) as date_day,
        coalesce(whole.{{ id }}, parts.{{ id }}) as id,
        coalesce(whole.spend, 0) as spend,
        coalesce(parts.spend, 0) as spend_of_parts,
        (coalesce(parts.number_of_rows, 0) + 1) * 0.005 as rounding,
        least(
            coalesce(whole.extracted_at, parts.extracted_at),
            coalesce(parts.extracted_at, whole.extracted_at)
        ) as extracted_at
    from {{ ref(whole) }} as whole
    full outer join {{ whole }}_parts as parts
        on whole.{{ id }} = parts.{{ id }} and whole.date_day = parts.date_day

),
{%- endfor %}

compared as (

    select * from tiktok__account_daily_compared
    union all
    select * from tiktok__campaign_daily_compared

)

select *
from compared
where abs(spend - spend_of_parts) > rounding
    and cast(extracted_at as date) >= cast({{ dbt.dateadd('day', 3, 'date_day') }} as date)
