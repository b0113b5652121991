-- Which videos make people stop and click, in all the ads that use them?
select
    account.name as ad_account,
    ad.video_id,
    any_value(coalesce(video.file_name, ad.ad_name)) as video,
    count(distinct ad.ad_id) as ads,
    sum(cast(report.metrics ->> 'spend' as decimal(18, 2))) as spend,
    sum(cast(report.metrics ->> 'impressions' as bigint)) as impressions,
    round(
        100.0 * sum(cast(report.metrics ->> 'video_watched_2s' as bigint))
        / nullif(sum(cast(report.metrics ->> 'impressions' as bigint)), 0), 2
    ) as percent_watched_2_seconds,
    round(
        100.0 * sum(cast(report.metrics ->> 'clicks' as bigint))
        / nullif(sum(cast(report.metrics ->> 'impressions' as bigint)), 0), 2
    ) as percent_clicked
from ads_reports_daily as report
join ads as ad using (ad_id)
join advertisers as account on account.advertiser_id = report.advertiser_id
left join creative_assets_videos as video on video.video_id = ad.video_id
where ad.video_id <> ''
group by account.name, ad.video_id
having sum(cast(report.metrics ->> 'spend' as decimal(18, 2))) > 0
order by spend desc
