"""Campaigns, ad groups and ads tell their buying type, which TikTok only filters by."""

from collections.abc import Iterator

import pytest

from integration_tests.emulator import (
    Emulator,
    Fault,
    World,
    a_campaign,
    a_smart_plus_ad,
    an_ad,
    an_ad_group,
    an_advertiser,
)
from integration_tests.expected.entities import ENTITIES
from integration_tests.harness.accounts import NOW, ids
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json, Run

AUCTION, RF, TOP_VIEW = "AUCTION", "RESERVATION_RF", "RESERVATION_TOP_VIEW"
LISTS = {"campaigns": "campaign/get/", "ad_groups": "adgroup/get/", "ads": "ad/get/"}


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts alike, each with two campaigns of every buying type, each with an ad group and an ad."""
    world = World()
    for _ in range(2):
        advertiser = an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
        world.add(advertiser)
        for buying_type in (AUCTION, RF, TOP_VIEW, AUCTION, RF, TOP_VIEW):
            campaign = a_campaign(advertiser, buying_type=buying_type)
            ad_group = an_ad_group(campaign)
            world.add(campaign, ad_group, an_ad(ad_group))
    with Emulator(world, now=NOW) as emulator:
        yield emulator


def types_of(run: Run, stream: str, advertiser: str) -> list[str | None]:
    own = [record for record in run.records(stream) if str(record["advertiser_id"]) == advertiser]
    key = {"campaigns": "campaign_id", "ad_groups": "adgroup_id", "ads": "ad_id"}[stream]
    assert len({record[key] for record in own}) == len(own)
    return sorted((record["buying_type"] for record in own), key=str)


def refusing(tiktok: Emulator, stream: str, advertiser: str, *types: str, code: int) -> None:
    """Let TikTok refuse to list exactly these buying types of an account."""

    def is_refused(asked: Json) -> bool:
        return bool(asked["advertiser_id"] == advertiser and asked["filtering"].get("buying_types") == list(types))

    message = "The advertiser is not on the allow-list of this buying type."
    tiktok.inject(Fault(path=LISTS[stream], match=is_refused, code=code, message=message, times=None))


@pytest.mark.parametrize("stream", ENTITIES)
def test_every_object_tells_its_buying_type(connect: Connect, tiktok: Emulator, stream: str) -> None:
    """Each buying type is listed once, with one request while it fits into a page."""
    run = connect(tiktok).read(stream)

    assert run.exit_status == 0
    assert run.logged("WARN") == []
    for advertiser in ids(tiktok):
        assert types_of(run, stream, advertiser) == [AUCTION, AUCTION, RF, RF, TOP_VIEW, TOP_VIEW]
    assert len(tiktok.log.to(LISTS[stream])) == 2 * 3


def test_what_tiktok_tells_itself_wins(connect: Connect, tiktok: Emulator) -> None:
    tiktok.world.campaigns[0].row["buying_type"] = "RESERVATION_OF_TOMORROW"
    run = connect(tiktok).read("campaigns")

    told = types_of(run, "campaigns", ids(tiktok)[0])
    assert told == [AUCTION, "RESERVATION_OF_TOMORROW", RF, RF, TOP_VIEW, TOP_VIEW]


@pytest.mark.parametrize("code", [40000, 40001, 40002, 40006, 40118, 40125])
@pytest.mark.parametrize("refused", [AUCTION, RF])
@pytest.mark.parametrize("stream", ENTITIES)
def test_an_account_that_refuses_to_be_asked_apart_loses_nothing_but_the_field(
    connect: Connect, tiktok: Emulator, stream: str, refused: str, code: int
) -> None:
    """It is asked the old way, with one warning; the other account tells all."""
    first, second = ids(tiktok)
    connection = connect(tiktok)
    calm = connection.read(stream)
    refusing(tiktok, stream, first, refused, code=code)
    run = connection.read(stream)
    known = [None] * 4 if refused == AUCTION else [AUCTION, AUCTION, None, None]

    assert run.exit_status == 0
    assert run.statuses(stream)[-1] == "COMPLETE"
    assert types_of(run, stream, first) == sorted([*known, TOP_VIEW, TOP_VIEW], key=str)
    assert types_of(run, stream, second) == [AUCTION, AUCTION, RF, RF, TOP_VIEW, TOP_VIEW]
    (warning,) = run.logged("WARN")
    assert all(word in warning for word in (stream, "buying_type", first, str(code)))
    assert run.state(stream) == calm.state(stream)


@pytest.mark.parametrize("code", [40001, 40002])
def test_a_refusal_of_another_kind_costs_what_it_did(connect: Connect, tiktok: Emulator, code: int) -> None:
    """Asked the old way, TikTok refuses, too: that wasn't what it refused."""
    first, second = ids(tiktok)
    for types in ((AUCTION,), (RF,), (AUCTION, RF)):
        refusing(tiktok, "ad_groups", first, *types, code=code)
    run = connect(tiktok).read("ad_groups")

    assert run.statuses("ad_groups")[-1] == ("COMPLETE" if code == 40001 else "INCOMPLETE")
    assert types_of(run, "ad_groups", second) == [AUCTION, AUCTION, RF, RF, TOP_VIEW, TOP_VIEW]
    assert types_of(run, "ad_groups", first) == []
    assert [warning for warning in run.logged("WARN") if "apart" in warning] == []


def test_ads_that_tell_no_time_of_change_tell_their_buying_type_in_later_syncs(connect: Connect) -> None:
    """Smart+ ads are auction ads, and are listed in every sync."""
    advertiser = an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")
    campaign = a_campaign(advertiser, campaign_automation_type="UPGRADED_SMART_PLUS")
    ad_group = an_ad_group(campaign)
    world = World([advertiser], [campaign], [ad_group], [a_smart_plus_ad(ad_group)])
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok)
        first = connection.read("ads")
        second = connection.read("ads", state=first.last_states)

        assert [record["buying_type"] for record in first.records("ads")] == [AUCTION]
        assert second.records("ads") == first.records("ads")
