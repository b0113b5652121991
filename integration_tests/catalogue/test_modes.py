"""Old single-granularity configurations, and TikTok's sandbox: fewer or other streams, read like all others."""

from datetime import date
from typing import Any

import orjson
import pytest

from integration_tests.emulator import (
    Emulator,
    World,
    a_campaign,
    an_ad,
    an_ad_group,
    an_advertiser,
    an_item,
    uniform_world,
)
from integration_tests.expected.report_names import AUDIENCE_REPORTS, BASIC_REPORTS, BY
from integration_tests.expected.reports import expected_report
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect, Connection
from integration_tests.harness.output import Run

BY_COUNTRY = tuple(f"{report}_by_country" for report in BASIC_REPORTS)
AUDIENCE = (*AUDIENCE_REPORTS, *(f"{report}_{by}" for report in AUDIENCE_REPORTS for by in BY))
UNSUFFIXED = {
    "HOUR": {*BASIC_REPORTS, *BY_COUNTRY[:2]},
    "DAY": {*BASIC_REPORTS, *BY_COUNTRY, *AUDIENCE},
    "LIFETIME": {*BASIC_REPORTS, "advertisers_audience_reports"},
}
SUFFIX = {"HOUR": "hourly", "DAY": "daily", "LIFETIME": "lifetime"}


def read_of(connection: Connection, *names: str) -> Run:
    """Read streams whether or not `discover` offers them."""
    catalog = connection.catalog("campaigns")
    (known,) = catalog["streams"]
    catalog["streams"] = [known | {"stream": known["stream"] | {"name": name}} for name in names]
    config = connection.file("config", connection.configured())
    return connection.run(["read", "--config", config, "--catalog", connection.file("catalog", catalog)])


@pytest.mark.parametrize("granularity", UNSUFFIXED)
def test_an_old_granularity_adds_the_names_of_its_time(connect: Connect, granularity: str) -> None:
    """The suffixed names stay; each un-suffixed stream is the same as its suffixed one."""
    with Emulator(uniform_world(2, 2), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-09")
        plain = {stream["name"]: stream for stream in connection.discover()}
        old = {stream["name"]: stream for stream in connection.discover(report_granularity=granularity)}
        added = {name: stream for name, stream in old.items() if name not in plain}
        names = sorted(added)
        run = connection.read(*names, report_granularity=granularity)

        assert set(plain) < set(old)
        assert set(added) == UNSUFFIXED[granularity]
        assert run.exit_status == 0
        for name in names:
            twin = f"{name}_{SUFFIX[granularity]}"

            assert added[name] == plain[twin] | {"name": name}
        twins = connection.read(*(f"{name}_{SUFFIX[granularity]}" for name in names))
        for name in names:
            suffixed = twins.records(f"{name}_{SUFFIX[granularity]}")

            assert sorted(map(orjson.dumps, run.records(name))) == sorted(map(orjson.dumps, suffixed)) != []


@pytest.mark.parametrize("granularity", ["HOUR", None])
def test_withdrawn_hourly_audience_reports_name_their_replacement(connect: Connect, granularity: str | None) -> None:
    """The other streams are read."""
    withdrawn = ("ads_audience_reports_hourly", *(["ads_audience_reports"] if granularity else []))
    with Emulator(uniform_world(2, 2), now=NOW) as tiktok:
        config = {"report_granularity": granularity} if granularity else {}
        run = read_of(connect(tiktok, start_date="2026-11-09", **config), *withdrawn, "campaigns")
        told = {error["stream_descriptor"]["name"]: error["message"] for error in run.errors[: len(withdrawn)]}

        assert run.exit_status == 1
        assert run.statuses("campaigns")[-1] == "COMPLETE"
        assert len(run.records("campaigns")) == 2
        assert set(told) == set(withdrawn)
        assert all("ads_audience_reports_daily" in message and "withdrew" in message for message in told.values())
        assert {error["failure_type"] for error in run.errors} == {"config_error"}


MOCKED = ("2020-12-08", "2020-12-19")
SANDBOX_REPORTS = (
    "ads_reports_daily",
    "ad_groups_reports_lifetime",
    "campaigns_reports_hourly",
    "ads_audience_reports_daily",
    "ad_group_audience_reports_by_country_daily",
    "campaigns_audience_reports_by_platform_daily",
    "ads_audience_reports_by_province_daily",
)


def sandbox_world() -> World:
    advertiser = an_advertiser(created="2020-12-01T00:00:00Z", timezone="Etc/UTC")
    campaign = a_campaign(advertiser)
    group = an_ad_group(campaign)
    ads = [an_ad(group, share=100, every_hour=True) for _ in range(2)]
    return World([advertiser], [campaign], [group], ads, items=[an_item("identity/get/", advertiser)])


def sandboxed(connect: Connect, tiktok: Emulator, **config: Any) -> Connection:
    credentials = {
        "auth_type": "sandbox_access_token",
        "advertiser_id": tiktok.world.advertisers[0].id,
        "access_token": tiktok.access_token,
    }
    return connect(tiktok, credentials=credentials, **config)


def test_the_sandbox_offers_what_airbytes_connector_offers_there(connect: Connect) -> None:
    """Neither what only production has nor advertisers' own reports nor basic reports by country."""
    with Emulator(sandbox_world(), now=NOW, sandbox=True) as tiktok:
        names = {stream["name"] for stream in sandboxed(connect, tiktok).discover()}

    assert names >= {"advertisers", "campaigns", "ad_groups", "ads", "audiences", "identities", *SANDBOX_REPORTS}
    assert names.isdisjoint({"advertiser_ids", "pixels", "spark_ads", "gmv_max_stores", "regions", "apps"})
    assert not [name for name in names if name.startswith("advertisers_")]
    assert not [name for name in names if "_reports_by_country" in name and "audience" not in name]


def test_the_sandbox_is_read(connect: Connect) -> None:
    """Its reports have twelve days of numbers; its account structure is read like any other."""
    with Emulator(sandbox_world(), now=NOW, sandbox=True) as tiktok:
        connection = sandboxed(connect, tiktok, start_date=MOCKED[0], end_date=MOCKED[1])
        schemas = {stream["name"]: stream["json_schema"] for stream in connection.discover()}
        run = connection.read("campaigns", "ad_groups", "ads", "identities", *SANDBOX_REPORTS)

        assert run.exit_status == 0
        assert [len(run.records(name)) for name in ("campaigns", "ad_groups", "ads", "identities")] == [1, 1, 2, 1]
        for name in SANDBOX_REPORTS:
            expected = expected_report(tiktok, schemas[name], name, *map(date.fromisoformat, MOCKED))

            assert sorted_records(run.records(name)) == sorted_records(expected) != []


def sorted_records(records: list[dict[str, Any]]) -> list[bytes]:
    return sorted(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) for record in records)


def test_what_the_sandbox_does_not_serve_is_left_out_with_a_reason(connect: Connect) -> None:
    """Streams that Airbyte's connector offers there but TikTok refuses are empty, and the log says why."""
    refused = ("advertisers", "creative_assets_images", "audiences")
    with Emulator(sandbox_world(), now=NOW, sandbox=True) as tiktok:
        connection = sandboxed(connect, tiktok, start_date=MOCKED[0], end_date=MOCKED[1])
        run = connection.read(*refused, "campaigns", "ads_reports_daily")
        warnings = run.logged("WARN")

        assert run.exit_status == 0
        assert set(run.streams) == {"campaigns", "ads_reports_daily"}
        for name in refused:
            assert [told for told in warnings if name in told and "sandbox" in told.lower() and "40008" in told]
