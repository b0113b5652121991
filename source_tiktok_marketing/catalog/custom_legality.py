"""Which custom reports TikTok offers: the one table of it, and what follows for a report.

What TikTok's documents rule out is a problem. What they leave open is a doubt, about which TikTok itself can be asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from source_tiktok_marketing.catalog.custom_metrics import CustomMetric
from source_tiktok_marketing.catalog.metrics import METRICS

LEVEL_NAMES = ("advertiser", "campaign", "adgroup", "ad", "ad_v2")
"""From the top down."""
GRANULARITIES = ("hour", "day", "lifetime", "total")
_BELOW_ADVERTISER = LEVEL_NAMES[1:]
_DAY, _TOTAL = ("day", "total"), ("total",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """The reports of one type that TikTok offers with certain breakdowns."""

    report_type: str
    breakdowns: tuple[str, ...]
    """Each of them alone; empty: no breakdown."""
    levels: tuple[str, ...] = LEVEL_NAMES
    granularities: tuple[str, ...] = _DAY
    undocumented: tuple[str, ...] = ()
    """Granularities that no document offers or rules out."""
    is_documented: bool = True
    """Whether TikTok documents the breakdown for these levels."""
    metric_list: str = ""
    """The list of metrics that TikTok publishes for it, as `documented_by` names it; empty: none."""
    approximate: tuple[str, ...] = ()
    """Numbers that TikTok may write as text, such as `<5`."""
    latency_hours: int = 16
    """Hours after which TikTok has finished the figures."""


def _basic(name: str, approximate: tuple[str, ...] = ()) -> Offer:
    return Offer(
        report_type="BASIC",
        breakdowns=(name,),
        undocumented=("hour", "lifetime"),
        is_documented=False,
        metric_list=name,
        approximate=approximate,
    )


OFFERS = (
    Offer(report_type="BASIC", breakdowns=(), granularities=GRANULARITIES),
    Offer(report_type="BASIC", breakdowns=("country_code",), undocumented=("hour",), metric_list="country_code"),
    Offer(
        report_type="BASIC",
        breakdowns=("ad_type",),
        levels=_BELOW_ADVERTISER,
        undocumented=("hour", "lifetime"),
        metric_list="ad_type",
    ),
    *map(_basic, ("page_id", "component_name", "post_id", "room_id")),
    _basic("search_terms", approximate=("impressions",)),
    Offer(
        report_type="BASIC",
        breakdowns=(
            *("search_keyword", "match_type", "custom_event_type", "event_source_id", "image_id"),
            *("video_material_id", "minis_id", "skan_postback_sequence"),
        ),
        undocumented=("hour", "lifetime"),
        is_documented=False,
    ),
    Offer(report_type="AUDIENCE", breakdowns=("country_code",), metric_list="audience_country_code"),
    Offer(
        report_type="AUDIENCE",
        breakdowns=(
            *("gender", "age", "province_id", "dma_id", "language", "platform", "ac", "placement"),
            *("contextual_tag", "additional_interests"),
        ),
        metric_list="audience",
    ),
    Offer(report_type="AUDIENCE", breakdowns=("behavior_id",), metric_list="audience", latency_hours=24),
    Offer(report_type="AUDIENCE", breakdowns=("hashtag", "audience_tags"), metric_list="audience_tags"),
    Offer(report_type="AUDIENCE", breakdowns=("purchase_intention",), metric_list="audience_tags", latency_hours=24),
    Offer(report_type="AUDIENCE", breakdowns=("ad_type",), levels=_BELOW_ADVERTISER, metric_list="audience_tags"),
    Offer(
        report_type="AUDIENCE",
        breakdowns=(
            *("interest_category", "interest_category_tier2", "interest_category_tier3", "interest_category_tier4"),
            "device_brand_id",
        ),
        granularities=_TOTAL,
        metric_list="audience",
    ),
)
PAIRS = (("gender", "age"), ("search_keyword", "match_type"))
"""The only breakdowns that go together."""
_UNKNOWN = {
    "BASIC": Offer(report_type="BASIC", breakdowns=("",), undocumented=("hour", "lifetime"), is_documented=False),
    "AUDIENCE": Offer(report_type="AUDIENCE", breakdowns=("",), is_documented=False),
}
"""What holds for a breakdown that TikTok added since."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What decides whether a report is offered."""

    report_type: str = "BASIC"
    level: str = "campaign"
    granularity: str = "day"
    breakdowns: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return how messages call it."""
        article = "an" if self.report_type == "AUDIENCE" else "a"
        by = f" by {' and '.join(self.breakdowns)}" if self.breakdowns else ""
        return f"{article} {self.report_type} report{by}"

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The rows of the table that hold for it: one for each breakdown."""
        names = self.breakdowns or (None,)
        return tuple(_offer(self.report_type, name) or _UNKNOWN[self.report_type] for name in names)

    @property
    def latency_hours(self) -> int:
        """Hours after which TikTok has finished the figures."""
        return max(offer.latency_hours for offer in self.offers)

    def problems(self) -> Iterator[str]:
        """Yield what TikTok certainly refuses, and what it takes instead."""
        known = {name for name in self.breakdowns if _offer(self.report_type, name) is not None}
        other = "AUDIENCE" if self.report_type == "BASIC" else "BASIC"
        if misplaced := [name for name in self.breakdowns if name not in known and _offer(other, name)]:
            yield f"{listed(misplaced)} belongs to {other} reports: choose report_type {other}"
        elif len(self.breakdowns) > 1 and set(self.breakdowns) not in map(set, PAIRS):
            pairs = " or ".join(" and ".join(pair) for pair in PAIRS if _offer(self.report_type, pair[0]))
            yield f"{self} is not offered: choose one breakdown, or {pairs}"
        elif self.report_type == "AUDIENCE" and not self.breakdowns:
            names = [name for offer in OFFERS if offer.report_type == "AUDIENCE" for name in offer.breakdowns]
            yield f"{self} needs a breakdown: choose {listed(names)}"
        else:
            yield from self._misfits()

    def _misfits(self) -> Iterator[str]:
        for offer in dict.fromkeys(self.offers):
            if self.granularity not in (*offer.granularities, *offer.undocumented):
                legal = listed(offer.granularities)
                yield f"{self} can't have granularity {self.granularity}: choose {legal}"
            if self.level not in offer.levels:
                yield f"{self} can't have level {self.level}: choose {listed(offer.levels)}"

    def doubts(self) -> Iterator[str]:
        """Yield what TikTok's documents leave open."""
        for offer in dict.fromkeys(self.offers):
            if not offer.is_documented:
                yield f"{self} at level {self.level}"
            elif self.granularity in offer.undocumented:
                yield f"{self} with granularity {self.granularity}"

    def refusal(self, metric: CustomMetric) -> str | None:
        """Return what TikTok takes instead if it certainly refuses the metric; None: it doesn't."""
        rule = RULES.get(metric.rule)
        if rule is not None and not rule.is_kept(self):
            return rule.choice
        level = "ad" if self.level == "ad_v2" else self.level
        if metric.levels and level not in metric.levels:
            return f"choose level {listed(sorted(metric.levels, key=depth))}"
        return None

    def documents(self, metric: CustomMetric) -> bool:
        """Whether TikTok's documents vouch for the metric, or the built-in reports, which ask for it in production."""
        if not metric.is_known or metric.rule == "unsure":
            return False
        return all(self._lists(offer, metric) for offer in self.offers)

    def puts_into_group(self, metric: CustomMetric) -> bool:
        """Whether a group asks for the metric here: what is only tried must be asked for by name."""
        has_lists = any(offer.metric_list for offer in self.offers)
        return self.refusal(metric) is None and (not has_lists or self.documents(metric))

    def _lists(self, offer: Offer, metric: CustomMetric) -> bool:
        if not offer.breakdowns or offer.metric_list in metric.documented_by:
            return True
        built_in = _BUILT_IN.get(metric.name)
        if built_in is None:
            return False
        if self.report_type == "AUDIENCE":
            return bool(built_in.audience_levels)
        return offer.breakdowns == ("country_code",) and built_in.by_country


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """Where TikTok offers certain metrics."""

    is_kept: Callable[[Shape], bool]
    choice: str
    """What is legal."""


