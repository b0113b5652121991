"""The tables of the documentation that say which custom reports TikTok offers."""

from collections.abc import Iterable

from source_tiktok_marketing.catalog.custom_legality import OFFERS, RULES
from source_tiktok_marketing.catalog.custom_metrics import known_metrics, metric_groups
from unit_tests.generate.markdown import code, table

_SHOWN = 4
"""Names that stand for all metrics of a row."""


def offer_table() -> str:
    """Return a row for every kind of report that TikTok offers."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for offer in OFFERS:
        asked = _codes(offer.undocumented) if offer.is_documented else f"all, also {_codes(offer.undocumented)}"
        limits = (code(offer.report_type), _codes(offer.levels), _codes(offer.granularities), asked)
        alike.setdefault(limits, []).extend(offer.breakdowns or ("none",))
    rows = [
        (report_type, _codes(breakdowns), levels, granularities, asked)
        for (report_type, levels, granularities, asked), breakdowns in alike.items()
    ]
    return table(("report_type", "breakdowns, one of", "level", "granularity", "asked of TikTok by `check`"), rows)


def group_table() -> str:
    """Return a row for every group of metrics."""
    rows = [
        (code(name), str(len(group)), ", ".join(code(metric.name) for metric in group[:_SHOWN]))
        for name, group in metric_groups().items()
    ]
    return table(("group", "metrics", "such as"), rows)


def metric_rule_table() -> str:
    """Return a row for every rule that some metrics are under."""
    rows = []
    for name, rule in RULES.items():
        under = [code(metric.name) for metric in known_metrics().values() if metric.rule == name]
        more = f" and {len(under) - _SHOWN} more" if len(under) > _SHOWN else ""
        rows.append((", ".join(under[:_SHOWN]) + more, rule.choice))
    return table(("metrics", "legal choice"), rows)


def _codes(names: Iterable[str]) -> str:
    return ", ".join("none" if name == "none" else code(name) for name in names)
