"""Every stream, in breadth: what TikTok holds comes out, once, in the promised types."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from integration_tests.emulator import Emulator, seeded_world, uniform_world
from integration_tests.expected.entities import ENTITIES, expected_advertisers, expected_entities, expected_ids
from integration_tests.expected.keys import once
from integration_tests.expected.report_names import CORE_REPORTS
from integration_tests.expected.reports import expected_report
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Run

START, LATEST = date(2026, 11, 10), date(2026, 11, 11)
STREAMS = ("advertiser_ids", "advertisers", *ENTITIES, *CORE_REPORTS)


def truth(connection: Connection, name: str, schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The records that a stream must consist of."""
    tiktok = connection.tiktok
    advertisers = [advertiser.id for advertiser in tiktok.world.advertisers]
    if name in CORE_REPORTS:
        return expected_report(tiktok, schema, name, START, LATEST)
    if name in ENTITIES:
        return expected_entities(tiktok, schema, name, advertisers)
    return expected_ids(tiktok, schema) if name == "advertiser_ids" else expected_advertisers(tiktok, schema)


def assert_truthful(connection: Connection, run: Run) -> None:
    schemas = {stream["name"]: stream["json_schema"] for stream in connection.discover()}

    assert sorted(run.streams) == sorted(STREAMS)
    for name in STREAMS:
        assert once(name, run.records(name)) == once(name, truth(connection, name, schemas[name])), name


@pytest.mark.parametrize("sync_mode", [pytest.param("full_refresh", marks=pytest.mark.slow), "incremental"])
def test_all_streams_of_all_advertisers_equal_what_tiktok_holds(connect: Connect, sync_mode: str) -> None:
    """Six accounts in six time zones; deleted objects, Smart+ ads and every buying type are among them."""
    with Emulator(seeded_world(1), now=NOW) as tiktok:
        connection = connect(tiktok, start_date=str(START))
        run = connection.read(*STREAMS, sync_mode=sync_mode)

        assert run.exit_status == 0
        assert_truthful(connection, run)
        assert_frugal(tiktok)


def assert_frugal(tiktok: Emulator) -> None:
    """One look-up whatever the number of streams, nothing asked twice, every announced page and none beyond."""
    asked = Counter((request.path, request.query) for request in tiktok.log)

    assert len(tiktok.log.to("oauth2/advertiser/get/")) == 1
    assert len(tiktok.log.to("advertiser/info/")) == 1
    assert set(asked.values()) == {1}
    assert {request.code for request in tiktok.log} == {0}


def test_a_record_reads_as_a_user_of_the_stream_knows_it(connect: Connect) -> None:
    """Ids are integers, money is as TikTok spells it, video counts are numbers, what is unknown is null."""
    with Emulator(uniform_world(1, 1), now=NOW) as tiktok:
        run = connect(tiktok, start_date="2026-11-09", end_date="2026-11-09").read("ads_reports_daily")
        (record,) = run.records("ads_reports_daily")
        advertiser, ad = (int(tiktok.world.advertisers[0].id), int(tiktok.world.ads[0].id))
        (row,) = tiktok.report_rows(
            advertiser_id=str(advertiser),
            report_type="BASIC",
            data_level="AUCTION_AD",
            dimensions=["ad_id", "stat_time_day"],
            metrics=["spend", "impressions", "video_play_actions", "secondary_goal_result", "adgroup_id"],
            start_date="2026-11-09",
            end_date="2026-11-09",
        )

        assert set(record) == {"advertiser_id", "ad_id", "stat_time_day", "dimensions", "metrics"}
        assert (record["advertiser_id"], record["ad_id"]) == (advertiser, ad)
        assert record["stat_time_day"] == "2026-11-09 00:00:00"
        assert record["dimensions"] == {"ad_id": ad, "stat_time_day": "2026-11-09 00:00:00"}
        assert record["metrics"]["spend"] == row["metrics"]["spend"]
        assert record["metrics"]["impressions"] == row["metrics"]["impressions"]
        assert record["metrics"]["video_play_actions"] == float(row["metrics"]["video_play_actions"])
        assert record["metrics"]["adgroup_id"] == int(row["metrics"]["adgroup_id"])
        assert row["metrics"]["secondary_goal_result"] == "-"
        assert record["metrics"]["secondary_goal_result"] is None


def test_a_report_of_many_pages_is_read_to_its_last_row(connect: Connect) -> None:
    """43 ads that deliver in each of 24 hours are 1,032 rows, a page and a bit."""
    with Emulator(uniform_world(1, 43), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-09", end_date="2026-11-09")
        run = connection.read("ads_reports_hourly")
        asked = tiktok.log.to("report/integrated/get/")

        assert len(once("ads_reports_hourly", run.records("ads_reports_hourly"))) == 43 * 24
        assert sorted((request.params["page"], request.rows) for request in asked if "ad_name" in metrics(request)) == [
            ("1", 1000),
            ("2", 32),
        ]


def metrics(request: Any) -> list[str]:
    """The metrics that a request asked for."""
    names: list[str] = request.params["metrics"]
    return names
