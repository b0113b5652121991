"""The lists of campaigns, ad groups and ads: filters, their defaults and their limits."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from integration_tests.emulator.api.errors import TOO_MANY_IDS, ApiError, refuse
from integration_tests.emulator.api.params import MAX_IDS, one_of, second, texts
from integration_tests.emulator.world.account import Account, Chain
from integration_tests.emulator.world.entities import Campaign
from integration_tests.emulator.world.statuses import STATUSES, status_fits

BUYING_TYPES = ("AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW")
DEFAULT_BUYING_TYPES = ["AUCTION", "RESERVATION_RF"]
TOP_VIEW = "RESERVATION_TOP_VIEW"
AUTOMATION = ("MANUAL", "SMART_PLUS", "UPGRADED_SMART_PLUS")
# Asking for one of them returns both.
SAME_OBJECTIVE: set[Any] = {"WEB_CONVERSIONS", "CONVERSIONS"}

Test = Callable[[Chain, dict[str, Any]], bool]
_SHARED = {
    "campaign_ids",
    "campaign_system_origins",
    "primary_status",
    "secondary_status",
    "objective_type",
    "buying_types",
    "optimization_goal",
    "creation_filter_start_time",
    "creation_filter_end_time",
    "campaign_automation_type",
}
FILTERS = {
    "campaign": _SHARED | {"campaign_name", "campaign_type", "is_smart_performance_campaign"},
    "adgroup": _SHARED | {"adgroup_ids", "adgroup_name", "promotion_type", "creative_material_mode", "billing_events"},
    "ad": _SHARED | {"adgroup_ids", "ad_ids", "creative_material_mode", "modified_after", "ad_name"},
}
# Filters that compare a column: filter -> level of the object with the column, column.
EQUAL = {
    "campaign_type": ("campaign", "campaign_type"),
    "is_smart_performance_campaign": ("campaign", "is_smart_performance_campaign"),
    "promotion_type": ("adgroup", "promotion_type"),
    "creative_material_mode": ("adgroup", "creative_material_mode"),
}


def select(account: Account, level: str, filtering: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Return the rows of a level that the filtering keeps, newest id first."""
    unknown = set(filtering) - FILTERS[level]
    if unknown:
        raise refuse(f"filtering: unknown field(s) {sorted(unknown)}.")
    tests = list(_tests(level, filtering, now))
    rows = ((chain, chain.entity.row_at(now)) for chain in account.chains(level, now))
    return [row for chain, row in rows if all(test(chain, row) for test in tests)]


def buying_types(filtering: dict[str, Any]) -> list[str]:
    """Return the buying types a filtering asks for; TopView only comes alone."""
    wanted = texts("buying_types", filtering.get("buying_types", DEFAULT_BUYING_TYPES))
    for item in wanted:
        one_of("buying_types", item, BUYING_TYPES)
    if TOP_VIEW in wanted and len(wanted) > 1:
        raise refuse("buying_types: RESERVATION_TOP_VIEW cannot be combined with other buying types.")
    return wanted


def _tests(level: str, filtering: dict[str, Any], now: datetime) -> Iterable[Test]:
    types = buying_types(filtering)
    yield lambda chain, _: _campaign(chain).buying_type in types
    origins = texts("campaign_system_origins", filtering.get("campaign_system_origins", ["TT_ADS_PLATFORM"]))
    yield lambda chain, _: _campaign(chain).system_origin in origins
    yield _status(level, filtering, now)
    for owner in ("campaign", "adgroup", "ad"):
        if f"{owner}_ids" in filtering:
            yield _ids(owner, filtering[f"{owner}_ids"])
        if f"{owner}_name" in filtering:
            yield _name(f"{owner}_name", str(filtering[f"{owner}_name"]))
    for name, (owner, column) in EQUAL.items():
        if name in filtering:
            yield _equal(owner, column, {filtering[name]}, now)
    if "billing_events" in filtering:
        yield _equal("adgroup", "billing_event", set(texts("billing_events", filtering["billing_events"])), now)
    if "optimization_goal" in filtering:
        yield _equal(
            "campaign" if level == "campaign" else "adgroup", "optimization_goal", {filtering["optimization_goal"]}, now
        )
    if "objective_type" in filtering:
        asked = filtering["objective_type"]
        yield _equal("campaign", "objective_type", SAME_OBJECTIVE if asked in SAME_OBJECTIVE else {asked}, now)
    if "campaign_automation_type" in filtering:
        one_of("campaign_automation_type", filtering["campaign_automation_type"], AUTOMATION)
        yield _equal("campaign", "campaign_automation_type", {filtering["campaign_automation_type"]}, now)
    yield from _times(filtering)


def _times(filtering: dict[str, Any]) -> Iterable[Test]:
    if "creation_filter_start_time" in filtering:
        start = second("creation_filter_start_time", filtering["creation_filter_start_time"])
        yield lambda _, row: bool(row["create_time"] >= start)
    if "creation_filter_end_time" in filtering:
        end = second("creation_filter_end_time", filtering["creation_filter_end_time"])
        yield lambda _, row: bool(row["create_time"] <= end)
    if "modified_after" in filtering:
        after = second("modified_after", filtering["modified_after"])
        yield lambda _, row: row["modify_time"] is not None and row["modify_time"] > after


def _status(level: str, filtering: dict[str, Any], now: datetime) -> Test:
    secondary = filtering.get("secondary_status")
    head = level.upper()
    if secondary is not None and secondary not in (f"{head}_STATUS_ALL", f"{head}_STATUS_NOT_DELETE"):
        return lambda _, row: bool(row["secondary_status"] == secondary)
    implied = "STATUS_ALL" if secondary == f"{head}_STATUS_ALL" else "STATUS_NOT_DELETE"
    wanted = filtering.get("primary_status", implied)
    one_of("primary_status", wanted, (*STATUSES, "STATUS_DELIVERY_PARTIAL", "STATUS_DELIVERY_CATALOG"))
    return lambda chain, _: status_fits(chain.entity.status_at(now), wanted)


def _ids(owner: str, value: Any) -> Test:
    ids = texts(f"{owner}_ids", value)
    if len(ids) > MAX_IDS:
        raise ApiError(TOO_MANY_IDS, f"{owner}_ids: at most {MAX_IDS} ids.")
    return lambda chain, _: getattr(chain.at(owner), "id", None) in ids


def _name(column: str, part: str) -> Test:
    return lambda _, row: part.lower() in str(row[column]).lower()


def _equal(owner: str, column: str, wanted: set[Any], now: datetime) -> Test:
    def test(chain: Chain, _: dict[str, Any]) -> bool:
        member = chain.at(owner)
        return member is not None and member.row_at(now).get(column) in wanted

    return test


def _campaign(chain: Chain) -> Campaign:
    campaign = chain.at("campaign")
    if not isinstance(campaign, Campaign):
        raise TypeError(f"{chain.entity.id} has no campaign")
    return campaign
