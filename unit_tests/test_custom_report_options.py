"""However other connectors write a custom report, it is the same report."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # comes with the CDK, without types

from source_tiktok_marketing.api.failures import ConfigFailure
from source_tiktok_marketing.catalog.custom_legality import GRANULARITIES, LEVEL_NAMES, OFFERS
from source_tiktok_marketing.catalog.custom_metrics import metric_groups
from source_tiktok_marketing.catalog.custom_reports import CustomReport
from unit_tests.generate.outputs import ROOT
from unit_tests.generate.specification import form
from unit_tests.json_values import VALUES, mappings_with
from unit_tests.test_config import config_of, with_token

Json = dict[str, Any]

ID = {
    "ad": "ad_id",
    "ad_v2": "ad_id_v2",
    "adgroup": "adgroup_id",
    "campaign": "campaign_id",
    "advertiser": "advertiser_id",
}
TIME = {"hour": ["stat_time_hour"], "day": ["stat_time_day"]}
LEVEL = {"ad": "AD", "ad_v2": "AD", "adgroup": "ADGROUP", "campaign": "CAMPAIGN", "advertiser": "ADVERTISER"}
FORM = form()["properties"]["custom_reports"]


def rows(*reports: object) -> tuple[CustomReport, ...]:
    return config_of(with_token(custom_reports=list(reports))).custom_reports


@some.composite
def legal_reports(draw: some.DrawFn) -> Json:
    """A report in the present words, of a shape that is offered or may be."""
    offer = draw(some.sampled_from(OFFERS))
    return {
        "name": draw(some.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)),
        "report_type": offer.report_type,
        "level": draw(some.sampled_from(offer.levels)),
        "granularity": draw(some.sampled_from([*offer.granularities, *offer.undocumented])),
        "breakdowns": [draw(some.sampled_from(offer.breakdowns))] if offer.breakdowns else [],
        "metrics": draw(some.lists(some.sampled_from(["spend", "clicks", "basic", "likes"]), min_size=1, unique=True)),
    }


def dimensions(report: Json) -> list[str]:
    """All dimensions, as TikTok wants them."""
    return [ID[report["level"]], *TIME.get(report["granularity"], []), *report["breakdowns"]]


def as_fivetran(report: Json) -> Json:
    level = report["level"].removesuffix("_v2")
    told = {"day": "daily", "lifetime": "lifetime", "total": "none"}
    return {
        "table_name": report["name"],
        "report_type": f"auction_{report['report_type'].lower()}_{level}_report",
        "dimensions": dimensions(report),
        "metrics": report["metrics"],
    } | ({"aggregate": told[report["granularity"]]} if report["granularity"] in told else {})


def as_databricks(report: Json) -> Json:
    return {
        "name": report["name"],
        "report_type": report["report_type"],
        "data_level": f"AUCTION_{LEVEL[report['level']]}",
        "dimensions": dimensions(report),
        "metrics": report["metrics"],
        "query_lifetime": report["granularity"] == "lifetime",
    }


def as_estuary(report: Json) -> Json:
    told = {"hour": "hourly", "day": "daily"}
    id_of_v2 = ["ad_id_v2"] if report["level"] == "ad_v2" else []  # Estuary has no word for it
    return {
        "name": report["name"],
        "report_type": report["report_type"],
        "data_level": f"AUCTION_{LEVEL[report['level']]}",
        "granularity": told.get(report["granularity"], report["granularity"]),
        "dimensions": [*id_of_v2, *report["breakdowns"]],
        "metrics": report["metrics"],
    }


def as_text(report: Json) -> Json:
    """The words in another case, lists as text."""
    return {
        **report,
        "level": f"AUCTION_{LEVEL[report['level']]}" if report["level"] != "ad_v2" else "AD_V2",
        "granularity": report["granularity"].upper(),
        "report_type": report["report_type"].lower(),
        "breakdowns": ", ".join(report["breakdowns"]).upper(),
        "metrics": " ".join(report["metrics"]),
        "filters": None,
        "start_date": "",
    }


@given(legal_reports())
def test_a_report_is_the_same_in_the_words_of_other_connectors(report: Json) -> None:
    (row,) = rows(report)

    assert (row.name, row.shape.level, row.shape.granularity) == (
        f"custom_{report['name']}",
        report["level"],
        report["granularity"],
    )
    assert row.dimensions == tuple(dimensions(report))
    for written in (as_fivetran, as_databricks, as_estuary, as_text):
        assert rows(written(report)) == (row,)
    assert config_of(with_token(custom_reports=json.dumps([report]))).custom_reports == (row,)


@given(legal_reports())
def test_the_form_accepts_a_legal_report(report: Json) -> None:
    assert list(Draft7Validator(FORM).iter_errors([report])) == []


def test_the_form_has_every_choice_and_accepts_keys_of_others() -> None:
    """Platforms validate by the form, which must not refuse what the connector reads."""
    properties = FORM["items"]["properties"]

    assert sorted(properties["level"]["enum"]) == sorted(LEVEL_NAMES)
    assert properties["granularity"]["enum"] == list(GRANULARITIES)
    assert properties["report_type"]["enum"] == ["BASIC", "AUDIENCE"]
    assert [field["order"] for field in properties.values()] == list(range(len(properties)))
    assert FORM["items"]["additionalProperties"] is True
    assert all(group in properties["metrics"]["description"] for group in metric_groups())


def test_a_report_needs_no_more_than_a_name() -> None:
    """A day of each campaign with the basic metrics, in the days of the connection."""
    (row,) = rows({"name": "least"})

    assert row.dimensions == ("campaign_id", "stat_time_day")
    assert row.primary_key == ("advertiser_id", "campaign_id", "stat_time_day")
    assert {"spend", "impressions", "clicks"} < {metric.name for metric in row.metrics}
    assert (row.start_date, row.lookback_days, row.filters) == (None, None, ())


def test_the_examples_of_the_documentation_are_legal() -> None:
    """Of the filter of the last one, TikTok's documents say nothing."""
    text = (ROOT / "docs/custom_reports.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    read = config_of(with_token(**json.loads(example))).custom_reports

    assert len(read) == 3
    assert read[0].name == "custom_ads_by_country"
    assert read[0].primary_key == ("advertiser_id", "ad_id", "stat_time_day", "country_code")
    assert [len(list(row.doubts())) for row in read] == [0, 0, 1]


@pytest.mark.parametrize(
    ("dimensions", "granularity"),
    [
        (["campaign_id"], "total"),
        (["campaign_id", "stat_time_day"], "day"),
        (["stat_time_hour"], "hour"),
        (["country_code"], "day"),
    ],
)
def test_a_full_list_of_dimensions_tells_the_granularity(dimensions: list[str], granularity: str) -> None:
    """One without a time has none; without an id it is a list of breakdowns."""
    (row,) = rows({"name": "one", "dimensions": dimensions})

    assert row.shape.granularity == granularity


@pytest.mark.parametrize("level", ID)
def test_the_id_tells_the_level_and_the_advertiser_needs_no_telling(level: str) -> None:
    ids = [ID[level], *(["advertiser_id"] if level != "advertiser" else [])]
    (row,) = rows({"name": "one", "dimensions": ids, "metrics": ["spend"]})

    assert row.shape.level == level
    assert row.dimensions == (ID[level],)


def test_an_interest_category_of_the_second_version_comes_with_the_first() -> None:
    audience = {"report_type": "AUDIENCE", "granularity": "total"}
    first, second = rows(
        {"name": "first", **audience, "breakdowns": ["interest_category"]},
        {"name": "second", **audience, "breakdowns": ["interest_category_v2", "interest_category"]},
    )

    assert first.dimensions == second.dimensions == ("campaign_id", "interest_category")


@pytest.mark.parametrize(
    "written",
    [
        {"field": "campaign_ids", "values": [1, "2"]},
        {"field": " Campaign_IDs", "operator": "in", "values": ["1", "2"]},
        {"field_name": "campaign_ids", "filter_type": "IN", "filter_value": '["1", "2"]'},
    ],
    ids=str,
)
def test_a_filter_may_be_written_as_tiktok_writes_it(written: Json) -> None:
    (row,) = rows({"name": "one", "filters": [written]})
    (wish,) = row.filters

    assert (wish.field, wish.operator, wish.values) == ("campaign_ids", "IN", ("1", "2"))


@pytest.mark.parametrize(
    "report",
    [
        {"table_name": "other"},
        {"level": "ad", "data_level": "AUCTION_CAMPAIGN"},
        {"level": "campaign", "report_type": "auction_basic_ad_report"},
        {"granularity": "hour", "dimensions": ["campaign_id", "stat_time_day"]},
        {"dimensions": ["stat_time_hour", "stat_time_day"]},
        {"dimensions": ["ad_id", "ad_id_v2"]},
        {"query_lifetime": True, "granularity": "day"},
    ],
    ids=str,
)
def test_a_report_that_contradicts_itself_is_refused(report: Json) -> None:
    with pytest.raises(ConfigFailure, match="report one: "):
        rows({"name": "one"} | report)


@given(
    some.lists(
        mappings_with(
            *("name", "table_name", "report_type", "level", "data_level", "granularity", "aggregate", "dimensions"),
            *("breakdowns", "metrics", "filters", "start_date", "lookback_days", "query_lifetime", "service_type"),
        )
        | VALUES,
        max_size=3,
    )
)
def test_any_json_is_reports_or_a_config_failure(reports: list[object]) -> None:
    try:
        read = rows(*reports)
    except ConfigFailure:
        return

    assert len(read) == len(reports)


def test_nobody_pays_for_reports_that_were_not_configured() -> None:
    """Reading the file of metrics, and the model of a report, would be a tenth of `discover`."""
    code = (
        "import json, sys\n"
        "from source_tiktok_marketing.api.clock import SystemClock\n"
        "from source_tiktok_marketing.connector import Connector\n"
        "from source_tiktok_marketing.protocol import Redactor\n"
        "connector = Connector(json.loads(sys.argv[1]), SystemClock(), Redactor())\n"
        "connector.discover()\n"
        "print(*[name for name in sys.modules if '.custom' in name])\n"
    )
    loaded = {
        bool(reports): subprocess.run(  # noqa: S603  our own code
            [sys.executable, "-c", code, json.dumps(with_token(custom_reports=reports))],
            capture_output=True,
            check=True,
            text=True,
        ).stdout.split()
        for reports in ([], [{"name": "one"}])
    }

    assert loaded[False] == []
    assert "source_tiktok_marketing.catalog.custom_metrics" in loaded[True]