RULES: Mapping[str, Rule] = {
    "advertiser_day": Rule(
        is_kept=lambda shape: shape == Shape(level="advertiser", granularity="day"),
        choice="choose report_type BASIC, level advertiser, granularity day and no breakdown",
    ),
    "basic": Rule(is_kept=lambda shape: shape.report_type == "BASIC", choice="choose report_type BASIC"),
    "not_hourly": Rule(
        is_kept=lambda shape: shape.granularity != "hour", choice="choose granularity day, lifetime or total"
    ),
    "whole": Rule(
        is_kept=lambda shape: not shape.breakdowns and shape.granularity != "hour",
        choice="choose report_type BASIC, granularity day, lifetime or total and no breakdown",
    ),
    "elsewhere": Rule(is_kept=lambda _: False, choice="leave them out: only TikTok's reports on creatives tell them"),
}
_BUILT_IN = {metric.name: metric for metric in METRICS}


def listed(names: Iterable[str]) -> str:
    """Return the names as a sentence lists what can be chosen."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def depth(level: str) -> int:
    """Return how far below the advertiser a level is."""
    return LEVEL_NAMES.index(level)


def _offer(report_type: str, breakdown: str | None) -> Offer | None:
    """Return the row for a breakdown (None: for no breakdown), None if TikTok documents no such breakdown."""
    names = () if breakdown is None else (breakdown,)
    for offer in OFFERS:
        if offer.report_type == report_type and (set(names) & set(offer.breakdowns) or not (names or offer.breakdowns)):
            return offer
    return None
