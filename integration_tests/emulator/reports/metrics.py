"""Turns counters into metric values: a rule per metric name, applied to whole columns because reports are large."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from zlib import crc32

from integration_tests.emulator.data.facts import METRICS
from integration_tests.emulator.world.counters import INDEX, NAMES, Counters

# The counters of many rows, one column per counter.
Columns = list[tuple[int, ...]]
Values = Callable[[Columns], list[str]]

# Counter and factor of the metrics whose name says what they count.
COUNTS = {
    "impressions": ("impressions", 1),
    "gross_impressions": ("impressions", 1),
    "clicks": ("clicks", 1),
    "engagements": ("clicks", 2),
    "video_play_actions": ("plays", 1),
    "video_watched_2s": ("watched_2s", 1),
    "video_watched_6s": ("watched_6s", 1),
    "video_views_p25": ("p25", 1),
    "video_views_p50": ("p50", 1),
    "video_views_p75": ("p75", 1),
    "video_views_p100": ("p100", 1),
    "likes": ("likes", 1),
    "comments": ("comments", 1),
    "shares": ("shares", 1),
    "follows": ("follows", 1),
    "profile_visits": ("profile_visits", 1),
    "conversion": ("conversions", 1),
    "real_time_conversion": ("conversions", 1),
    "skan_conversion": ("conversions", 1),
    "result": ("results", 1),
    "real_time_result": ("results", 1),
    "skan_result": ("results", 1),
    "secondary_goal_result": ("purchases", 1),
    "purchase": ("purchases", 1),
    "complete_payment": ("purchases", 1),
}
AMOUNTS = {
    "spend": ("spend", 1),
    "billed_cost": ("spend", 1),
    "cash_spend": ("spend", 1),
    "voucher_spend": ("spend", 0),
    "tax_spend": ("spend", 0),
    "total_complete_payment_rate": ("value", 1),
}
# Spend times this factor, per this count metric.
COSTS = {
    "cpc": (1, "clicks"),
    "cpm": (1000, "impressions"),
    "cost_per_1000_reached": (1000, "reach"),
    "real_time_app_install_cost": (1, "real_time_app_install"),
}
OF_IMPRESSIONS = ("ctr", "result_rate", "real_time_result_rate", "engagement_rate", "profile_visits_rate")
RATE_NUMERATORS = {"ctr": "clicks", "engagement_rate": "engagements"}
THREE_DECIMALS = ("cost_per_result", "real_time_cost_per_result", "cost_per_secondary_goal_result")
SECONDARY_GOAL = ("secondary_goal_result", "cost_per_secondary_goal_result", "secondary_goal_result_rate")
_REACH_CEILING = 20_000


def reach_of(impressions: int) -> int:
    """Return how many people saw so many impressions: ever fewer new ones, so that reach does not add up."""
    if not impressions:
        return 0
    return 1 + (impressions - 1) * 5 * _REACH_CEILING // (6 * (impressions + _REACH_CEILING))


@dataclass(frozen=True)
class Amount:
    """An integer that grows linearly with a counter, or the reach."""

    counter: int
    factor: int
    is_reach: bool = False

    def of(self, columns: Columns) -> Sequence[int]:
        """Return the amount of every row."""
        column = columns[self.counter]
        if self.is_reach:
            return [reach_of(impressions) for impressions in column]
        return column if self.factor == 1 else [count * self.factor for count in column]


def columns_of(rows: Sequence[Counters]) -> Columns:
    """Return the counters of rows as columns."""
    return list(zip(*rows, strict=True)) if rows else [()] * len(NAMES)


@cache
def amount_of(name: str) -> Amount:
    """Return what a count metric counts; names without a rule of their own are given a counter by their checksum."""
    if name in ("reach", "live_unique_views"):
        return Amount(0, 1, is_reach=True)
    if name in COUNTS:
        counter, factor = COUNTS[name]
        return Amount(INDEX[counter], factor)
    draw = crc32(name.removeprefix("real_time_").encode())
    counter = ("conversions", "purchases")[draw & 1]
    return Amount(INDEX[counter], 1 + (draw >> 1) % 3)


class _Hundredths(dict[int, str]):
    """Integers written with two decimals; most values of a report repeat."""

    def __missing__(self, number: int) -> str:
        written = f"{number // 100}.{number % 100:02d}"
        if number < _REPEATED:
            self[number] = written
        return written


_REPEATED = 200_000
_HUNDREDTHS = _Hundredths()


# The rules are cached so that metrics with the same rule share one column.
@cache
def _plain(amount: Amount) -> Values:
    return lambda columns: list(map(str, amount.of(columns)))


def _count(name: str) -> Values:
    return _plain(amount_of(name))


@cache
def _sum(amount: Amount) -> Values:
    return lambda columns: [_HUNDREDTHS[cents] for cents in amount.of(columns)]


@cache
def _quotient(numerator: Amount, factor: int, denominator: Amount) -> Values:
    """Return the rule of a quotient in hundredths, rounded half up; nothing divided by nothing is zero."""
    written = _HUNDREDTHS

    def values(columns: Columns) -> list[str]:
        return [
            written[(above * factor + below // 2) // below] if below else "0.00"
            for above, below in zip(numerator.of(columns), denominator.of(columns), strict=True)
        ]

    return values


@cache
def _cost_in_mills(denominator: Amount) -> Values:
    spend = Amount(INDEX["spend"], 10)

    def values(columns: Columns) -> list[str]:
        return [
            f"{(mills + below // 2) // below / 1000:.3f}" if below else "0.000"
            for mills, below in zip(spend.of(columns), denominator.of(columns), strict=True)
        ]

    return values


def _counted_by(name: str) -> str:
    """Return the count metric that a cost, value or rate metric is about."""
    for part in ("cost_per_", "value_per_", "cost_"):
        name = name.replace(part, "")
    return name.removesuffix("_rate").removesuffix("_v2").removesuffix("_rate")


def _money(name: str) -> Values:
    spend, about = Amount(INDEX["spend"], 1), amount_of(_counted_by(name))
    if name in AMOUNTS:
        counter, factor = AMOUNTS[name]
        return _sum(Amount(INDEX[counter], factor))
    if name in COSTS:
        factor, per = COSTS[name]
        return _quotient(spend, factor, amount_of(per))
    if name in THREE_DECIMALS:
        return _cost_in_mills(about)
    if "value_per_" in name:
        return _quotient(Amount(INDEX["value"], 1), 1, about)
    if "cost" in name:
        return _quotient(spend, 1, about)
    return _sum(Amount(INDEX["value"], 1 + crc32(name.encode()) % 3))


def _percent(name: str) -> Values:
    numerator = amount_of(RATE_NUMERATORS.get(name) or _counted_by(name))
    per_impression = name in OF_IMPRESSIONS or name.endswith("_v2")
    return _quotient(numerator, 10_000, amount_of("impressions" if per_impression else "clicks"))


def _ratio(name: str) -> Values:
    """Return on ad spend."""
    value = Amount(INDEX["value"], 1 + crc32(name.encode()) % 3)
    return _quotient(value, 100, Amount(INDEX["spend"], 1))


def _decimal(name: str) -> Values:
    if name == "frequency":
        return _quotient(amount_of("impressions"), 100, amount_of("reach"))
    per = amount_of("reach") if name.endswith("per_user") else amount_of("video_play_actions")
    return _quotient(Amount(INDEX["seconds"], 1), 100, per)


KINDS: dict[str, Callable[[str], Values]] = {
    "count": _count,
    "money": _money,
    "percent": _percent,
    "ratio": _ratio,
    "decimal": _decimal,
}


@cache
def values_of(name: str) -> Values:
    """Return the rule that renders a metric; attributes have none and raise KeyError."""
    return KINDS[METRICS[name].kind](name)


def is_attribute(name: str) -> bool:
    """Return whether a metric describes the object instead of its delivery."""
    return METRICS[name].kind == "attribute"
