"""Reads and checks a GMV Max report request: which group of dimensions it is, and what that group needs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from integration_tests.emulator.api.errors import refuse
from integration_tests.emulator.api.params import day, require
from integration_tests.emulator.data.facts import GMV_MAX
from integration_tests.emulator.gmv_max.figures import FIGURES
from integration_tests.emulator.reports.query import check_span

TIMES = ("stat_time_day", "stat_time_hour")
PRODUCT, LIVE = "PRODUCT", "LIVE"
# Group: the promotion types it covers, and the filters it cannot do without.
NEEDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "advertiser": ((PRODUCT, LIVE), ()),
    "product_campaign": ((PRODUCT,), ("gmv_max_promotion_types",)),
    "product_product": ((PRODUCT,), ("campaign_ids",)),
    "product_creative": ((PRODUCT,), ("campaign_ids", "item_group_ids")),
    "product_duration": ((PRODUCT,), ("campaign_ids", "item_group_ids")),
    "live_campaign": ((LIVE,), ("gmv_max_promotion_types",)),
    "live_room": ((LIVE,), ("campaign_ids",)),
    "live_duration": ((LIVE,), ("campaign_ids", "room_ids")),
}
OF_CAMPAIGNS = ("product_campaign", "live_campaign")
# Filters that take only campaigns, and those that say which objects.
CAMPAIGN_FILTERS = ("campaign_statuses", "campaign_name")
ID_FILTERS = ("campaign_ids", "item_group_ids", "item_ids", "room_ids")


@dataclass(frozen=True)
class GmvQuery:
    """A legal GMV Max report request."""

    group: str
    store: str
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    start: date
    end: date
    types: tuple[str, ...]
    filtering: dict[str, Any]
    sort: tuple[str, bool] | None

    @property
    def time(self) -> str | None:
        """The time dimension, if there is one."""
        return next((name for name in self.dimensions if name in TIMES), None)

    @property
    def only_with_cost(self) -> bool:
        """Whether rows without cost are left out: those of creatives by campaign, product and day."""
        return self.group == "product_creative" and len(self.dimensions) == len(("campaign", "product", "item", "day"))


def read_gmv_query(typed: dict[str, Any]) -> GmvQuery:
    """Return the query of typed parameters that passed the checks of their types."""
    if not typed["store_ids"]:
        raise refuse("store_ids: exactly one store is needed.")
    dimensions, filtering = tuple(typed["dimensions"]), typed.get("filtering", {})
    start, end = day("start_date", typed["start_date"]), day("end_date", typed["end_date"])
    if end < start:
        raise refuse("end_date must not be before start_date.")
    group = _group(dimensions, filtering)
    types, needed = NEEDS[group]
    require(filtering, needed)
    asked = tuple(filtering.get("gmv_max_promotion_types", types))
    if not set(asked) <= set(types):
        raise refuse(f"gmv_max_promotion_types: {list(asked)} does not go with dimensions {list(dimensions)}.")
    if group not in OF_CAMPAIGNS and (misplaced := [name for name in CAMPAIGN_FILTERS if name in filtering]):
        raise refuse(f"filtering: {misplaced} only with campaigns.")
    if invalid := [name for name in typed["metrics"] if not _is_offered(name, group, dimensions, filtering)]:
        raise refuse(f"Invalid metric fields: {invalid}.")
    time = next((name for name in dimensions if name in TIMES), None)
    check_span((end - start).days + 1, time)
    metrics = tuple(dict.fromkeys(typed["metrics"]))
    return GmvQuery(
        group, typed["store_ids"][0], dimensions, metrics, start, end, asked, filtering, _sort(typed, metrics)
    )


def _is_offered(metric: str, group: str, dimensions: tuple[str, ...], filtering: dict[str, Any]) -> bool:
    """Return whether a group has a metric. What describes an object needs a row that is about a single one."""
    if metric not in GMV_MAX[group]["metrics"]:
        return False
    ids = [name for name in dimensions if name not in (*TIMES, "duration")]
    is_single = len(ids) <= 1 and all(len(filtering[name]) == 1 for name in ID_FILTERS if name in filtering)
    return metric in FIGURES or group in OF_CAMPAIGNS or is_single


def _group(dimensions: tuple[str, ...], filtering: dict[str, Any]) -> str:
    """Return the group of dimensions; where the promotion types share theirs, a filter tells which it is."""
    fitting = [
        name
        for name, facts in GMV_MAX.items()
        if any(sorted(group) == sorted(dimensions) for group in facts["dimensions"])
    ]
    if not fitting:
        raise refuse(f"Invalid dimensions: {list(dimensions)}.")
    if len(fitting) == 1:
        return fitting[0]
    if "duration" in dimensions:
        return "live_duration" if "room_ids" in filtering else "product_duration"
    types = filtering.get("gmv_max_promotion_types", [])
    chosen = [name for name in fitting if list(NEEDS[name][0]) == types]
    if not chosen:
        raise refuse("gmv_max_promotion_types: exactly one of [PRODUCT, LIVE] is needed with these dimensions.")
    return chosen[0]


def _sort(typed: dict[str, Any], metrics: tuple[str, ...]) -> tuple[str, bool] | None:
    name = typed.get("sort_field")
    if name is None:
        return None
    if name not in metrics:
        raise refuse(f"sort_field: {name} is not among the metrics.")
    return name, typed.get("sort_type", "DESC") == "DESC"
