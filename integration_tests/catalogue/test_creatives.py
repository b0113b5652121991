"""Reports of creatives: whatever form TikTok answers in, and whatever it refuses to be asked for."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator, Fault, seeded_world
from integration_tests.expected.creatives import (
    CREATIVE_REPORTS,
    MATERIALS,
    SMART_PLUS,
    SMART_PLUS_ADS,
    expected_creatives,
)
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json

DAILY, LIFETIME = SMART_PLUS
BREAKDOWN, OVERVIEW = SMART_PLUS.values()
CREATIVES = "creative/report/get/"
BY_AD, LIFETIME_BY_AD = SMART_PLUS_ADS
PATHS = SMART_PLUS | SMART_PLUS_ADS | dict.fromkeys(MATERIALS, CREATIVES)
START, END = "2026-10-01", "2026-11-11"


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    with Emulator(seeded_world(1), now=NOW) as emulator:
        yield emulator


def sorted_records(records: list[Json]) -> list[bytes]:
    return sorted(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in records)


def days_asked(params: Json) -> int:
    return (date.fromisoformat(params["end_date"]) - date.fromisoformat(params["start_date"])).days + 1


@pytest.mark.parametrize(("granularity", "longest"), [({}, 365), ({"report_granularity": 7}, 7)])
def test_a_year_of_smart_plus_creatives_costs_one_request_a_page(
    connect: Connect, tiktok: Emulator, granularity: Json, longest: int
) -> None:
    """Unless the configuration allows fewer days."""
    connection = connect(tiktok, start_date="2024-01-01" if longest == 365 else START, **granularity)
    [schema] = [stream["json_schema"] for stream in connection.discover() if stream["name"] == DAILY]
    run = connection.read(DAILY)
    first_pages = [asked.params for asked in tiktok.log.to(BREAKDOWN) if asked.params["page"] == "1"]
    recent = [record for record in run.records(DAILY) if record["stat_time_day"] >= START]

    assert run.exit_status == 0
    assert max(map(days_asked, first_pages)) == longest
    assert {asked.params["page_size"] for asked in tiktok.log.to(BREAKDOWN)} == {"100"}
    assert len(run.records(DAILY)) > 100
    assert sorted_records(recent) == sorted_records(
        expected_creatives(tiktok, schema, DAILY, date.fromisoformat(START), date.fromisoformat(END))
    )


def test_days_of_a_creative_add_up_to_its_lifetime(connect: Connect, tiktok: Emulator) -> None:
    run = connect(tiktok, start_date="2024-01-01").read(DAILY, LIFETIME)
    spent: dict[str, dict[tuple[str, ...], int]] = {DAILY: {}, LIFETIME: {}}
    for name, sums in spent.items():
        for record in run.records(name):
            key = tuple(record[field] for field in ("advertiser_id", "main_material_id", "main_material_type"))
            sums[key] = sums.get(key, 0) + round(float(record["metrics"]["spend"]) * 100)

    assert spent[DAILY] == spent[LIFETIME] != {}


def test_creatives_of_an_ad_are_read_day_by_day_and_add_up_to_its_life(connect: Connect, tiktok: Emulator) -> None:
    """TikTok's rows by ad tell no day: each request is about one, which its records tell."""
    run = connect(tiktok, start_date="2025-08-01").read(DAILY, BY_AD, LIFETIME_BY_AD)
    asked = [request.params for request in tiktok.log.to(OVERVIEW)]
    fields = ("advertiser_id", "smart_plus_ad_id", "main_material_id", "main_material_type")

    def spent(name: str, *names: str) -> dict[tuple[str, ...], int]:
        sums: dict[tuple[str, ...], int] = {}
        for record in run.records(name):
            key = tuple(record[field] for field in names)
            sums[key] = sums.get(key, 0) + round(float(record["metrics"]["spend"]) * 100)
        return sums

    assert run.exit_status == 0
    assert all(params.get("query_lifetime") or days_asked(params) == 1 for params in asked)
    by_day = (*fields[:1], *fields[2:], "stat_time_day")
    assert spent(BY_AD, *by_day) == spent(DAILY, *by_day) != {}
    ads = {record["smart_plus_ad_id"] for record in run.records(BY_AD)}
    assert len(ads) > 1
    assert spent(BY_AD, *fields).keys() <= spent(LIFETIME_BY_AD, *fields).keys()


