-- Where does the money go?
select
    account.name as ad_account,
    account.currency,
    report.country_code as country,
    sum(cast(report.metrics ->> 'spend' as decimal(18, 2))) as spend,
    round(
        100 * sum(cast(report.metrics ->> 'spend' as decimal(18, 2)))
        / sum(sum(cast(report.metrics ->> 'spend' as decimal(18, 2)))) over (partition by account.name), 1
    ) as percent_of_account,
    sum(cast(report.metrics ->> 'conversion' as double)) as conversions
from campaigns_reports_by_country_daily as report
join advertisers as account using (advertiser_id)
group by account.name, account.currency, report.country_code
having sum(cast(report.metrics ->> 'spend' as decimal(18, 2))) > 0
order by ad_account, spend desc
