"""`check` tells what TikTok surely refuses, asks TikTok what its documents leave open, and is silent about the rest."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.custom_reports.cases import CASES, REPORTS, UNCERTAIN
from integration_tests.emulator import Emulator, Fault
from integration_tests.harness.accounts import NOW, accounts
from integration_tests.harness.connection import Connect, Connection

Json = dict[str, Any]

REPORT = "report/integrated/get/"
AUDIENCE = {"report_type": "AUDIENCE", "breakdowns": ["age"]}


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    with Emulator(accounts(1), now=NOW) as emulator:
        yield emulator


def verdict(connection: Connection, *reports: Json) -> tuple[str, str]:
    run = connection.check(custom_reports=list(reports))

    assert (run.exit_status, run.errors) == (0, [])
    return run.verdict


ILLEGAL: tuple[tuple[Json, tuple[str, ...]], ...] = (
    (AUDIENCE | {"granularity": "lifetime"}, ("lifetime", "choose day or total")),
    (AUDIENCE | {"granularity": "hour"}, ("hour", "choose day or total")),
    ({"report_type": "AUDIENCE", "breakdowns": ["interest_category"]}, ("granularity day", "choose total")),
    ({"report_type": "AUDIENCE", "breakdowns": ["device_brand_id"]}, ("granularity day", "choose total")),
    ({"report_type": "AUDIENCE"}, ("needs a breakdown", "platform")),
    ({"report_type": "AUDIENCE", "breakdowns": ["age", "platform"]}, ("age and platform", "gender and age")),
    ({"breakdowns": ["gender"]}, ("gender", "choose report_type AUDIENCE")),
    (AUDIENCE | {"breakdowns": ["page_id"]}, ("page_id", "choose report_type BASIC")),
    ({"breakdowns": ["country_code", "ad_type"]}, ("country_code and ad_type", "choose one breakdown")),
    ({"breakdowns": ["ad_type"], "level": "advertiser"}, ("level advertiser", "choose campaign, adgroup")),
    (AUDIENCE | {"breakdowns": ["ad_type"], "level": "advertiser"}, ("level advertiser", "choose campaign")),
    ({"breakdowns": ["country_code"], "granularity": "lifetime"}, ("lifetime", "choose day or total")),
    ({"metrics": ["in_app", "skan"]}, ("180 metrics", "at most 100")),
    ({"metrics": ["skan_purchase"], "granularity": "hour"}, ("skan_purchase", "choose granularity day")),
    ({"metrics": ["skan"], "granularity": "hour"}, ("group skan", "another shape")),
    ({"metrics": ["cash_spend"]}, ("cash_spend", "choose report_type BASIC, level advertiser, granularity day")),
    (
        {"metrics": ["voucher_spend"], "level": "advertiser", "granularity": "total"},
        ("voucher_spend", "granularity day"),
    ),
    ({"metrics": ["paid_engaged_view"], "breakdowns": ["country_code"]}, ("paid_engaged_view", "no breakdown")),
    ({"metrics": ["native_growth_purchase_roas"], "granularity": "hour"}, ("native_growth", "day, lifetime or total")),
    (AUDIENCE | {"metrics": ["billed_cost"]}, ("billed_cost", "choose report_type BASIC")),
    ({"metrics": ["adgroup_name"]}, ("adgroup_name", "level campaign", "choose level adgroup or ad")),
    ({"metrics": ["campaign_id"]}, ("campaign_id", "dimension", "leave it out")),
    ({"metrics": ["material_primary_status"], "level": "ad"}, ("material_primary_status", "creatives")),
    ({"filters": [{"field": "country_code", "values": ["US"]}]}, ("country_code", "breakdown country_code")),
    ({"level": "ad", "filters": [{"field": "ad_ids_v2", "values": [1]}]}, ("ad_ids_v2", "choose ad_ids")),
    ({"level": "ad_v2", "filters": [{"field": "ad_ids", "values": [1]}]}, ("ad_ids", "choose ad_ids_v2")),
    ({"filters": [{"field": "campaign_ids", "values": list(range(101))}]}, ("101 values", "at most 100")),
    ({"filters": [{"field": "spend", "operator": "BETWEEN", "values": [1]}]}, ("BETWEEN", "the lowest and")),
    ({"filters": [{"field": "spend", "operator": "LOWER_THAN", "values": [1, 2]}]}, ("LOWER_THAN", "takes one")),
    (
        {"level": "advertiser", "filters": [{"field": "ad_status", "values": ["STATUS_ALL"]}]},
        ("ad_status", "level advertiser"),
    ),
    ({"level": "week"}, ("level 'week'", "'campaign' or 'advertiser'")),
    ({"report_type": "TT_SHOP"}, ("report_type 'TT_SHOP'", "'BASIC' or 'AUDIENCE'")),
    ({"breakdown": ["age"]}, ("breakdown is no option", "did you mean breakdowns")),
    ({"start_date": "2027-01-01"}, ("start_date 2027-01-01", "future")),
    ({"lookback_days": 365}, ("lookback_days 365", "364")),
    ({"name": "Per Week"}, ("'Per Week'", "^[a-z][a-z0-9_]*$")),
    ({"name": "conversions"}, ("custom_conversions", "choose another name")),
    ({"data_level": "AUCTION_AD", "dimensions": ["campaign_id", "ad_id"]}, ("campaign_id", "among the metrics")),
    ({"aggregate": "lifetime", "dimensions": ["campaign_id", "stat_time_day"]}, ("day and lifetime", "leave one")),
    ({"report_type": "reservation_ads_ad_report"}, ("reservation_ads_ad_report", "withdrawn")),
    ({"service_type": "RESERVATION"}, ("service_type", "AUCTION holds all ads")),
)


@pytest.mark.parametrize(("report", "words"), ILLEGAL, ids=lambda value: json.dumps(value)[:60])
def test_what_tiktok_surely_refuses_is_refused_with_the_legal_choice(
    connect: Connect, tiktok: Emulator, report: Json, words: tuple[str, ...]
) -> None:
    """By the report's name, before TikTok is asked anything, and by every command."""
    named = {"name": "mine"} | report
    connection = connect(tiktok)
    status, message = verdict(connection, named)
    run = connection.run(
        ["discover", "--config", connection.file("config", connection.configured(custom_reports=[named]))]
    )

    assert status == "FAILED"
    assert f"report {named['name']}" in message
    assert [word for word in words if word not in message] == []
    assert [error["message"] for error in run.errors] == [message]
    assert list(tiktok.log) == []


