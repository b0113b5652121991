-- What did each campaign spend, day by day? Days are those of the ad account's time zone.
select
    cast(report.stat_time_day as date) as day,
    account.name as ad_account,
    account.currency,
    coalesce(campaign.campaign_name, report.metrics ->> 'campaign_name') as campaign,
    sum(cast(report.metrics ->> 'spend' as decimal(18, 2))) as spend,
    sum(cast(report.metrics ->> 'impressions' as bigint)) as impressions,
    sum(cast(report.metrics ->> 'clicks' as bigint)) as clicks
from ads_reports_daily as report
join advertisers as account using (advertiser_id)
left join ads as ad using (ad_id)
left join campaigns as campaign on campaign.campaign_id = ad.campaign_id
group by all
having sum(cast(report.metrics ->> 'spend' as decimal(18, 2))) > 0
order by day desc, spend desc