def tiktok_ads(tiktok: Emulator) -> list[Json]:
    """The Smart+ ads of all accounts."""
    every = {"primary_status": "STATUS_ALL"}
    return [
        row | {"advertiser_id": account.id}
        for account in tiktok.world.advertisers
        for row in tiktok.rows_of("smart_plus/ad/get/", account.id, filtering=every)
    ]


@pytest.mark.parametrize("name", SMART_PLUS_ADS)
def test_creatives_of_ads_that_are_too_large_are_divided_by_ads(connect: Connect, tiktok: Emulator, name: str) -> None:
    """Down to a single ad."""
    connection = connect(tiktok, start_date="2026-11-04")
    calm = connection.read(name)
    owners = {row["advertiser_id"] for row in tiktok_ads(tiktok)}

    def is_too_large(params: Json) -> bool:
        asked = params.get("filtering", {}).get("smart_plus_ad_ids", "all")
        return len(asked) > 1 and params["advertiser_id"] in owners

    tiktok.log.clear()
    tiktok.inject(Fault(path=OVERVIEW, match=is_too_large, code=40067, times=None))
    run = connection.read(name)
    asked = [request.params["filtering"] for request in tiktok.log.to(OVERVIEW) if "filtering" in request.params]

    assert run.exit_status == 0
    assert sorted_records(run.records(name)) == sorted_records(calm.records(name)) != []
    assert run.state(name) == calm.state(name)
    assert max(len(filtering["smart_plus_ad_ids"]) for filtering in asked) <= 200


def test_a_resumed_report_goes_on_with_the_lookback(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok, start_date=START, attribution_window=3)
    first = connection.read(DAILY)
    tiktok.clock.move(days=2)
    tiktok.log.clear()
    second = connection.read(DAILY, state=first.last_states)
    whole = connection.read(DAILY)
    merged = {key_of(record): record for run in (first, second) for record in run.records(DAILY)}

    assert first.exit_status == second.exit_status == 0
    assert sorted_records(list(merged.values())) == sorted_records(whole.records(DAILY)) != []
    assert 0 < len(second.records(DAILY)) < len(whole.records(DAILY))
    assert second.state(DAILY) == whole.state(DAILY)


def key_of(record: Json) -> tuple[str, ...]:
    fields = "advertiser_id", "main_material_id", "main_material_type", "stat_time_day"
    return tuple(record[field] for field in fields)


def swapped(old: str, new: str) -> Callable[[Any], Any]:
    """Let the rows of a page call by `new` what they call by `old`."""

    def rewrite(data: Json) -> Json:
        return data | {"list": [{new if name == old else name: row[name] for name in row} for row in data["list"]]}

    return rewrite


@pytest.mark.parametrize("name", CREATIVE_REPORTS)
def test_both_forms_of_rows_are_read(connect: Connect, tiktok: Emulator, name: str) -> None:
    """Descriptions of the reports call what a row is about `info` or `dimensions`."""
    connection = connect(tiktok, start_date=START)
    calm = connection.read(name)
    forms = ("dimensions", "info") if name not in MATERIALS else ("info", "dimensions")
    tiktok.inject(Fault(path=PATHS[name], rewrite=swapped(*forms), times=None))
    run = connection.read(name)

    assert run.exit_status == 0
    assert sorted_records(run.records(name)) == sorted_records(calm.records(name)) != []


@pytest.mark.parametrize("name", SMART_PLUS)
def test_a_creative_without_a_type_is_read(connect: Connect, tiktok: Emulator, name: str) -> None:
    """TikTok adds the type unasked, so it may stop to."""

    def rewrite(data: Json) -> Json:
        rows = [row for row in data["list"] if row["dimensions"]["main_material_type"] != "CATALOG_VIDEO"]
        for row in rows:
            del row["dimensions"]["main_material_type"]
        return data | {"list": rows, "page_info": data["page_info"] | {"total_number": len(rows), "total_page": 1}}

    connection = connect(tiktok, start_date="2026-11-04")
    calm = [row for row in connection.read(name).records(name) if row["main_material_type"] != "CATALOG_VIDEO"]
    tiktok.inject(Fault(path=PATHS[name], rewrite=rewrite, times=None))
    run = connection.read(name)
    typeless = [
        row | {"main_material_type": None, "dimensions": row["dimensions"] | {"main_material_type": None}}
        for row in calm
    ]

    assert run.exit_status == 0
    assert sorted_records(run.records(name)) == sorted_records(typeless) != []


