"""The report engine: the rows of a query as a pure function of the world and the clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from integration_tests.emulator.reports.attributes import BY_ASSET_GROUP, NONE, asset_group_id, attribute, lists_of
from integration_tests.emulator.reports.metrics import SECONDARY_GOAL, columns_of, is_attribute, values_of
from integration_tests.emulator.reports.query import Query
from integration_tests.emulator.reports.several import Several, chosen_objects, newest_objects
from integration_tests.emulator.world.account import Account, Accounts, Chain
from integration_tests.emulator.world.breakdowns import COMPANIONS, weights_of
from integration_tests.emulator.world.clock import Clock
from integration_tests.emulator.world.counters import ZERO, Counters, plus, split
from integration_tests.emulator.world.delivery import AdDelivery
from integration_tests.emulator.world.utc_delivery import UtcDelivery
from integration_tests.emulator.world.world import World

# How many reports are kept at any rate, and how many cells are kept in all reports.
_MANY, _LARGE = 64, 200_000
# Object, time, breakdown values.
Cell = tuple[str, str, tuple[str, ...]]
Row = dict[str, dict[str, Any]]


@dataclass
class Report:
    """The cells of a query before they are rendered, each with the object it is about."""

    query: Query
    cells: list[tuple[Cell, Counters, Chain]] = field(default_factory=list)
    truncated: bool = False
    creatives: dict[str, list[Chain]] = field(default_factory=dict)
    """Those of each asset group, newest first, in reports of asset groups."""

    def total(self) -> Counters:
        """Return the sum of all cells."""
        total = ZERO
        for _, counters, _ in self.cells:
            total = plus(total, counters)
        return total


@dataclass
class ReportLimits:
    """How much a report may ask for.

    A query for which `too_large` is true is refused with 40067. A report covers the newest `most_objects` objects of
    its level, those of several accounts counted together, and nothing that was delivered within `latency`: figures
    arrive that much later.
    """

    too_large: Callable[[Query], bool] | None = None
    most_objects: int | None = 20_000
    latency: timedelta = timedelta()


class Reports:
    """Computes reports and renders the rows asked for; the cells of recent queries are kept for paging."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.limits = ReportLimits()
        self.several = Several()
        self._world = world
        self._clock = clock
        self._accounts = Accounts(world)
        self._recent: dict[Any, Report] = {}

    def report(self, query: Query, filtering: str) -> Report:
        """Return the cells of a query, whichever metrics it asks for. `filtering` identifies its filters."""
        minute = self._clock.now().replace(second=0, microsecond=0)
        limits = (self.limits.most_objects, self.limits.latency)
        known_as = (
            replace(query, metrics=(), filters=(), totals=False),
            filtering,
            minute,
            limits,
            self._world.revision,
        )
        found = self._recent.get(known_as)
        if found is None:
            found = self._recent[known_as] = self._compute(query, self.limits)
            self._forget()
        return replace(found, query=query)

    def whole(self, query: Query, age: timedelta) -> Report:
        """Return the cells of a query about any number of objects, as they were known when they were of such an age."""
        return self._compute(query, replace(self.limits, most_objects=None, latency=self.limits.latency + age))

    def _forget(self) -> None:
        """Drop the oldest reports when they are many and large."""
        cells = sum(len(report.cells) for report in tuple(self._recent.values()))
        while len(self._recent) > _MANY and cells > _LARGE:
            cells -= len(self._recent.pop(next(iter(self._recent))).cells)

    def render(self, report: Report, part: slice) -> list[Row]:
        """Return the rows of a slice of the report."""
        query, now = report.query, self._clock.now()
        cells = report.cells[part]
        columns = columns_of([counters for _, counters, _ in cells])
        told = self.several.tells if query.several else ()
        names = [*query.metrics, *(name for name in told if name not in query.metrics)]
        rules = {name: values_of(name) for name in query.metrics if not is_attribute(name)}
        written = {rule: rule(columns) for rule in set(rules.values())}
        shown = [written[rules[name]] if name in rules else _described(name, query, cells, now) for name in names]
        undefined = [name for name in SECONDARY_GOAL if name in names]
        rows = [
            {"dimensions": _dimensions(query, cell[0]), "metrics": dict(zip(names, values, strict=True))}
            for cell, values in zip(cells, zip(*shown, strict=True), strict=True)
        ]
        if undefined:
            for row, (_, _, chain) in zip(rows, cells, strict=True):
                if not _has_second_goal(chain):
                    row["metrics"].update(dict.fromkeys(undefined, NONE))
        if report.creatives:
            for row, (cell, _, _) in zip(rows, cells, strict=True):
                row["metrics"].update(lists_of(query.metrics, report.creatives[cell[0]], now))
        return rows

    def totals(self, report: Report) -> dict[str, str]:
        """Return the metrics of the whole report; attributes have no total."""
        total = columns_of([report.total()])
        told = self.several.tells if report.query.several else ()
        names = (*report.query.metrics, *told)
        undefined = {name for name in names if name in (*SECONDARY_GOAL, *told) or is_attribute(name)}
        return {name: NONE if name in undefined else values_of(name)(total)[0] for name in names}

    def _compute(self, query: Query, limits: ReportLimits) -> Report:
        report = Report(query)
        accounts = [self._accounts[advertiser_id] for advertiser_id in query.advertisers]
        chosen = [chosen_objects(query, account, self._clock.now()) for account in accounts]
        kept = chosen if limits.most_objects is None else newest_objects(chosen, limits.most_objects)
        report.truncated = sum(map(len, kept)) < sum(map(len, chosen))
        for account, chains in zip(accounts, kept, strict=True):
            _collect(report, account, chains, self._clock, limits)
        if query.several:  # the objects of all accounts are mixed, newest first
            report.cells.sort(key=lambda cell: cell[2].entity.created, reverse=True)
        if query.order:
            name, descending = query.order
            ranks = values_of(name)(columns_of([counters for _, counters, _ in report.cells]))
            ranked = sorted(zip(ranks, report.cells, strict=True), key=lambda pair: float(pair[0]), reverse=descending)
            report.cells = [cell for _, cell in ranked]
        return report


