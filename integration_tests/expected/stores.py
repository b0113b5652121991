"""The GMV Max reports as they must come out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from integration_tests.emulator import Advertiser, Emulator
from integration_tests.emulator.data.facts import GMV_MAX
from integration_tests.emulator.gmv_max.delivery import rooms_of
from integration_tests.emulator.gmv_max.figures import FIGURES
from integration_tests.expected.casts import cast, nulled
from integration_tests.expected.days import days_between

Json = dict[str, Any]
PATH = "gmv_max/report/get/"


@dataclass(frozen=True)
class StoreReport:
    """A report: the emulator's group of dimensions, the promotion type, and the objects of a row."""

    group: str
    promotion: str
    ids: tuple[str, ...]
    time: str = "stat_time_day"
    alone: tuple[str, ...] = ()
    """The ids that TikTok is asked about one at a time, because it describes objects only so."""

    @property
    def is_of_campaigns(self) -> bool:
        """Whether a row is about a campaign, which can be described."""
        return self.group.endswith("_campaign")

    @property
    def dimensions(self) -> list[str]:
        """What a row is about."""
        return [*self.ids, *([self.time] if self.time else []), *(["duration"] if "duration" in self.group else [])]

    @property
    def metrics(self) -> list[str]:
        """Everything that TikTok offers for its rows."""
        offered = [name for name in GMV_MAX[self.group]["metrics"] if name not in self.ids]
        return [name for name in offered if self.is_of_campaigns or self.alone or name in FIGURES]


SIGNS = ("cost", "orders", "gross_revenue", "live_views")
HOUR = "stat_time_hour"
_PRODUCT, _ROOM = ("campaign_id", "item_group_id"), ("campaign_id", "room_id")
_DETAILS = {
    "gmv_max_product_details_reports": StoreReport(
        "product_product", "PRODUCT", ("item_group_id",), alone=("campaign_id",)
    ),
    "gmv_max_live_room_details_reports": StoreReport("live_room", "LIVE", ("room_id",), alone=("campaign_id",)),
}
STORE_REPORTS = {
    "gmv_max_advertiser_reports_daily": StoreReport("advertiser", "", ("advertiser_id",)),
    "gmv_max_advertiser_reports_hourly": StoreReport("advertiser", "", ("advertiser_id",), HOUR),
    "gmv_max_product_campaign_reports_daily": StoreReport("product_campaign", "PRODUCT", ("campaign_id",)),
    "gmv_max_product_campaign_reports_hourly": StoreReport("product_campaign", "PRODUCT", ("campaign_id",), HOUR),
    "gmv_max_live_campaign_reports_daily": StoreReport("live_campaign", "LIVE", ("campaign_id",)),
    "gmv_max_live_campaign_reports_hourly": StoreReport("live_campaign", "LIVE", ("campaign_id",), HOUR),
    "gmv_max_product_reports_daily": StoreReport("product_product", "PRODUCT", _PRODUCT),
    "gmv_max_creative_reports_daily": StoreReport("product_creative", "PRODUCT", (*_PRODUCT, "item_id")),
    "gmv_max_live_room_reports_daily": StoreReport("live_room", "LIVE", _ROOM),
    "gmv_max_product_reports_hourly": StoreReport("product_product", "PRODUCT", _PRODUCT, HOUR),
    "gmv_max_live_room_reports_hourly": StoreReport("live_room", "LIVE", _ROOM, HOUR),
    "gmv_max_creative_reports_total": StoreReport("product_creative", "PRODUCT", (*_PRODUCT, "item_id"), ""),
    "gmv_max_creative_details_reports_daily": StoreReport("product_creative", "PRODUCT", ("item_id",), alone=_PRODUCT),
    "gmv_max_product_duration_reports_total": StoreReport("product_duration", "PRODUCT", _PRODUCT, ""),
    "gmv_max_live_duration_reports_total": StoreReport("live_duration", "LIVE", _ROOM, ""),
    **{f"{name}_daily": report for name, report in _DETAILS.items()},
    **{f"{name}_hourly": replace(report, time=HOUR) for name, report in _DETAILS.items()},
    **{f"{name}_total": replace(report, time="") for name, report in _DETAILS.items()},
}


def expected_store_report(tiktok: Emulator, schema: Json, name: str, start: date, end: date) -> list[Json]:
    """The records of a GMV Max report of the stores that can have one, each asked with its own advertiser."""
    report = STORE_REPORTS[name]
    return [
        cast(nulled({"advertiser_id": advertiser.id, "store_id": store, **told, **row["dimensions"], **row}), schema)
        for advertiser in tiktok.world.advertisers
        for store in available_stores(tiktok, advertiser)
        for dates in _dates(report, start, end)
        for filtering in _filters(tiktok, report, advertiser, store)
        for told in [{name: filtering[f"{name}s"][0] for name in report.alone}]
        for row in _rows(tiktok, report, advertiser, store_ids=[store], filtering=filtering, **dates)
    ]


def _rows(tiktok: Emulator, report: StoreReport, advertiser: Advertiser, **question: Any) -> list[Json]:
    """The rows of a question; without time, TikTok shows objects without figures, too, which nobody asks about."""
    rows = tiktok.rows_of(PATH, advertiser.id, dimensions=report.dimensions, metrics=report.metrics, **question)
    signs = [name for name in SIGNS if name in report.metrics]
    has_figures = any(float(row["metrics"][name]) for row in rows for name in signs)
    return rows if has_figures or report.time else []


def _dates(report: StoreReport, start: date, end: date) -> Iterator[Json]:
    if report.time == HOUR:
        yield from ({"start_date": day, "end_date": day} for day in days_between(start, end))
    else:
        yield {"start_date": str(start), "end_date": str(end)}


def _filters(tiktok: Emulator, report: StoreReport, advertiser: Advertiser, store: str) -> Iterator[Json]:
    """The filters of the requests it takes: every campaign of the store, and each with its products or rooms."""
    if not report.promotion:
        yield {}
        return
    if report.is_of_campaigns:
        yield {"gmv_max_promotion_types": [report.promotion], "campaign_statuses": ["STATUS_ALL"]}
        return
    wish = {"gmv_max_promotion_types": [f"{report.promotion}_GMV_MAX"], "primary_status": "STATUS_ALL"}
    campaigns = [
        row
        for row in tiktok.rows_of("gmv_max/campaign/get/", advertiser.id, filtering=wish)
        if row["store_id"] == store
    ]
    for row in campaigns:
        own = {"campaign_ids": [row["campaign_id"]]}
        if "item_id" in report.ids or report.group == "product_duration":
            yield from (own | {"item_group_ids": [product]} for product in row["item_group_ids"])
        elif report.group == "live_duration":
            yield from (own | {"room_ids": [room]} for room in rooms_of(row))
        else:
            yield own


def available_stores(tiktok: Emulator, advertiser: Advertiser) -> list[str]:
    """The advertiser's stores that GMV Max is available to."""
    rows = tiktok.rows_of("gmv_max/store/list/", advertiser.id)
    return [row["store_id"] for row in rows if row["is_gmv_max_available"]]
