-- Which ads earn what they cost? A purchase happens in an app, on a website or in TikTok's own checkout.
with by_ad as (
    select
        advertiser_id,
        ad_id,
        sum(cast(metrics ->> 'spend' as decimal(18, 2))) as spend,
        sum(cast(metrics ->> 'conversion' as double)) as conversions,
        sum(
            coalesce(cast(metrics ->> 'total_purchase_value' as double), 0)
            + coalesce(cast(metrics ->> 'total_onsite_shopping_value' as double), 0)
            + coalesce(
                cast(metrics ->> 'complete_payment' as double)
                * cast(metrics ->> 'value_per_complete_payment' as double), 0
            )
        ) as purchase_value
    from ads_reports_daily
    group by advertiser_id, ad_id
)
select
    account.name as ad_account,
    account.currency,
    ad.ad_name as ad,
    by_ad.spend,
    by_ad.conversions,
    round(by_ad.spend / nullif(by_ad.conversions, 0), 2) as cost_per_conversion,
    round(by_ad.purchase_value, 2) as purchase_value,
    round(by_ad.purchase_value / nullif(by_ad.spend, 0), 2) as return_on_ad_spend
from by_ad
join advertisers as account using (advertiser_id)
left join ads as ad using (ad_id)
where by_ad.spend > 0
order by return_on_ad_spend desc nulls last, by_ad.spend desc
