"""What the lists filter by and sort by."""

from collections.abc import Callable
from typing import Any

from integration_tests.emulator.data.facts import STATUSES
from integration_tests.emulator.lists.entity_filters import SAME_OBJECTIVE
from integration_tests.emulator.world.draws import scramble
from integration_tests.emulator.world.entities import at
from integration_tests.emulator.world.statuses import status_fits

Row = dict[str, Any]
Keep = Callable[[Row], bool]
# Makes the test of a row from what the request asks for.
Filter = Callable[[Any], Keep]


def _equals(column: str) -> Filter:
    return lambda wanted: lambda row: bool(at(row, column) == wanted)


def _within(column: str) -> Filter:
    return lambda wanted: lambda row: at(row, column) in wanted


def _contains(column: str) -> Filter:
    return lambda wanted: lambda row: wanted.lower() in str(at(row, column)).lower()


def _shares(column: str) -> Filter:
    return lambda wanted: lambda row: not set(wanted).isdisjoint(at(row, column) or [])


def _since(column: str) -> Filter:
    return lambda wanted: lambda row: at(row, column) >= wanted


def _until(column: str) -> Filter:
    return lambda wanted: lambda row: at(row, column) <= wanted


def _after(column: str) -> Filter:
    return lambda wanted: lambda row: at(row, column) is not None and at(row, column) > wanted


def _status(kind: str) -> Filter:
    def make(wanted: str) -> Keep:
        return lambda row: status_fits(STATUSES[kind].get(row["secondary_status"], "STATUS_NOT_DELIVERY"), wanted)

    return make


def _secondary(kind: str) -> Filter:
    head = f"{kind.upper()}_STATUS_"

    def make(wanted: str) -> Keep:
        if wanted in (f"{head}ALL", f"{head}NOT_DELETE"):
            return _status(kind)("STATUS_" + wanted.removeprefix(head))
        return lambda row: bool(row["secondary_status"] == wanted)

    return make


def _objective(wanted: str) -> Keep:
    accepted = SAME_OBJECTIVE if wanted in SAME_OBJECTIVE else {wanted}
    return lambda row: row["objective_type"] in accepted


def _ratio(wanted: list[float]) -> Keep:
    accepted = {round(ratio, 2) for ratio in wanted}
    return lambda row: round(row["width"] / row["height"], 2) in accepted


def _promotions(wanted: list[str]) -> Keep:
    return lambda row: f"{row['shopping_ads_type']}_GMV_MAX" in wanted


def _rule_info(wanted: list[str]) -> Keep:
    return lambda row: any(word.lower() in row["name"].lower() or word == row["rule_id"] for word in wanted)


def _dimension(wanted: str) -> Keep:
    return lambda row: any(item["dimesion"] == wanted for item in row["apply_objects"])


def _for_catalogs(wanted: bool) -> Keep:  # noqa: FBT001 - the value of the request
    return lambda row: bool(row["asset_ownership"]["ownership_status"]) or not wanted


_TIMES: dict[str, Filter] = {
    "filtering.creation_filter_start_time": _since("create_time"),
    "filtering.creation_filter_end_time": _until("create_time"),
}


def _smart(kind: str) -> dict[str, Filter]:
    return {
        **_TIMES,
        "filtering.campaign_ids": _within("campaign_id"),
        "filtering.campaign_name": _contains("campaign_name"),
        "filtering.adgroup_ids": _within("adgroup_id"),
        "filtering.adgroup_name": _contains("adgroup_name"),
        "filtering.smart_plus_ad_ids": _within("smart_plus_ad_id"),
        "filtering.objective_type": _objective,
        "filtering.optimization_goal": _equals("optimization_goal"),
        "filtering.promotion_type": _equals("promotion_type"),
        "filtering.sales_destination": _equals("sales_destination"),
        "filtering.modified_after": _after("modify_time"),
        "filtering.primary_status": _status(kind),
        "filtering.secondary_status": _secondary(kind),
    }


_DEPTH: tuple[str, ...] = ("COUNTRY", "PROVINCE", "CITY", "DISTRICT")
_LEVELS: dict[str, tuple[str, ...]] = {f"TO_{level}": _DEPTH[: place + 1] for place, level in enumerate(_DEPTH)} | {
    "ALL": _DEPTH
}