def _collect(report: Report, account: Account, chosen: list[Chain], clock: Clock, limits: ReportLimits) -> None:
    query, now = report.query, clock.now()
    owners = {chain.entity.id: chain for chain in chosen}
    if query.id_dimension == BY_ASSET_GROUP:
        for chain in chosen:
            report.creatives.setdefault(asset_group_id(chain, now), []).append(chain)
    cells: dict[Cell, Counters] = {}
    chains: dict[Cell, Chain] = {}
    if not query.time_dimension and not query.breakdowns:
        for chain in chosen:
            cell: Cell = (_object(query, chain, now), "", ())
            cells.setdefault(cell, ZERO)
            chains.setdefault(cell, _shown(report, cell[0], chain))
    local = clock.local(account.advertiser.timezone) - limits.latency
    for ad in account.chains("ad", now):
        owner = owners.get(getattr(ad.at(query.level), "id", ""))
        if owner is None:
            continue
        name = _object(query, owner, now)
        delivery: AdDelivery | UtcDelivery = account.delivery(ad.entity)
        if query.in_utc and isinstance(delivery, AdDelivery):
            delivery = UtcDelivery(delivery, account.advertiser.timezone)
        for time_value, values, counters in _parts(query, delivery, local):
            cell = (name, time_value, values)
            known = cells.get(cell)
            cells[cell] = counters if known is None else plus(known, counters)
            chains.setdefault(cell, _shown(report, name, owner))
    report.cells.extend((cell, counters, chains[cell]) for cell, counters in cells.items())


def _shown(report: Report, name: str, chain: Chain) -> Chain:
    """Return whose attributes a row has: those of an asset group are its oldest creative's."""
    return report.creatives[name][-1] if name in report.creatives else chain


def _object(query: Query, chain: Chain, now: datetime) -> str:
    if query.id_dimension is None:
        return ""
    return asset_group_id(chain, now) if query.id_dimension == BY_ASSET_GROUP else chain.entity.id


def _parts(
    query: Query, delivery: AdDelivery | UtcDelivery, now: datetime
) -> Iterator[tuple[str, tuple[str, ...], Counters]]:
    """Yield what an ad delivered, cut by the time and breakdown dimensions of the query."""
    hourly = query.time_dimension == "stat_time_hour"
    for day in delivery.days(query.start, query.end, now):
        stamp = f"{day} 00:00:00" if query.time_dimension == "stat_time_day" else ""
        wanted = query.countries
        if hourly:
            for hour, code, counters in delivery.by_country_and_hour(day, now):
                if wanted is None or code in wanted:
                    yield from _broken(query, delivery, f"{day} {hour:02d}:00:00", code, counters)
        elif wanted is not None or "country_code" in query.breakdowns:
            for code, counters in delivery.by_country(day, now):
                if (wanted is None or code in wanted) and any(counters):
                    yield from _broken(query, delivery, stamp, code, counters)
        else:
            known = delivery.day(day, now)
            if known is not None:
                yield from _broken(query, delivery, stamp, "", known)


def _broken(
    query: Query, delivery: AdDelivery | UtcDelivery, stamp: str, country: str, counters: Counters
) -> Iterator[tuple[str, tuple[str, ...], Counters]]:
    parts: list[tuple[tuple[str, ...], Counters]] = [((), counters)]
    for dimension in query.breakdowns:
        if dimension == "country_code":
            parts = [((*values, country), part) for values, part in parts]
            continue
        names, weights = weights_of(dimension, delivery.key)
        parts = [
            ((*values, name), piece)
            for values, part in parts
            for name, piece in zip(names, split(part, weights), strict=True)
        ]
    for values, part in parts:
        if any(part):
            yield stamp, values, part


def _dimensions(query: Query, cell: Cell) -> dict[str, str]:
    name, stamp, values = cell
    shown = {query.id_dimension: name} if query.id_dimension else {}
    if query.time_dimension:
        shown[query.time_dimension] = stamp
    for dimension, value in zip(query.breakdowns, values, strict=True):
        shown[dimension] = value
        if dimension in COMPANIONS:
            companion, form = COMPANIONS[dimension]
            shown[companion] = form.format(value)
    return shown


def _described(name: str, query: Query, cells: list[tuple[Cell, Counters, Chain]], now: datetime) -> list[str]:
    """Return an attribute of the object of every cell."""
    known: dict[int, str] = {}
    for _, _, chain in cells:
        if id(chain) not in known:
            known[id(chain)] = attribute(name, chain, now, query.id_dimension)
    return [known[id(chain)] for _, _, chain in cells]


def _has_second_goal(chain: Chain) -> bool:
    ad_group = chain.at("adgroup")
    return ad_group is not None and ad_group.row.get("secondary_optimization_event") is not None
