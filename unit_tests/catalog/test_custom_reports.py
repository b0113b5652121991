"""The table of custom reports and the file of metrics agree with themselves and with the built-in reports."""

import csv
import json
from itertools import product
from pathlib import Path

import pytest

from source_tiktok_marketing.catalog.custom_legality import (
    GRANULARITIES,
    LEVEL_NAMES,
    OFFERS,
    PAIRS,
    RULES,
    Offer,
    Shape,
)
from source_tiktok_marketing.catalog.custom_metrics import known_metrics, metric_groups
from source_tiktok_marketing.catalog.custom_reports import CustomReport
from source_tiktok_marketing.catalog.metrics import METRICS, MOST_PER_REQUEST, Metric
from source_tiktok_marketing.catalog.reports import AUDIENCE, BASIC, BASIC_BY_COUNTRY, Report

ROOT = Path(__file__).parents[2]
CONTRACT = json.loads((ROOT / "unit_tests/golden/airbyte_contract.json").read_bytes())
BUILT_IN = (*BASIC, *BASIC_BY_COUNTRY, *AUDIENCE)
OF_GRAIN = {"HOUR": "hour", "DAY": "day", "LIFETIME": "lifetime"}
OF_LEVEL = dict(zip(("advertiser_id", "campaign_id", "adgroup_id", "ad_id", "ad_id_v2"), LEVEL_NAMES, strict=True))


LATER = {"total_landing_page_view", "cost_per_landing_page_view", "landing_page_view_rate"}
"""Metrics that Airbyte's connector declares as text in releases after that of the contract."""


def shape_of(report: Report) -> Shape:
    granularity = "total" if report.grain.last_days else OF_GRAIN[report.grain.granularity]
    return Shape(
        report_type=report.breakdown.report_type,
        level=OF_LEVEL[report.level.id_dimension],
        granularity=granularity,
        breakdowns=report.breakdown.dimensions,
    )


def released_types(metric: str) -> set[str]:
    """The types that Airbyte's connector released of a metric."""
    return {
        kind
        for fields in CONTRACT["fields"].values()
        for kind, paths in fields.items()
        if f"metrics.{metric}" in paths.split()
    }


def test_all_of_tiktoks_metrics_are_known_with_their_kinds() -> None:
    with (ROOT / "integration_tests/emulator/data/metrics.csv").open(newline="") as lines:
        tiktoks = {row["name"]: row for row in csv.DictReader(lines)}
    ours = known_metrics()

    assert len(ours) > 1_000
    assert sorted(tiktoks.keys() - ours.keys()) == []
    for name, row in tiktoks.items():
        assert (ours[name].kind in ("text", "id")) == (row["kind"] == "attribute")
        assert row["kind"] in ("attribute", ours[name].kind)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_types_agree_with_those_of_built_in_reports(metric: Metric) -> None:
    """Where they don't, Airbyte's contract has the built-in one, as text."""
    own = known_metrics()[metric.name].type

    if own != metric.type:
        assert (own, metric.type) == ("number", "string")
        assert metric.name in LATER or "null|string" in released_types(metric.name)


def test_the_file_is_one_line_a_metric() -> None:
    text = (ROOT / "source_tiktok_marketing/catalog/metrics.csv").read_text()
    names = [line.split(",")[0] for line in text.splitlines()[1:]]

    assert len(names) == len(set(names)) == len(known_metrics())
    assert {metric.rule for metric in known_metrics().values()} == {"", "unsure", *RULES}
    documented = {name for metric in known_metrics().values() for name in metric.documented_by}
    assert documented == {offer.metric_list for offer in OFFERS} - {""}
    assert {level for metric in known_metrics().values() for level in metric.levels} <= set(LEVEL_NAMES)


def test_a_group_is_no_metric_and_fits_into_a_request() -> None:
    groups = metric_groups()

    assert groups.keys() & known_metrics().keys() == set()
    assert {"basic", "video", "engagement", "in_app", "page_event", "shop", "skan", "attribution"} <= groups.keys()
    assert max(len(group) for group in groups.values()) <= MOST_PER_REQUEST


def test_a_breakdown_has_one_row_a_report_type() -> None:
    cells = [(offer.report_type, name) for offer in OFFERS for name in offer.breakdowns]

    assert len(cells) == len(set(cells))
    assert all(set(offer.granularities) | set(offer.undocumented) <= set(GRANULARITIES) for offer in OFFERS)
    assert all(set(offer.levels) <= set(LEVEL_NAMES) for offer in OFFERS)


@pytest.mark.parametrize("report", BUILT_IN, ids=lambda report: report.name)
def test_the_shape_of_every_built_in_report_is_offered(report: Report) -> None:
    """What the connector asks itself can't be refused to users."""
    assert list(shape_of(report).problems()) == []


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.report_type}-{'-'.join(offer.breakdowns)}")
def test_a_shape_is_offered_where_its_row_says_so(offer: Offer) -> None:
    """All else is refused with the row's choices, and what is not documented is a doubt."""
    for name, level, granularity in product(offer.breakdowns or (None,), LEVEL_NAMES, GRANULARITIES):
        shape = Shape(
            report_type=offer.report_type,
            level=level,
            granularity=granularity,
            breakdowns=() if name is None else (name,),
        )
        problems, doubts = list(shape.problems()), list(shape.doubts())
        is_tried = granularity in offer.undocumented
        is_offered = granularity in offer.granularities or is_tried

        assert len(problems) == (level not in offer.levels) + (not is_offered)
        assert bool(doubts) == (is_tried or not offer.is_documented)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_pairs_are_offered_and_no_others(pair: tuple[str, str]) -> None:
    report_type = next(offer.report_type for offer in OFFERS if pair[0] in offer.breakdowns)
    shape = Shape(report_type=report_type, breakdowns=pair)

    assert list(shape.problems()) == []
    assert list(Shape(report_type=report_type, breakdowns=(*pair, "ad_type")).problems()) != []


@pytest.mark.parametrize("group", metric_groups())
def test_a_group_holds_nothing_that_is_refused(group: str) -> None:
    """At whatever level and time, a group is what is offered of it there."""
    for offer, granularity, level in product(OFFERS, GRANULARITIES, LEVEL_NAMES):
        shape = Shape(
            report_type=offer.report_type, level=level, granularity=granularity, breakdowns=offer.breakdowns[:1]
        )
        report = CustomReport(own_name="one", shape=shape, asked=(group,))

        if not list(shape.problems()):
            told = [problem for problem in report.problems() if "no metric of the group" not in problem]
            assert told == []


def test_a_metric_without_restriction_is_documented_without_a_breakdown() -> None:
    plain = Shape(level="ad")
    unsure = {name for name, metric in known_metrics().items() if not plain.documents(metric)}

    assert "tax_spend" in unsure
    assert len(unsure) < 10
    assert plain.documents(known_metrics()["spend"])
