"""The report of videos and images: what each delivered in all ads that show it, deleted ones included."""

from typing import Any

from integration_tests.emulator.api.backend import Backend, Row
from integration_tests.emulator.api.errors import refuse
from integration_tests.emulator.api.params import day, require
from integration_tests.emulator.creatives.materials import Material, delivered, is_figure, materials, written
from integration_tests.emulator.lists.listing import Source
from integration_tests.emulator.world.counters import ZERO, plus
from integration_tests.emulator.world.entities import Advertiser, stamp

PATH = "creative/report/get/"
DEFAULT_INFO = ("material_id", "video_id", "image_id", "page_id")
DEFAULT_METRICS = ("impressions", "spend")
# Filter: the level of the objects whose materials it lets through. Their figures stay those of all ads.
OWNERS = {"ad_id": "ad", "adgroup_id": "adgroup", "campaign_id": "campaign"}


def creative_rows(backend: Backend, advertiser: Advertiser, typed: dict[str, Any]) -> list[Row]:
    """Return a row for each material of a type that any ad shows."""
    start = end = None
    if not typed.get("lifetime"):
        require(typed, ("start_date", "end_date"))
        start, end = day("start_date", typed["start_date"]), day("end_date", typed["end_date"])
    sort, metrics = typed["material_type"].lower(), typed.get("metrics_fields", DEFAULT_METRICS)
    if invalid := [name for name in metrics if not is_figure(name)]:
        raise refuse(f"Invalid metric fields: {invalid}.")
    if "total_active_days" in typed.get("info_fields", ()):
        raise refuse("info_fields: total_active_days is not supported.")
    now, wish, rows = backend.clock.now(), typed.get("filtering", {}), []
    ads = [] if sort == "instant_page" else backend.accounts[advertiser.id].chains("ad", now)
    by_id: dict[str, list[Material]] = {}
    for material in materials(advertiser, ads, sort, now):
        by_id.setdefault(material.id, []).append(material)
    for parts in by_id.values():
        whole = Material(parts[0].id, sort, parts[0].name, tuple(ad for part in parts for ad in part.ads))
        if not _is_wanted(whole, wish):
            continue
        total = ZERO
        for counters in delivered(backend, advertiser, whole.ads, start, end, "").values():
            total = plus(total, counters)
        info = _info(whole, sort)
        shown = {name: info.get(name) for name in typed.get("info_fields", DEFAULT_INFO)}
        rows.append({"info": shown, "metrics": written(metrics, total)})
    return rows


def _is_wanted(material: Material, wish: dict[str, Any]) -> bool:
    if material.id not in wish.get("material_id", [material.id]):
        return False
    return all(
        any((owner := ad.at(level)) and owner.id in wish[name] for ad in material.ads)
        for name, level in OWNERS.items()
        if name in wish
    )


def _info(material: Material, sort: str) -> Row:
    ads = sorted(ad.entity.id for ad in material.ads)
    groups = sorted({str(ad.entity.row["adgroup_id"]) for ad in material.ads})
    return {
        "material_id": material.id,
        "material_name": f"{material.name}.{'mp4' if sort == 'video' else 'jpeg'}",
        "video_id": f"v10033g5{material.id[-12:]}" if sort == "video" else None,
        "image_id": f"tos-alisg-i-{material.id[-12:]}-sg/cover" if sort == "image" else None,
        "create_time": stamp(min(ad.entity.created for ad in material.ads)),
        "source": "UPLOADED",
        "identity": "NON_SPARK_ADS",
        "country_code": ["US", "CA"],
        "placement": ["PLACEMENT_TIKTOK"],
        "num_ads": len(ads),
        "related_ad_ids": ads,
        "adgroup_number": len(groups),
        "related_adgroup_ids": groups,
    }


SOURCES: dict[str, Source] = {PATH: creative_rows}
