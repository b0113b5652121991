-- At which hours of the ad account's day do people click, and at what price?
select
    account.name as ad_account,
    extract(hour from report.stat_time_hour) as hour,
    sum(cast(report.metrics ->> 'spend' as decimal(18, 2))) as spend,
    sum(cast(report.metrics ->> 'clicks' as bigint)) as clicks,
    round(
        sum(cast(report.metrics ->> 'spend' as decimal(18, 2)))
        / nullif(sum(cast(report.metrics ->> 'clicks' as bigint)), 0), 2
    ) as cost_per_click
from campaigns_reports_hourly as report
join advertisers as account using (advertiser_id)
group by all
having sum(cast(report.metrics ->> 'spend' as decimal(18, 2))) > 0
order by ad_account, hour
