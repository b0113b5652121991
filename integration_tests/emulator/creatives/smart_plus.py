"""The creative reports of Upgraded Smart+: an overview by object, and a breakdown by time."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from integration_tests.emulator.api.backend import Backend, Row
from integration_tests.emulator.api.errors import refuse
from integration_tests.emulator.api.params import day, require
from integration_tests.emulator.creatives.materials import delivered, is_figure, materials, written
from integration_tests.emulator.data.facts import NOT_IN_SMART_PLUS
from integration_tests.emulator.lists.listing import Source
from integration_tests.emulator.lists.smart_plus import chains
from integration_tests.emulator.world.account import Chain
from integration_tests.emulator.world.entities import Advertiser

OVERVIEW, BREAKDOWN = "smart_plus/material_report/overview/", "smart_plus/material_report/breakdown/"
MATERIAL = "main_material_id"
# Dimension: the level and the column of the object that it is about.
OBJECTS = {
    "advertiser_id": ("advertiser", "advertiser_id"),
    "campaign_id": ("campaign", "campaign_id"),
    "adgroup_id": ("adgroup", "adgroup_id"),
    "smart_plus_ad_id": ("ad", "smart_plus_ad_id"),
}
# Time dimension: the days that a request may span with it.
SPANS = {"stat_time_day": 365, "stat_time_hour": 7}
LONGEST = 365
DEFAULT_METRICS = ("spend",)


def overview_rows(backend: Backend, advertiser: Advertiser, typed: dict[str, Any]) -> list[Row]:
    """Return a row for each object and material that delivered."""
    dimensions = typed["dimensions"]
    objects = [name for name in dimensions if name in OBJECTS]
    if len(objects) != 1 or sorted(dimensions) != sorted([objects[0], MATERIAL]):
        raise refuse(f"dimensions: an object and a material are needed, got {dimensions}.")
    start, end = (None, None) if typed.get("query_lifetime") else _dates(typed, LONGEST)
    metrics = _metrics(typed)
    chosen = _chosen(backend, advertiser, typed.get("filtering", {}))
    groups: dict[str, list[Chain]] = {}
    for ad in chosen:
        groups.setdefault(_object(ad, objects[0]), []).append(ad)
    rows = [
        {
            "dimensions": {objects[0]: name, MATERIAL: material.id, "main_material_type": material.type},
            "metrics": written(metrics, counters) | {"main_material_name": material.name},
        }
        for name, ads in groups.items()
        for material in materials(advertiser, ads, "video", backend.clock.now())
        for counters in delivered(backend, advertiser, material.ads, start, end, "").values()
    ]
    return _by_spend(rows)


def breakdown_rows(backend: Backend, advertiser: Advertiser, typed: dict[str, Any]) -> list[Row]:
    """Return a row for each material of the account, and each stretch of time in which it delivered."""
    dimensions = typed["dimensions"]
    times = [name for name in dimensions if name in SPANS]
    if len(times) > 1 or sorted(dimensions) != sorted([MATERIAL, *times]):
        raise refuse(f"dimensions: a material and at most one time dimension are needed, got {dimensions}.")
    time = next(iter(times), "")
    start, end = _dates(typed, SPANS.get(time, LONGEST))
    metrics, ads = _metrics(typed), chains(backend, advertiser, "ad")
    rows = [
        {
            "dimensions": {MATERIAL: material.id, "main_material_type": material.type}
            | ({time: stamp} if time else {}),
            "metrics": written(metrics, counters) | {"main_material_name": material.name, "multi_name": material.name},
        }
        for material in materials(advertiser, ads, "video", backend.clock.now())
        for stamp, counters in delivered(backend, advertiser, material.ads, start, end, time).items()
    ]
    return _by_spend(rows)


def _dates(typed: dict[str, Any], longest: int) -> tuple[date, date]:
    require(typed, ("start_date", "end_date"))
    start, end = day("start_date", typed["start_date"]), day("end_date", typed["end_date"])
    if end < start:
        raise refuse("end_date must not be before start_date.")
    if (end - start).days >= longest:
        raise refuse(f"max time span must be less than {longest} days")
    return start, end


def _metrics(typed: dict[str, Any]) -> list[str]:
    """Return the metrics: those of ads, but for what counts people or results."""
    names = list(dict.fromkeys(typed.get("metrics") or DEFAULT_METRICS))
    if invalid := [name for name in names if not is_figure(name) or name in NOT_IN_SMART_PLUS]:
        raise refuse(f"Invalid metric fields: {invalid}.")
    return names


def _chosen(backend: Backend, advertiser: Advertiser, wish: dict[str, Any]) -> Iterable[Chain]:
    """Return the ads that a filter lets through."""
    if len(wish) > 1:
        raise refuse(f"filtering: at most one of {sorted(wish)}.")
    ads = chains(backend, advertiser, "ad")
    for name, ids in wish.items():
        ads = [ad for ad in ads if _object(ad, name.removesuffix("s")) in ids]
    return ads


def _object(ad: Chain, dimension: str) -> str:
    level, column = OBJECTS[dimension]
    owner = ad.at(level)
    return str(owner.row.get(column)) if owner else ""


def _by_spend(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: float(row["metrics"].get("spend", 0)), reverse=True)


SOURCES: dict[str, Source] = {OVERVIEW: overview_rows, BREAKDOWN: breakdown_rows}