# Path: parameter, or field of the filtering -> the test it makes.
FILTERS: dict[str, dict[str, Filter]] = {
    "file/image/ad/search/": {
        "filtering.image_ids": _within("image_id"),
        "filtering.material_ids": _within("material_id"),
        "filtering.height": _equals("height"),
        "filtering.width": _equals("width"),
        "filtering.ratio": _ratio,
        "filtering.displayable": _equals("displayable"),
    },
    "file/video/ad/search/": {
        "filtering.video_ids": _within("video_id"),
        "filtering.material_ids": _within("material_id"),
        "filtering.video_name": _contains("file_name"),
    },
    "file/music/get/": {
        "filtering.keyword": _contains("name"),
        "filtering.music_ids": _within("music_id"),
        "filtering.material_ids": _within("material_id"),
        "filtering.styles": _within("style"),
        "filtering.sources": _shares("sources"),
    },
    "creative/portfolio/list/": {
        "filtering.creative_portfolio_ids": _within("creative_portfolio_id"),
        "filtering.creative_portfolio_types": _within("creative_portfolio_type"),
    },
    "dmp/custom_audience/list/": {"custom_audience_ids": _within("audience_id")},
    "dmp/saved_audience/list/": {"saved_audience_ids": _within("saved_audience_id")},
    "tt_video/list/": {"item_types": _within("item_info.item_type"), "keyword": _contains("item_info.text")},
    "pixel/list/": {
        "pixel_id": _equals("pixel_id"),
        "code": _equals("pixel_code"),
        "name": _contains("pixel_name"),
        "filtering.available_for_catalog_only": _for_catalogs,
    },
    "gmv_max/campaign/get/": {
        **_TIMES,
        "filtering.gmv_max_promotion_types": _promotions,
        "filtering.store_ids": _within("store_id"),
        "filtering.campaign_ids": _within("campaign_id"),
        "filtering.campaign_name": _contains("campaign_name"),
        "filtering.primary_status": _status("campaign"),
    },
    "smart_plus/campaign/get/": _smart("campaign"),
    "smart_plus/adgroup/get/": _smart("adgroup"),
    "smart_plus/ad/get/": _smart("ad"),
    "identity/get/": {
        "identity_type": _equals("identity_type"),
        "identity_authorized_bc_id": _equals("identity_authorized_bc_id"),
        "filtering.keyword": _contains("display_name"),
    },
    "app/list/": {"app_platform_ids": _within("app_platform_id")},
    "custom_conversion/list/": {
        "event_source_type": _equals("event_source_type"),
        "event_source_id": _equals("event_source_id"),
        "search_keyword": _contains("name"),
    },
    "optimizer/rule/list/": {
        "filtering.status": _equals("rule_status"),
        "filtering.rule_info": _rule_info,
        "filtering.data_dimension": _dimension,
    },
    "tool/region/": {"level_range": lambda wanted: lambda row: row["level"] in _LEVELS[wanted]},
    "tool/action_category/": {"special_industries": _shares("special_industries")},
    "tool/interest_category/": {
        "placements": lambda wanted: lambda row: "ALL" in wanted or bool(set(wanted) & set(row["placements"])),
        "special_industries": _shares("special_industries"),
    },
}
_UNDELETED: dict[str, Any] = {"filtering.primary_status": "STATUS_NOT_DELETE"}
# What a request asks for when it does not say.
DEFAULTS: dict[str, dict[str, Any]] = {
    "tt_video/list/": {"item_types": ["VIDEO"]},
    "gmv_max/campaign/get/": _UNDELETED,
    "smart_plus/campaign/get/": _UNDELETED,
    "smart_plus/adgroup/get/": _UNDELETED,
    "smart_plus/ad/get/": _UNDELETED,
}


def _fired(row: Row) -> int:
    """Return how often a custom conversion happened: what TOTAL_COUNT sorts by, though rows do not show it."""
    return scramble(int(row["custom_conversion_id"])) % 10_000


# Path: the sort key and whether it descends; lists that are not here come newest first.
ORDERS: dict[str, Callable[[dict[str, Any]], tuple[Callable[[Row], Any], bool]]] = {
    "file/video/ad/search/": lambda typed: (
        lambda row: row["modify_time" if typed.get("sort_field") == "MODIFY_TIME" else "create_time"],
        True,
    ),
    "pixel/list/": lambda typed: (lambda row: row["create_time"], typed.get("order_by") == "LATEST_CREATE"),
    "custom_conversion/list/": lambda typed: (
        _fired if typed.get("sort_field") == "TOTAL_COUNT" else lambda row: row["create_time"],
        typed.get("sort_type") != "ASC",
    ),
}
