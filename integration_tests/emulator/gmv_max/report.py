"""The GMV Max report: the numbers of its leaves, summed up to the dimensions asked for."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from integration_tests.emulator.api.backend import Backend, Row
from integration_tests.emulator.api.errors import NO_PERMISSION, ApiError
from integration_tests.emulator.data.facts import GMV_MAX, STATUSES
from integration_tests.emulator.gmv_max.delivery import DURATIONS, Leaf, leaves
from integration_tests.emulator.gmv_max.figures import FIGURES, known_of
from integration_tests.emulator.gmv_max.query import GmvQuery, read_gmv_query
from integration_tests.emulator.lists.listing import Source
from integration_tests.emulator.reports.attributes import NONE
from integration_tests.emulator.world.counters import INDEX, ZERO, Counters, plus, split
from integration_tests.emulator.world.entities import Advertiser
from integration_tests.emulator.world.statuses import status_fits

Key = tuple[str, ...]
STORES = "gmv_max/store/list/"
# Weights of the buckets of video length.
SHARES = (5, 3, 2, 1)


def gmv_rows(backend: Backend, advertiser: Advertiser, typed: dict[str, Any]) -> list[Row]:
    """Return the rows of a report; without a time dimension things without numbers have a row of zeros."""
    query = read_gmv_query(typed)
    cells = _collected(backend, advertiser, query)
    currency = str(advertiser.row["currency"])
    rows = [_row(query, key, counters, leaf, currency) for key, (counters, leaf) in cells.items()]
    if query.sort:
        name, descending = query.sort
        rows.sort(key=lambda row: _rank(row["metrics"][name]), reverse=descending)
    return rows


def gmv_totals(backend: Backend, advertiser: Advertiser, typed: dict[str, Any]) -> dict[str, Any]:
    """Return the metrics of the whole report when the request enables them; attributes have no total."""
    if not typed.get("enable_total_metrics"):
        return {}
    query, total = read_gmv_query(typed), ZERO
    for counters, _ in _collected(backend, advertiser, query).values():
        total = plus(total, counters)
    return {"total_metrics": {name: FIGURES[name](total) if name in FIGURES else NONE for name in query.metrics}}


def _collected(backend: Backend, advertiser: Advertiser, query: GmvQuery) -> dict[Key, tuple[Counters, Leaf]]:
    stores = {item.id for item in backend.world.items if item.path == STORES and item.owner == advertiser.id}
    if query.store not in stores:
        raise ApiError(NO_PERMISSION, f"No permission to operate store {query.store}")
    cells: dict[Key, tuple[Counters, Leaf]] = {}
    now = backend.clock.local(advertiser.timezone)
    for leaf in leaves(backend, advertiser):
        if not _fits(leaf, query):
            continue
        for key, counters in _cells(leaf, query, advertiser.id, now):
            known, owner = cells.get(key, (ZERO, leaf))
            cells[key] = plus(known, counters), owner
    return cells


def _fits(leaf: Leaf, query: GmvQuery) -> bool:
    row, wish = leaf.campaign, query.filtering
    status = STATUSES["campaign"].get(row["secondary_status"], "STATUS_NOT_DELIVERY")
    default = "STATUS_ALL" if query.group == "advertiser" else "STATUS_NOT_DELETE"
    statuses = wish.get("campaign_statuses", [default])
    return (
        leaf.promotion in query.types
        and row["store_id"] == query.store
        and any(status_fits(status, wanted) for wanted in statuses)
        and all(
            leaf.ids.get(f"{name}_id") in wish[f"{name}_ids"]
            for name in ("campaign", "item_group", "item", "room")
            if f"{name}_ids" in wish
        )
        and _worded(leaf, wish)
    )


def _worded(leaf: Leaf, wish: dict[str, Any]) -> bool:
    told = leaf.attributes()
    named = wish.get("campaign_name", "").lower() in told["campaign_name"].lower()
    titled = wish.get("search_word", "").lower() in told.get("title", "").lower()
    delivering = told.get("creative_delivery_status") in wish.get("creative_delivery_statuses", [None, "DELIVERING"])
    return named and titled and delivering and "REMOVED" not in wish.get("creative_types", [])


def _cells(leaf: Leaf, query: GmvQuery, advertiser_id: str, now: datetime) -> Iterator[tuple[Key, Counters]]:
    known = leaf.ids | {"advertiser_id": advertiser_id}
    for stamp, counters in _timed(leaf, query, now):
        for duration, part in _lengths(query, counters):
            named = known | {query.time or "": stamp, "duration": duration}
            if query.only_with_cost and not part[INDEX["spend"]]:
                continue
            yield tuple(named[name] for name in query.dimensions), part


def _timed(leaf: Leaf, query: GmvQuery, now: datetime) -> Iterator[tuple[str, Counters]]:
    if query.time is None:
        yield "", ZERO
    delivery, has_net_cost = leaf.delivery, "net_cost" in GMV_MAX[query.group]["metrics"]
    for day in delivery.days(query.start, query.end, now):
        parts = delivery.by_hour(day, now) if query.time == "stat_time_hour" else [(0, delivery.day(day, now))]
        for hour, counters in parts:
            known = counters and known_of(counters, day, has_net_cost=has_net_cost)
            if known:
                yield f"{day} {hour:02d}:00:00", known


def _lengths(query: GmvQuery, counters: Counters) -> list[tuple[str, Counters]]:
    if "duration" not in query.dimensions:
        return [("", counters)]
    return list(zip(DURATIONS, split(counters, SHARES), strict=True))


def _row(query: GmvQuery, key: Key, counters: Counters, leaf: Leaf, currency: str) -> Row:
    told = leaf.attributes()
    metrics = {name: FIGURES[name](counters) if name in FIGURES else told.get(name, NONE) for name in query.metrics}
    return {"dimensions": dict(zip(query.dimensions, key, strict=True)), "metrics": metrics | {"currency": currency}}


def _rank(value: str) -> tuple[float, str]:
    return (float(value), "") if value.replace(".", "", 1).isdecimal() else (-1.0, value)


SOURCES: dict[str, Source] = {"gmv_max/report/get/": gmv_rows}
BESIDE = {"gmv_max/report/get/": gmv_totals}
