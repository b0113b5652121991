{{ config(enabled=var('tiktok_ads__using_creative_history', true)) }}

-- The package unites ad_history with creative_history and joins the reports on it, so that an ad in both counts twice,
-- and the spend of an ad in neither has no account.

with histories as (

    select distinct ad_id from {{ ref('stg_tiktok__ad_history') }}
    union all
    select distinct creative_id from {{ ref('stg_tiktok__creative_history') }}

),

reported as (

    select distinct ad_id from {{ ref('stg_tiktok__ad_report_hourly') }}

)

select
    reported.ad_id,
    count(histories.ad_id) as number_of_histories
from reported
left join histories on reported.ad_id = histories.ad_id
group by reported.ad_id
having count(histories.ad_id) <> 1
