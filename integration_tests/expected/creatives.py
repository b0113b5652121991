"""The reports of creatives as they must come out."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from integration_tests.emulator import Advertiser, Emulator
from integration_tests.expected.casts import cast, nulled
from integration_tests.expected.days import days_between

Json = dict[str, Any]

SMART_PLUS = {
    "smart_plus_creatives_reports_daily": "smart_plus/material_report/breakdown/",
    "smart_plus_creatives_reports_lifetime": "smart_plus/material_report/overview/",
}
# The same by ad, for which TikTok tells no days: a request is about one.
SMART_PLUS_ADS = {
    f"smart_plus_ads_creatives_reports_{grain}": SMART_PLUS["smart_plus_creatives_reports_lifetime"]
    for grain in ("daily", "lifetime")
}
MATERIALS = {"creative_reports_video_lifetime": "VIDEO", "creative_reports_image_lifetime": "IMAGE"}
CREATIVE_REPORTS = (*SMART_PLUS, *SMART_PLUS_ADS, *MATERIALS)


def expected_creatives(tiktok: Emulator, schema: Json, name: str, start: date, end: date) -> list[Json]:
    """The records of a report of creatives of all accounts, with every metric and field that its schema promises."""
    rows = _smart_plus if name in SMART_PLUS else _smart_plus_ads if name in SMART_PLUS_ADS else _materials
    return [
        cast(nulled({"advertiser_id": advertiser.id, **row}), schema)
        for advertiser in tiktok.world.advertisers
        for row in rows(tiktok, advertiser, schema, name, start, end)
    ]


def _smart_plus(
    tiktok: Emulator, advertiser: Advertiser, schema: Json, name: str, start: date, end: date
) -> Iterator[Json]:
    metrics = [metric for metric in schema["properties"]["metrics"]["properties"] if metric != "main_material_name"]
    wish: Json = {"dimensions": ["advertiser_id", "main_material_id"], "query_lifetime": True}
    if name.endswith("_daily"):
        wish = {
            "dimensions": ["main_material_id", "stat_time_day"],
            "start_date": str(start),
            "end_date": str(min(end, tiktok.clock.local(advertiser.timezone).date())),
        }
    for row in tiktok.rows_of(SMART_PLUS[name], advertiser.id, metrics=metrics, **wish):
        yield {**row["dimensions"], **row}


def _smart_plus_ads(
    tiktok: Emulator, advertiser: Advertiser, schema: Json, name: str, start: date, end: date
) -> Iterator[Json]:
    metrics = [metric for metric in schema["properties"]["metrics"]["properties"] if metric != "main_material_name"]
    wish = {"dimensions": ["smart_plus_ad_id", "main_material_id"], "metrics": metrics}
    path = SMART_PLUS_ADS[name]
    if name.endswith("_lifetime"):
        for row in tiktok.rows_of(path, advertiser.id, query_lifetime=True, **wish):
            yield {**row["dimensions"], **row}
        return
    for day in days_between(start, min(end, tiktok.clock.local(advertiser.timezone).date())):
        for row in tiktok.rows_of(path, advertiser.id, start_date=day, end_date=day, **wish):
            yield {"stat_time_day": f"{day} 00:00:00", **row["dimensions"], **row}


def _materials(tiktok: Emulator, advertiser: Advertiser, schema: Json, name: str, _: date, __: date) -> Iterator[Json]:
    properties = schema["properties"]
    for row in tiktok.rows_of(
        "creative/report/get/",
        advertiser.id,
        material_type=MATERIALS[name],
        lifetime=True,
        info_fields=[field for field in properties if field not in ("advertiser_id", "metrics")],
        metrics_fields=list(properties["metrics"]["properties"]),
    ):
        yield {**row["info"], "metrics": row["metrics"]}
