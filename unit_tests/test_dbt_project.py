"""The dbt project asks for streams, fields and metrics that the connector has."""

import re
from typing import Any

import pytest

from unit_tests.generate.catalog import discovered, production
from unit_tests.generate.outputs import ROOT

PROJECT = ROOT / "dbt"
STREAMS = discovered(production())
SOURCE = re.compile(r"^      - name: (\w+)$", re.MULTILINE)
TABLE = re.compile(r"(?:tiktok_newest|tiktok_ads_hourly_report)\('(\w+)'")
METRIC = re.compile(r"tiktok_(?:metric|count)\('(\w+)'\)")
MACRO = re.compile(r"{% macro (\w+)(.*?){%-? endmacro %}", re.DOTALL)
REPORTS = {
    "tiktok_daily_metrics": ("advertisers_reports_daily", "campaigns_reports_daily", "ads_reports_daily"),
    "tiktok_ads_hourly_report": ("campaigns_reports_hourly", "ad_groups_reports_hourly", "ads_reports_hourly"),
    "tiktok_ads_common_metrics": (
        *("campaigns_reports_hourly", "ad_groups_reports_hourly", "ads_reports_hourly"),
        "campaigns_reports_by_country_daily",
    ),
}


def sources() -> list[str]:
    return SOURCE.findall((PROJECT / "models/sources.yml").read_text(encoding="utf-8"))


def test_the_sources_are_the_streams_that_models_read() -> None:
    named = set(sources())
    read = {name for path in (PROJECT / "models").rglob("*.sql") for name in TABLE.findall(path.read_text("utf-8"))}

    assert named == read
    assert named <= STREAMS.keys()


@pytest.mark.parametrize("macro", REPORTS)
def test_the_metrics_of_a_model_are_in_its_reports(macro: str) -> None:
    bodies: dict[str, str] = dict(MACRO.findall((PROJECT / "macros/metrics.sql").read_text(encoding="utf-8")))
    metrics = set(METRIC.findall(bodies[macro]))

    assert len(metrics) >= 10
    for stream in REPORTS[macro]:
        properties: dict[str, Any] = STREAMS[stream]["json_schema"]["properties"]
        assert metrics <= properties["metrics"]["properties"].keys()


def test_the_readme_asks_to_select_what_models_read() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")

    assert [name for name in sources() if f"`{name}`" not in text] == []
