"""Answers a documented list: checks the request, keeps the rows it asks for, and shows a page of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from integration_tests.emulator.api.backend import Backend, Reply, Row, page_of
from integration_tests.emulator.api.documented_params import check
from integration_tests.emulator.api.errors import refuse
from integration_tests.emulator.data.facts import LISTS
from integration_tests.emulator.lists.checks import CHECKS
from integration_tests.emulator.lists.rules import DEFAULTS, FILTERS, ORDERS
from integration_tests.emulator.world.entities import Advertiser, stamp

# The rows of an account before the request's filters, newest first.
Source = Callable[[Backend, Advertiser, dict[str, Any]], list[Row]]


@dataclass(frozen=True)
class Listing:
    """Answers one path. `source` None reads the rows the world holds for it; `beside` adds to the data of a page."""

    path: str
    source: Source | None = None
    beside: Callable[[Backend, Advertiser, dict[str, Any]], dict[str, Any]] | None = None

    def __call__(self, backend: Backend, typed: dict[str, Any]) -> Reply:
        """Return a page, or everything when the list is not paged."""
        facts, rows = LISTS[self.path], self._selected(backend, typed)
        if facts.page is None:
            return Reply({facts.listed: self._shown(rows, backend, typed), **_beside(self.path, rows)})
        default, largest = facts.page
        part, info = page_of(len(rows), typed, largest=largest, default=default, strict=backend.strict)
        data: dict[str, Any] = {facts.listed: self._shown(rows[part], backend, typed), "page_info": info}
        if self.beside:
            data |= self.beside(backend, backend.advertiser(typed["advertiser_id"], self.path), typed)
        return Reply(data)

    def rows(self, backend: Backend, typed: dict[str, Any]) -> list[Row]:
        """Return the rows of all pages."""
        return self._shown(self._selected(backend, typed), backend, typed)

    def _selected(self, backend: Backend, typed: dict[str, Any]) -> list[Row]:
        advertiser = backend.advertiser(typed["advertiser_id"], self.path)
        check(typed, LISTS[self.path].params)
        if self.path in CHECKS:
            CHECKS[self.path](typed)
        source = self.source or self._held
        tests = [
            make(value)
            for name, make in FILTERS.get(self.path, {}).items()
            if (value := _asked(self.path, typed, name)) is not None
        ]
        rows = [row for row in source(backend, advertiser, typed) if all(test(row) for test in tests)]
        if self.path in ORDERS:
            key, descending = ORDERS[self.path](typed)
            rows.sort(key=key, reverse=descending)
        return rows

    def _held(self, backend: Backend, advertiser: Advertiser, _: dict[str, Any]) -> list[Row]:
        now = backend.clock.now()
        held = [
            item
            for item in backend.world.items
            if item.path == self.path and item.owner in (None, advertiser.id) and item.created <= now
        ]
        held.sort(key=lambda item: item.created, reverse=True)
        return [*(item.row_at(now) for item in held), *LISTS[self.path].shared]

    def _shown(self, rows: Iterable[Row], backend: Backend, typed: dict[str, Any]) -> list[Row]:
        facts = LISTS[self.path]
        names = typed.get("fields")
        if names is not None and not set(names) <= set(facts.shape):
            raise refuse(f"fields: unknown field(s) {sorted(set(names) - set(facts.shape))}.")
        wanted = set(facts.shape if names is None else names)
        cut = [{name: value for name, value in row.items() if name in wanted} for row in rows] if wanted else rows
        if facts.expires:
            cut = [_signed(row, facts.expires, backend.clock.now()) for row in cut]
        if "tzone" in typed:
            cut = [_zoned(row, ZoneInfo(typed["tzone"])) for row in cut]
        return [_without_nulls(row) for row in cut] if facts.drops_nulls else list(cut)


def _asked(path: str, typed: dict[str, Any], name: str) -> Any:
    """Return what a request asks for by a parameter or a field of its filtering, or what it implies."""
    head, _, field = name.rpartition(".")
    given = typed.get(head, {}).get(field) if head else typed.get(name)
    if given is None and not (field == "primary_status" and "secondary_status" in typed.get(head, {})):
        return DEFAULTS.get(path, {}).get(name)
    return given


def _beside(path: str, rows: list[Row]) -> dict[str, Any]:
    """Return what stands beside the list in the data."""
    if path != "tool/region/":
        return {}
    return {"region_list": [row["location_id"] for row in rows if row["level"] == "COUNTRY"]}


def _signed(value: Any, hours: dict[str, int], now: datetime) -> Any:
    """Return the row with links that expire, as every call signs them anew."""
    if isinstance(value, list):
        return [_signed(item, hours, now) for item in value]
    if not isinstance(value, dict):
        return value
    signed = {name: _signed(item, hours, now) for name, item in value.items()}
    for name, valid in hours.items():
        if isinstance(signed.get(name), str):
            until = now + timedelta(hours=valid)
            signed[name] = f"{signed[name]}?x-expires={int(until.timestamp())}"
            if f"{name}_expire_time" in signed:
                signed[f"{name}_expire_time"] = stamp(until)
    return signed


def _zoned(value: Any, zone: ZoneInfo) -> Any:
    """Return the row with its date-times in a zone."""
    if not isinstance(value, dict):
        return value
    return {
        name: _local(item, zone) if name.endswith("_datetime") else _zoned(item, zone) for name, item in value.items()
    }


def _local(written: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(written).replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_nulls(item) for name, item in value.items() if item is not None}
    return value
