-- What changed? The last seven whole days of each ad account beside the seven before them.
with days as (
    select
        advertiser_id,
        cast(stat_time_day as date) as day,
        max(cast(stat_time_day as date)) over (partition by advertiser_id) as today,
        cast(metrics ->> 'spend' as decimal(18, 2)) as spend,
        cast(metrics ->> 'conversion' as double) as conversions
    from ads_reports_daily
),
weeks as (
    select
        advertiser_id,
        sum(spend) filter (where day between today - 7 and today - 1) as spend,
        sum(spend) filter (where day between today - 14 and today - 8) as spend_before,
        sum(conversions) filter (where day between today - 7 and today - 1) as conversions,
        sum(conversions) filter (where day between today - 14 and today - 8) as conversions_before
    from days
    group by advertiser_id
)
select
    account.name as ad_account,
    account.currency,
    weeks.spend_before,
    weeks.spend,
    round(100 * (weeks.spend / nullif(weeks.spend_before, 0) - 1), 1) as percent_more_spend,
    weeks.conversions_before,
    weeks.conversions,
    round(100 * (weeks.conversions / nullif(weeks.conversions_before, 0) - 1), 1) as percent_more_conversions
from weeks
join advertisers as account using (advertiser_id)
order by weeks.spend desc nulls last
