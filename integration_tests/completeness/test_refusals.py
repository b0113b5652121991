"""A refusal costs what it is about and nothing else, and what it costs is never called complete."""

from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator, Fault, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.harness.accounts import ADS, DAILY, NOW, REPORT, accounts, advertisers_of, ids
from integration_tests.harness.connection import Connect

NO_SHOP = "This ad account has no permission for TikTok Shop."
WITHDRAWN = "No permission to operate advertiser."
INFO = "advertiser/info/"


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts."""
    with Emulator(accounts(2), now=NOW) as emulator:
        yield emulator


def refuse(tiktok: Emulator, path: str, advertiser: str, message: str, *, after: int = 0) -> None:
    """Let TikTok refuse an endpoint for one account, with code 40001, from some request on."""

    def is_about(asked: dict[str, object]) -> bool:
        return asked.get("advertiser_id") == advertiser or asked.get("advertiser_ids") == [advertiser]

    tiktok.inject(Fault(path=path, match=is_about, code=40001, message=message, times=None, after=after))


@pytest.mark.parametrize("path", ["gmv_max/store/list/", "pixel/list/", "identity/get/", "smart_plus/ad/get/"])
@pytest.mark.parametrize("message", [NO_SHOP, WITHDRAWN, "The advertiser is not in the whitelist."])
def test_one_endpoint_does_not_condemn_an_account(connect: Connect, tiktok: Emulator, path: str, message: str) -> None:
    """Whatever words it uses: TikTok tells of the account itself when it is asked about the account itself."""
    first, second = ids(tiktok)
    refuse(tiktok, path, first, message)
    connection = connect(tiktok, start_date="2026-11-08")
    run = connection.read("gmv_max_stores", "pixels", "identities", "smart_plus_ads", DAILY, "campaigns", "ads")

    assert run.exit_status == 0
    for stream in (DAILY, "campaigns", "ads"):
        assert advertisers_of(run.records(stream)) == {first, second}
        assert run.statuses(stream)[-1] == "COMPLETE"
    assert any(first in told and message in told for told in run.logged("WARN"))
    assert [asked.params["advertiser_ids"] for asked in tiktok.log.to(INFO)].count([first]) == 1


def test_an_account_is_withdrawn_when_tiktok_says_so_of_the_account(connect: Connect, tiktok: Emulator) -> None:
    """It is asked once, however many streams and windows find out, and left out of all of them."""
    first, second = ids(tiktok)
    for path in (ADS, REPORT, "campaign/get/", INFO):
        refuse(tiktok, path, first, WITHDRAWN)
    run = connect(tiktok, start_date="2026-01-01").read(DAILY, "campaigns", "ads")

    assert run.exit_status == 0
    for stream in (DAILY, "campaigns", "ads"):
        assert advertisers_of(run.records(stream)) == {second}
    assert [asked.params["advertiser_ids"] for asked in tiktok.log.to(INFO)].count([first]) == 1


@pytest.mark.parametrize("is_withdrawn", [True, False], ids=["account", "endpoint"])
def test_a_stream_that_loses_an_account_half_way_is_not_complete(
    connect: Connect, tiktok: Emulator, *, is_withdrawn: bool
) -> None:
    """Some of its windows were read, the others never will be in this sync."""
    first, second = ids(tiktok)
    refuse(tiktok, REPORT, first, WITHDRAWN, after=3)
    if is_withdrawn:
        refuse(tiktok, INFO, first, WITHDRAWN)
    run = connect(tiktok, start_date="2026-01-01").read(DAILY, "campaigns")
    per_account = {
        account: len([row for row in run.records(DAILY) if str(row["advertiser_id"]) == account])
        for account in (first, second)
    }

    assert 0 < per_account[first] < per_account[second]
    assert run.statuses(DAILY)[-1] == "INCOMPLETE"
    assert run.exit_status == 1
    assert run.statuses("campaigns")[-1] == "COMPLETE"
    assert any(first in error["message"] and "part" in error["message"] for error in run.errors)


@pytest.mark.parametrize("path", ["oauth2/advertiser/get/", "tool/region/"])
@pytest.mark.parametrize("message", [NO_SHOP, "The endpoint is not granted to the app."])
def test_a_refusal_about_no_account_costs_its_own_stream(
    connect: Connect, tiktok: Emulator, path: str, message: str
) -> None:
    """Languages and categories are about no account either, but were not refused."""
    tiktok.inject(Fault(path=path, code=40001, message=message, times=None))
    connection = connect(tiktok, advertiser_ids=ids(tiktok))
    run = connection.read("advertiser_ids", "regions", "languages", "action_categories", "advertisers", "campaigns")
    lost = "regions" if path == "tool/region/" else "advertiser_ids"

    assert run.statuses(lost)[-1] == "INCOMPLETE"
    for stream in ("languages", "action_categories", "advertisers", "campaigns"):
        assert run.statuses(stream)[-1] == "COMPLETE"
        assert run.records(stream)


@pytest.mark.parametrize("message", [NO_SHOP, "The app is not granted campaign/get/."])
def test_a_report_fails_when_what_divides_it_is_refused(connect: Connect, message: str) -> None:
    """A day is too large and has to be asked by campaigns, but the list of campaigns is not granted."""
    world = accounts(1)
    (advertiser,) = world.advertisers
    for _ in range(3):
        group = an_ad_group(campaign := a_campaign(advertiser))
        world.add(campaign, group, an_ad(group, share=50, volume=50_000, every_hour=True))
    with Emulator(world, now=NOW) as tiktok:

        def is_whole(asked: dict[str, object]) -> bool:
            return "campaign_ids" not in str(asked.get("filtering")) and asked["start_date"] != "2026-11-08"

        tiktok.inject(Fault(path=REPORT, match=is_whole, code=40067, times=None))
        tiktok.inject(Fault(path="campaign/get/", code=40001, message=message, times=None))
        run = connect(tiktok, start_date="2026-11-08", end_date="2026-11-09", report_granularity=1).read(DAILY)

        assert run.statuses(DAILY)[-1] == "INCOMPLETE"
        assert run.exit_status == 1
        assert any(message in error["message"] for error in run.errors)
        assert run.cursors(DAILY) == {advertiser.id: "2026-11-08"}


def test_an_account_refused_while_another_window_is_under_way_is_partly_read(
    connect: Connect, tiktok: Emulator
) -> None:
    first, _ = ids(tiktok)
    slow = {"advertiser_id": first, "start_date": "2026-11-08"}
    refused = {"advertiser_id": first, "start_date": "2026-11-09"}
    tiktok.inject(Fault(path=REPORT, match=slow, delay=1.0, times=None))
    tiktok.inject(Fault(path=REPORT, match=refused, code=40001, message=NO_SHOP, times=None))
    run = connect(tiktok, start_date="2026-11-08", report_granularity=1).read(DAILY)
    rows = [row for row in run.records(DAILY) if str(row["advertiser_id"]) == first]

    assert rows, "one window was read"
    assert run.statuses(DAILY)[-1] == "INCOMPLETE"


def test_instant_page_events_of_an_account_refused_half_way_are_partly_read(connect: Connect, tiktok: Emulator) -> None:
    stream, path = "pixel_instant_page_events", "pixel/instant_page/event/"
    first, _ = ids(tiktok)
    connection = connect(tiktok)
    calm = connection.read(stream)
    of_first = [row for row in calm.records(stream) if row["advertiser_id"] == first]
    tiktok.inject(Fault(path=path, match={"advertiser_id": first}, code=40001, message=NO_SHOP, times=None, after=3))
    run = connection.read(stream)
    read = [row for row in run.records(stream) if row["advertiser_id"] == first]

    assert 0 < len(read) < len(of_first)
    assert run.statuses(stream)[-1] == "INCOMPLETE"


def test_a_sandbox_account_that_does_not_exist_is_told(connect: Connect) -> None:
    world = World([an_advertiser(created="2020-12-01T00:00:00Z", timezone="Etc/UTC")])
    with Emulator(world, now=NOW, sandbox=True) as tiktok:
        credentials = {
            "auth_type": "sandbox_access_token",
            "advertiser_id": "7999999999999999999",
            "access_token": tiktok.access_token,
        }
        run = connect(tiktok, credentials=credentials).read("campaigns", "ads", "ad_groups")

        assert run.exit_status == 1


def test_a_token_that_is_revoked_when_the_account_is_asked_about_ends_the_sync(
    connect: Connect, tiktok: Emulator
) -> None:
    first, _ = ids(tiktok)
    refusal = "No permission to operate advertiser."
    tiktok.inject(Fault(path="campaign/get/", match={"advertiser_id": first}, code=40001, message=refusal, times=None))
    tiktok.inject(
        Fault(path=INFO, match=lambda asked: asked["advertiser_ids"] == [first], code=40105, message="Revoked.")
    )
    run = connect(tiktok).read("campaigns")

    assert run.exit_status == 1