def test_one_message_tells_all_problems_of_all_reports(connect: Connect, tiktok: Emulator) -> None:
    reports = [
        {"name": f"number_{place}"} | report for place, (report, _) in enumerate(ILLEGAL) if "name" not in report
    ]
    status, message = verdict(connect(tiktok), *reports, {"level": "ad"}, reports[0])

    assert status == "FAILED"
    assert [report["name"] for report in reports if f"report {report['name']}" not in message] == [
        report["name"] for report in reports if report.get("start_date")
    ]
    assert f"report number {len(reports) + 1}: name" in message
    assert "report number_0 occurs 2 times" in message
    assert "\n" not in message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stream)
def test_only_what_is_uncertain_is_asked_of_tiktok(connect: Connect, tiktok: Emulator, case: Any) -> None:
    """One row of one day, in the very shape of the report."""
    connection = connect(tiktok, custom_reports=[case.report])
    run = connection.check()
    asked = tiktok.log.to(REPORT)
    is_uncertain = case.stream.removeprefix("custom_") in UNCERTAIN

    assert run.verdict == ("SUCCEEDED", "")
    assert [request.params["page_size"] for request in asked] == ["1"] * is_uncertain
    assert case.asked(tiktok, by_default=True) == [request.params for request in asked]
    assert all(request.params["start_date"] == request.params["end_date"] for request in asked)
    assert [case.stream.removeprefix("custom_") in told for told in run.logged("INFO")].count(True) == is_uncertain


def test_the_same_as_text_is_the_same(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok)

    assert connection.discover(custom_reports=json.dumps(REPORTS)) == connection.discover(custom_reports=REPORTS)
    assert connection.discover(custom_reports=REPORTS[0]) == connection.discover(custom_reports=REPORTS[:1])
    nothing: tuple[Any, ...] = (None, "", [], "[]")
    for unset in nothing:
        assert connection.discover(custom_reports=unset) == connection.discover()


@pytest.mark.parametrize("value", ["[{", 7, True, "7", [7], [None], [[]]], ids=str)
def test_what_is_no_list_of_reports_is_refused(connect: Connect, tiktok: Emulator, value: Any) -> None:
    run = connect(tiktok).check(custom_reports=value)

    assert run.verdict[0] == "FAILED"
    assert "custom_reports: " in run.verdict[1]


UNSURE: Json = {"name": "unsure", "breakdowns": ["room_id"], "granularity": "lifetime", "metrics": ["spend"]}
SURE: Json = {"name": "sure", "metrics": ["spend"]}