def refusing(path: str, is_refused: Callable[[Json], bool], message: str) -> Fault:
    return Fault(path=path, match=is_refused, code=40002, message=message, times=None)


def identities(records: list[Json]) -> list[bytes]:
    """What records are about and what that cost, whatever else they tell."""
    return sorted_records(
        [
            {
                name: value
                for name, value in record.items()
                if name in ("advertiser_id", "material_id", "main_material_id", "main_material_type", "stat_time_day")
            }
            | {"spend": record["metrics"]["spend"]}
            for record in records
        ]
    )


@pytest.mark.parametrize("name", CREATIVE_REPORTS)
def test_metrics_that_tiktok_names_are_left_out(connect: Connect, tiktok: Emulator, name: str) -> None:
    """With one warning, and the others as before."""
    connection = connect(tiktok, start_date=START)
    calm = connection.read(name)
    message = "Invalid metric fields: ['likes']"
    tiktok.inject(refusing(PATHS[name], lambda params: "likes" in str(params), message))
    run = connection.read(name)
    kept = [
        row | {"metrics": {key: value for key, value in row["metrics"].items() if key != "likes"}}
        for row in calm.records(name)
    ]

    assert run.exit_status == 0
    assert sorted_records(run.records(name)) == sorted_records(kept) != []
    assert len(run.logged("WARN")) == 1


@pytest.mark.parametrize("name", SMART_PLUS)
def test_smart_plus_metrics_are_given_up_when_tiktok_refuses_without_a_name(
    connect: Connect, tiktok: Emulator, name: str
) -> None:
    """Each account finds out once, and no row is lost."""
    connection = connect(tiktok, start_date=START)
    calm = connection.read(name)
    tiktok.inject(refusing(PATHS[name], lambda params: "engaged_view" in params["metrics"], "metrics: invalid."))
    run = connection.read(name)

    assert run.exit_status == 0
    assert identities(run.records(name)) == identities(calm.records(name)) != []
    assert {len(row["metrics"]) for row in run.records(name)} <= {4, 5}
    assert all("metrics: invalid." in told for told in run.logged("WARN"))
    assert len(run.logged("WARN")) == len(tiktok.world.advertisers)


@pytest.mark.parametrize("fields", ["material_name", "num_ads"])
@pytest.mark.parametrize("name", MATERIALS)
def test_as_much_is_asked_of_materials_as_tiktok_takes(
    connect: Connect, tiktok: Emulator, name: str, fields: str
) -> None:
    """Fields that are documented everywhere, or those that TikTok chooses."""
    connection = connect(tiktok)
    calm = connection.read(name)

    def is_refused(params: dict[str, Any]) -> bool:
        return fields in params.get("info_fields", ())

    tiktok.inject(refusing(CREATIVES, is_refused, "info_fields: invalid."))
    run = connection.read(name)
    told = {field for row in run.records(name) for field in row}

    assert run.exit_status == 0
    assert identities(run.records(name)) == identities(calm.records(name)) != []
    assert ("related_ad_ids" in told) == (fields == "material_name")
    assert len(run.logged("WARN")) == (1 if fields == "material_name" else 2)
    assert run.statuses(name)[-1] == "COMPLETE"


@pytest.mark.parametrize("name", MATERIALS)
def test_a_report_that_is_refused_for_good_fails(connect: Connect, tiktok: Emulator, name: str) -> None:
    tiktok.inject(refusing(CREATIVES, lambda _: True, "material_type: invalid."))
    run = connect(tiktok).read(name)

    assert run.exit_status == 1
    assert run.statuses(name)[-1] == "INCOMPLETE"
    assert "material_type: invalid." in run.errors[0]["message"]


@pytest.mark.parametrize("name", CREATIVE_REPORTS)
def test_accounts_without_the_feature_are_left_out(connect: Connect, tiktok: Emulator, name: str) -> None:
    message = "The advertiser is not in the whitelist."
    tiktok.inject(Fault(path=PATHS[name], code=40118, message=message, times=None))
    run = connect(tiktok, start_date=START).read(name)

    assert run.exit_status == 0
    assert run.statuses(name)[-1] == "COMPLETE"
    assert run.records(name) == []
    assert all(message in told for told in run.logged("WARN"))
