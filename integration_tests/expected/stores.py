"""The GMV Max reports as they must come out."""

from datetime import date
from typing import Any

from integration_tests.emulator import Advertiser, Emulator
from integration_tests.expected.casts import cast, nulled

Json = dict[str, Any]

STORE_REPORTS = {"gmv_max_product_campaign_reports_daily": "PRODUCT", "gmv_max_live_campaign_reports_daily": "LIVE"}


def expected_store_report(tiktok: Emulator, schema: Json, name: str, start: date, end: date) -> list[Json]:
    """The records of a GMV Max report of the stores that can have one, each asked with its own advertiser."""
    path = "gmv_max/report/get/"
    wish: Json = {"gmv_max_promotion_types": [STORE_REPORTS[name]], "campaign_statuses": ["STATUS_ALL"]}
    asked = {
        metric
        for request in tiktok.log.to(path)
        if request.params["filtering"]["gmv_max_promotion_types"] == [STORE_REPORTS[name]]
        for metric in request.params["metrics"]
    }
    return [
        cast(nulled({"advertiser_id": advertiser.id, "store_id": store, **row["dimensions"], **row}), schema)
        for advertiser in tiktok.world.advertisers
        for store in available_stores(tiktok, advertiser)
        for row in tiktok.rows_of(
            path,
            advertiser.id,
            store_ids=[store],
            dimensions=["campaign_id", "stat_time_day"],
            metrics=sorted(asked),
            filtering=wish,
            start_date=str(start),
            end_date=str(end),
        )
    ]


def available_stores(tiktok: Emulator, advertiser: Advertiser) -> list[str]:
    """The advertiser's stores that GMV Max is available to."""
    rows = tiktok.rows_of("gmv_max/store/list/", advertiser.id)
    return [row["store_id"] for row in rows if row["is_gmv_max_available"]]