def test_a_refusal_of_tiktok_fails_the_check_with_its_words(connect: Connect, tiktok: Emulator) -> None:
    """All reports are asked about, and the message tells of those alone that are refused."""
    unknown = {"name": "misspelt", "metrics": ["spent"]}
    allowed = {"name": "allowed", "breakdowns": ["country_code"], "granularity": "hour", "metrics": ["spend"]}
    status, message = verdict(connect(tiktok), UNSURE, SURE, unknown, allowed)

    assert status == "FAILED"
    assert "report unsure: TikTok answered" in message
    assert "40002" in message
    assert "query_lifetime: only an ID dimension can be queried over the lifetime." in message
    assert "report misspelt: TikTok answered" in message
    assert "'spent'" in message
    assert "report it" not in message.lower()
    assert not any(f"report {name}" in message for name in ("sure", "allowed"))
    assert len(tiktok.log.to(REPORT)) == 3


@pytest.mark.parametrize(
    "fault",
    [
        {"code": 40067, "message": "The query is too large."},
        {"code": 50000, "message": "System error."},
        {"code": 40001, "message": "The app does not grant this endpoint."},
        {"code": 40100, "message": "Too many requests."},
        {"status": 502},
        {"status": 404},
        {"drop": True},
    ],
    ids=str,
)
def test_any_other_answer_fails_no_check(connect: Connect, tiktok: Emulator, fault: Json) -> None:
    tiktok.inject(Fault(path=REPORT, times=None, **fault))
    run = connect(tiktok).check(custom_reports=[UNSURE])

    assert run.verdict == ("SUCCEEDED", "")
    assert ["report unsure is unknown" in told for told in run.logged("WARN")].count(True) == 1


@pytest.mark.parametrize("code", [40001, 40118, 40300])
def test_an_account_that_may_not_be_asked_leaves_the_answer_to_the_next(connect: Connect, code: int) -> None:
    """Five are asked at the most; the one that may answer tells what TikTok says to the report itself."""
    with Emulator(accounts(8), now=NOW) as tiktok:
        connection, ids = connect(tiktok), [advertiser.id for advertiser in tiktok.world.advertisers]
        for advertiser in ids[:4]:
            tiktok.inject(Fault(path=REPORT, match={"advertiser_id": advertiser}, times=None, code=code))
        status, message = verdict(connection, UNSURE)

        assert status == "FAILED"
        assert "query_lifetime: only an ID dimension can be queried over the lifetime." in message
        assert [request.params["advertiser_id"] for request in tiktok.log.to(REPORT)] == ids[:5]
        tiktok.log.clear()
        tiktok.inject(Fault(path=REPORT, match={"advertiser_id": ids[4]}, times=None, code=code))
        run = connection.check(custom_reports=[UNSURE])

        assert run.verdict == ("SUCCEEDED", "")
        assert ["report unsure is unknown" in told for told in run.logged("WARN")].count(True) == 1
        assert len(tiktok.log.to(REPORT)) == 5


def test_the_sandbox_is_asked_nothing(connect: Connect) -> None:
    """It answers whatever is asked, so its answer means nothing; it has no level of advertisers."""
    with Emulator(accounts(1), now=NOW, sandbox=True) as tiktok:
        advertiser = tiktok.world.advertisers[0].id
        credentials = {
            "auth_type": "sandbox_access_token",
            "advertiser_id": advertiser,
            "access_token": tiktok.access_token,
        }
        connection = connect(tiktok, credentials=credentials)
        run = connection.check(custom_reports=[UNSURE, SURE])

        assert run.verdict == ("SUCCEEDED", "")
        assert tiktok.log.to(REPORT) == []
        assert {"custom_unsure", "custom_sure"} <= {
            stream["name"] for stream in connection.discover(custom_reports=[UNSURE, SURE])
        }
        status, message = verdict(connection, SURE | {"level": "advertiser"})
        assert status == "FAILED"
        assert "the sandbox offers no level advertiser" in message


def test_a_custom_report_that_was_taken_out_is_not_read(connect: Connect, tiktok: Emulator) -> None:
    connection = connect(tiktok, start_date="2026-11-08")
    catalog = connection.catalog("custom_sure", custom_reports=[SURE])
    config = connection.file("config", connection.configured(custom_reports=[SURE | {"name": "surer"}]))
    run = connection.run(["read", "--config", config, "--catalog", connection.file("catalog", catalog)])

    assert run.exit_status == 1
    assert "custom_surer" in run.errors[0]["message"]
