"""The `filtering` of reports: which objects and which breakdown values a report covers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from integration_tests.emulator.api.errors import TOO_MANY_IDS, ApiError, refuse
from integration_tests.emulator.api.params import MAX_IDS, one_of, texts
from integration_tests.emulator.lists.entity_filters import BUYING_TYPES, DEFAULT_BUYING_TYPES
from integration_tests.emulator.reports.attributes import BY_ASSET_GROUP, BY_CREATIVE, asset_group_id
from integration_tests.emulator.world.account import LEVELS, Chain
from integration_tests.emulator.world.entities import Campaign
from integration_tests.emulator.world.statuses import STATUSES, status_fits

# Filters on the ids of ads, and the dimension that has the other ids.
OF_THE_OTHER_IDS = {"ad_ids": BY_ASSET_GROUP, "ad_ids_v2": BY_CREATIVE}


@dataclass(frozen=True)
class Filter:
    """One field of the filtering: the level it applies to, how it compares, and what it compares with."""

    field: str
    level: str
    accepts: Callable[[Chain, datetime], bool]


def status_filter(level: str, wanted: list[str]) -> Filter:
    """Return the filter on the primary status of a level."""
    for status in wanted:
        one_of(f"{level}_status", status, STATUSES)

    def accepts(chain: Chain, now: datetime) -> bool:
        member = chain.at(level)
        return member is not None and any(status_fits(member.status_at(now), status) for status in wanted)

    return Filter(f"{level}_status", level, accepts)


def read_filters(
    items: list[dict[str, Any]], level: str, id_dimension: str | None, most_ids: int
) -> tuple[list[Filter], tuple[str, ...] | None]:
    """Return the filters on objects, and the countries asked for, None for all."""
    filters: list[Filter] = []
    countries: tuple[str, ...] | None = None
    for item in items:
        if set(item) != {"field_name", "filter_type", "filter_value"}:
            raise refuse("filtering: each filter needs exactly field_name, filter_type and filter_value.")
        name, values = str(item["field_name"]), _values(item)
        if name == "country_code":
            countries = tuple(values)
            continue
        if OF_THE_OTHER_IDS.get(name) == id_dimension is not None:
            raise refuse(f"filtering: {name} does not go with the dimension {id_dimension}.")
        found = _filter(name, values, most_ids)
        if LEVELS.index(found.level) > LEVELS.index(level):
            raise refuse(f"filtering: {name} does not apply at this data_level.")
        filters.append(found)
    return [*filters, *_defaults(level, {item.field for item in filters})], countries


def _defaults(level: str, given: set[str]) -> Iterator[Filter]:
    """Yield what a report filters by unless the request says otherwise; an account's own report holds everything."""
    if level == "advertiser":
        return
    if f"{level}_status" not in given:
        yield status_filter(level, ["STATUS_NOT_DELETE"])
    if "buying_type" not in given:
        yield _buying_types(DEFAULT_BUYING_TYPES)


def _values(item: dict[str, Any]) -> list[str]:
    name, raw = item["field_name"], item["filter_value"]
    one_of("filter_type", item["filter_type"], ("MATCH",) if str(name).endswith("_name") else ("IN",))
    if not isinstance(raw, str):
        raise refuse("filtering: error unmarshaling parameter")
    if item["filter_type"] == "MATCH":
        return [raw]
    try:
        return texts("filtering", orjson.loads(raw))
    except orjson.JSONDecodeError as error:
        raise refuse("filtering: error unmarshaling parameter") from error


def _filter(name: str, values: list[str], most_ids: int) -> Filter:
    head, _, tail = name.rpartition("_")
    if head in LEVELS[1:] and tail == "status":
        return status_filter(head, values)
    if name == "ad_ids_v2":
        if len(values) > MAX_IDS:
            raise ApiError(TOO_MANY_IDS, f"{name}: at most {MAX_IDS} ids.")
        return Filter(name, "ad", lambda chain, now: asset_group_id(chain, now) in values)
    if head in LEVELS[1:] and tail == "ids":
        if len(values) > most_ids:
            raise ApiError(TOO_MANY_IDS, f"{name}: at most {most_ids} ids.")
        return Filter(name, head, lambda chain, _: getattr(chain.at(head), "id", None) in values)
    if head in LEVELS[1:] and tail == "name":
        return Filter(name, head, lambda chain, now: values[0].lower() in _column(chain, head, name, now).lower())
    if name == "buying_type":
        return _buying_types(values)
    if name in ("objective_type", "campaign_automation_type"):
        return Filter(name, "campaign", lambda chain, now: _column(chain, "campaign", name, now) in values)
    raise refuse(f"filtering: unknown field_name {name!r}.")


def _buying_types(wanted: list[str]) -> Filter:
    """Return the filter on what campaigns were bought as. Unlike in lists, TopView may be asked for with others."""
    for item in wanted:
        one_of("buying_type", item, BUYING_TYPES)
    return Filter("buying_type", "campaign", lambda chain, _: _buying_type(chain) in wanted)


def _column(chain: Chain, level: str, name: str, now: datetime) -> str:
    member = chain.at(level)
    return "" if member is None else str(member.row_at(now)[name])


def _buying_type(chain: Chain) -> str:
    campaign = chain.at("campaign")
    return campaign.buying_type if isinstance(campaign, Campaign) else ""
