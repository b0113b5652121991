"""What of an account is read: deleted objects, chosen advertisers, the streams of old configurations."""

from datetime import date
from typing import Any

import pytest

from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.expected.entities import ENTITIES, expected_entities
from integration_tests.expected.keys import once
from integration_tests.expected.report_names import LEVELS
from integration_tests.expected.reports import expected_report
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect

START, TODAY = date(2026, 10, 20), date(2026, 11, 10)


def a_world_with_deleted_objects(advertisers: int = 1) -> World:
    """Accounts with one living and one deleted branch, which spent before."""
    world = World()
    for _ in range(advertisers):
        advertiser = an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
        world.add(advertiser)
        for deleted in (None, "2026-11-05T00:00:00Z"):
            campaign = a_campaign(advertiser, deleted=deleted)
            ad_group = an_ad_group(campaign, deleted=deleted)
            world.add(campaign, ad_group, an_ad(ad_group, deleted=deleted, share=100))
    return world


@pytest.mark.parametrize(
    ("config", "included"), [({}, True), ({"include_deleted": True}, True), ({"include_deleted": False}, False)]
)
def test_deleted_objects_are_read_unless_the_user_says_no(
    connect: Connect,
    config: dict[str, Any],
    included: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    """What they spent is part of what TikTok Ads Manager shows; the advertiser's totals hold it either way."""
    reports = [f"{stem}_reports_daily" for stem in LEVELS] + ["ads_reports_lifetime"]
    with Emulator(a_world_with_deleted_objects(), now=NOW) as tiktok:
        connection = connect(tiktok, start_date=str(START), **config)
        run = connection.read(*ENTITIES, *reports)
        schemas = {stream["name"]: stream["json_schema"] for stream in connection.discover()}
        advertisers = [tiktok.world.advertisers[0].id]

        for name in ENTITIES:
            expected = expected_entities(tiktok, schemas[name], name, advertisers, include_deleted=included)
            assert len(run.records(name)) == (2 if included else 1)
            assert once(name, run.records(name)) == once(name, expected)
        for name in reports:
            rows = expected_report(tiktok, schemas[name], name, START, TODAY, include_deleted=included)
            assert once(name, run.records(name)) == once(name, rows)


@pytest.mark.parametrize("form", ["list", "text", "integers", "credentials"])
def test_only_the_chosen_advertisers_are_read(connect: Connect, form: str) -> None:
    with Emulator(a_world_with_deleted_objects(3), now=NOW) as tiktok:
        chosen = [advertiser.id for advertiser in tiktok.world.advertisers[1:]]
        connection = connect(tiktok, start_date=str(START))
        match form:
            case "list":
                config: dict[str, Any] = {"advertiser_ids": chosen}
            case "text":
                config = {"advertiser_ids": ", ".join(chosen)}
            case "integers":
                config = {"advertiser_ids": [int(advertiser) for advertiser in chosen]}
            case _:
                chosen = chosen[:1]
                config = {"credentials": {**connection.configured()["credentials"], "advertiser_id": chosen[0]}}
        run = connection.read("campaigns", "advertisers", "ads_reports_daily", **config)

        for stream in ("campaigns", "advertisers", "ads_reports_daily"):
            assert {str(record["advertiser_id"]) for record in run.records(stream)} == set(chosen)
        assert tiktok.log.to("oauth2/advertiser/get/") == []


def test_advertiser_ids_lists_every_advertiser_even_when_some_are_chosen(connect: Connect) -> None:
    with Emulator(a_world_with_deleted_objects(3), now=NOW) as tiktok:
        ids = [advertiser.id for advertiser in tiktok.world.advertisers]
        run = connect(tiktok, advertiser_ids=ids[:1]).read("advertiser_ids", "advertisers")

        assert [record["advertiser_id"] for record in run.records("advertiser_ids")] == ids
        assert [str(record["advertiser_id"]) for record in run.records("advertisers")] == ids[:1]


@pytest.mark.parametrize(("granularity", "grain"), [("DAY", "daily"), ("HOUR", "hourly"), ("LIFETIME", "lifetime")])
def test_a_single_granularity_brings_the_unsuffixed_streams_beside_the_suffixed(
    connect: Connect, granularity: str, grain: str
) -> None:
    with Emulator(a_world_with_deleted_objects(), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-09", report_granularity=granularity)
        plain, suffixed = "ads_reports", f"ads_reports_{grain}"
        offered = {stream["name"]: stream for stream in connection.discover()}
        run = connection.read(plain, suffixed)

        assert {f"{stem}_reports" for stem in LEVELS} <= offered.keys()
        assert offered[plain] | {"name": suffixed} == offered[suffixed]
        assert once(suffixed, run.records(plain)) == once(suffixed, run.records(suffixed))


def test_more_than_a_hundred_advertisers_are_looked_up_in_as_few_requests_as_tiktok_allows(connect: Connect) -> None:
    """advertiser/info takes 100 ids, in whatever order the batches arrive; the listing has no pages."""
    world = World(advertisers=[an_advertiser(timezone="Etc/UTC", created="2026-11-10T00:00:00Z") for _ in range(101)])
    with Emulator(world, now=NOW) as tiktok:
        run = connect(tiktok).read("advertisers", "campaigns_reports_lifetime")

        assert len(run.records("advertisers")) == 101
        batches = [len(request.params["advertiser_ids"]) for request in tiktok.log.to("advertiser/info/")]
        assert sorted(batches) == [1, 100]
