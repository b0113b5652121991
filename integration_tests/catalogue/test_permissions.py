"""What an account may not or does not have: left out with a reason, and no harm to the rest."""

from typing import Any

import pytest

from integration_tests.emulator import (
    Advertiser,
    Emulator,
    Fault,
    World,
    a_campaign,
    an_ad,
    an_ad_group,
    an_advertiser,
    an_item,
)
from integration_tests.expected.creatives import SMART_PLUS
from integration_tests.expected.lists import SHARED, expected_list
from integration_tests.expected.stores import STORE_REPORTS
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Run

FEATURES = {
    "pixel/": ("pixels", "pixel_instant_page_events", "pixel_events_statistics"),
    "gmv_max/": ("gmv_max_stores", "gmv_max_campaigns", *STORE_REPORTS),
    "smart_plus/": ("smart_plus_campaigns", "smart_plus_ad_groups", "smart_plus_ads", *SMART_PLUS),
}
ALWAYS = ("ads_reports_daily", "campaigns", "languages")


def world_of(*advertisers: Advertiser) -> World:
    """Accounts with a running ad, a pixel, a shop with a campaign, an image and an app."""
    world = World(list(advertisers))
    for advertiser in advertisers:
        campaign = a_campaign(advertiser)
        ad_group = an_ad_group(campaign)
        world.add(campaign, ad_group, an_ad(ad_group, share=100, volume=90_000, every_hour=True))
        store = f"74{advertiser.id[2:]}"
        world.add(
            *(an_item(path, advertiser) for path in ("pixel/list/", "file/image/ad/search/", "app/list/")),
            an_item("gmv_max/store/list/", advertiser, store_id=store, is_gmv_max_available=True),
            an_item("gmv_max/campaign/get/", advertiser, store_id=store, created="2026-10-01T00:00:00Z"),
        )
    return world


def an_account(**columns: Any) -> Advertiser:
    return an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z", **columns)


def owners(run: Run, name: str) -> set[str]:
    """The accounts that the records of a stream are of."""
    return {str(record["advertiser_id"]) for record in run.records(name)}


@pytest.mark.parametrize("named", [False, True], ids=["looked-up", "named-in-the-configuration"])
@pytest.mark.parametrize("feature", FEATURES)
def test_accounts_that_lack_a_feature_are_left_out_with_a_reason(
    connect: Connect, feature: str, *, named: bool
) -> None:
    """Not even one has it: the streams of the feature are empty and complete, and the log tells why."""
    advertisers = [an_account(denied=[feature]), an_account(denied=[feature])]
    with Emulator(world_of(*advertisers), now=NOW) as tiktok:
        config = {"advertiser_ids": [advertiser.id for advertiser in advertisers]} if named else {}
        run = connect(tiktok, start_date="2026-11-05", **config).read(*FEATURES[feature], *ALWAYS)
        warnings = run.logged("WARN")

        assert {name: run.statuses(name)[-1] for name in FEATURES[feature]} == dict.fromkeys(
            FEATURES[feature], "COMPLETE"
        )
        assert run.exit_status == 0
        assert sorted(run.streams) == sorted(ALWAYS)
        for name in FEATURES[feature]:
            for advertiser in advertisers:
                assert [
                    told
                    for told in warnings
                    if name in told and advertiser.id in told and "40001" in told and "does not grant you" in told
                ]


@pytest.mark.parametrize("feature", FEATURES)
def test_an_account_that_has_the_feature_is_read_beside_one_that_lacks_it(connect: Connect, feature: str) -> None:
    lacking, having = an_account(denied=[feature]), an_account()
    with Emulator(world_of(lacking, having), now=NOW) as tiktok:
        run = connect(tiktok, start_date="2026-11-05").read(*FEATURES[feature], *ALWAYS)

        assert run.exit_status == 0
        assert {owner for name in FEATURES[feature] for owner in owners(run, name)} <= {having.id}
        if feature != "smart_plus/":
            assert {name for name in FEATURES[feature] if owners(run, name)} == {
                name for name in FEATURES[feature] if "live" not in name
            }
        assert owners(run, "campaigns") == {lacking.id, having.id}


def test_accounts_without_pixels_and_shops_have_empty_complete_streams(connect: Connect) -> None:
    bare = World([an_account(), an_account()])
    names = [name for feature in FEATURES.values() for name in feature if name != "pixel_instant_page_events"]
    with Emulator(bare, now=NOW) as tiktok:
        run = connect(tiktok, start_date="2026-11-05").read(*names)

        assert run.exit_status == 0
        assert {run.statuses(name)[-1] for name in names} == {"COMPLETE"}
        assert run.of("RECORD") == []
        assert run.logged("WARN") == []
        assert tiktok.log.to("gmv_max/report/get/") == tiktok.log.to("pixel/event/stats/") == []


def test_what_every_account_has_fails_its_stream_when_none_grants_it(connect: Connect) -> None:
    """A missing scope of the app is for the user to mend; all other streams are complete."""
    path = "file/image/ad/search/"
    advertisers = [an_account(denied=[path]), an_account(denied=[path])]
    with Emulator(world_of(*advertisers), now=NOW) as tiktok:
        run = connect(tiktok, start_date="2026-11-05").read("creative_assets_images", "apps", *ALWAYS)
        (error,) = run.errors[:-1]

        assert run.exit_status == 1
        assert run.statuses("creative_assets_images") == ["STARTED", "INCOMPLETE"]
        assert {run.statuses(name)[-1] for name in ("apps", *ALWAYS)} == {"COMPLETE"}
        assert error["failure_type"] == "config_error"
        assert "does not grant you" in error["message"]


@pytest.mark.parametrize("name", SHARED)
def test_reference_data_is_asked_of_the_next_account_when_the_first_may_not(connect: Connect, name: str) -> None:
    path, _ = SHARED[name]
    advertisers = (an_account(denied=[path]), an_account(), an_account())
    with Emulator(World(list(advertisers)), now=NOW) as tiktok:
        connection = connect(tiktok)
        run = connection.read(name)
        schema = next(stream["json_schema"] for stream in connection.discover() if stream["name"] == name)

        assert run.exit_status == 0
        assert run.records(name) == expected_list(tiktok, schema, name, advertisers[1:])
        assert [request.params["advertiser_id"] for request in tiktok.log.to(path)] == [
            advertiser.id for advertiser in advertisers[:2]
        ]


def test_another_app_owning_the_pixel_leaves_out_the_statistics_only(connect: Connect) -> None:
    """TikTok says so with the code that also means a withdrawn account."""
    advertiser, other = an_account(), an_account()
    message = "Adv has no permission to operate on the Pixel"
    with Emulator(world_of(advertiser, other), now=NOW) as tiktok:
        match = {"advertiser_id": advertiser.id}
        tiktok.inject(Fault(path="pixel/event/stats/", match=match, code=40001, message=message, times=None))
        run = connect(tiktok, start_date="2026-11-05").read("pixel_events_statistics", "pixels", *ALWAYS)

        assert run.exit_status == 0
        assert owners(run, "pixel_events_statistics") == {other.id}
        assert owners(run, "pixels") == owners(run, "campaigns") == {advertiser.id, other.id}


@pytest.mark.parametrize(
    ("code", "message"), [(40001, "Adv has no permission to operate on the Pixel"), (40007, "The pixel does not exist")]
)
def test_a_pixel_that_is_refused_leaves_out_itself_only(connect: Connect, code: int, message: str) -> None:
    """TikTok refuses the statistics of all pixels that are asked for together."""
    advertiser = an_account()
    pixels = [an_item("pixel/list/", advertiser) for _ in range(12)]
    world = World([advertiser])
    world.add(*pixels)
    refused = pixels[4].id
    with Emulator(world, now=NOW) as tiktok:

        def asks_for_it(params: dict[str, Any]) -> bool:
            return refused in params["pixel_ids"]

        tiktok.inject(Fault(path="pixel/event/stats/", match=asks_for_it, code=code, message=message, times=None))
        run = connect(tiktok).read("pixel_events_statistics")

        assert run.exit_status == 0
        assert {str(record["pixel_id"]) for record in run.records("pixel_events_statistics")} == {
            pixel.id for pixel in pixels if pixel.id != refused
        }
        assert [told for told in run.logged("WARN") if refused in told and message in told]


@pytest.mark.parametrize("name", ["pixel_instant_page_events", "pixel_events_statistics", "gmv_max_campaigns"])
def test_an_account_that_fails_costs_the_others_nothing(connect: Connect, name: str) -> None:
    paths = {
        "pixel_instant_page_events": "pixel/instant_page/event/",
        "pixel_events_statistics": "pixel/event/stats/",
        "gmv_max_campaigns": "gmv_max/campaign/get/",
    }
    advertisers = [an_account() for _ in range(3)]
    with Emulator(world_of(*advertisers), now=NOW) as tiktok:
        match = {"advertiser_id": advertisers[0].id}
        tiktok.inject(Fault(path=paths[name], match=match, code=50000, message="Down.", times=None))
        run = connect(tiktok, start_date="2026-11-05").read(name)

        assert run.exit_status == 1
        assert owners(run, name) == {advertiser.id for advertiser in advertisers[1:]}
        assert "Down." in run.errors[0]["message"]


def test_combinations_that_are_refused_in_other_words_are_left_out_and_told(connect: Connect) -> None:
    """The pairs of a goal that TikTok doesn't know; the others are read as ever."""
    name, path = "pixel_instant_page_events", "pixel/instant_page/event/"
    with Emulator(world_of(an_account(), an_account()), now=NOW) as tiktok:
        connection = connect(tiktok)
        calm = connection.read(name)
        tiktok.log.clear()
        message = "Invalid value for optimization_goal."
        match = {"optimization_goal": "PAGE_VISIT"}
        tiktok.inject(Fault(path=path, match=match, code=40002, message=message, times=None))
        run = connection.read(name)
        warnings = run.logged("WARN")

        assert run.exit_status == 0
        assert run.records(name) == calm.records(name) != []
        assert len(warnings) == 2  # an account each: another one might be answered
        assert all("10 of them" in told and message in told for told in warnings)
        assert [request.params["optimization_goal"] for request in tiktok.log.to(path)].count("PAGE_VISIT") == 20


def test_a_question_that_is_refused_in_every_combination_fails(connect: Connect) -> None:
    name, path = "pixel_instant_page_events", "pixel/instant_page/event/"
    with Emulator(world_of(an_account()), now=NOW) as tiktok:
        tiktok.inject(Fault(path=path, code=40002, message="advertiser_id: wrong.", times=None))
        run = connect(tiktok).read(name)

        assert run.exit_status == 1
        assert run.statuses(name)[-1] == "INCOMPLETE"
        assert "advertiser_id: wrong." in run.errors[0]["message"]


@pytest.mark.parametrize("taken", [4, 0], ids=["each-status-named", "no-status"])
@pytest.mark.parametrize("name", [name for name, report in STORE_REPORTS.items() if report.promotion])
def test_statuses_that_tiktok_does_not_take_are_not_asked_for(connect: Connect, name: str, taken: int) -> None:
    """Its documents disagree on them. The campaigns are read as far as they can be, and the log tells."""
    advertiser = an_account()
    world = World([advertiser])
    kind = STORE_REPORTS[name].promotion
    world.add(
        an_item("gmv_max/store/list/", advertiser, store_id="74", is_gmv_max_available=True),
        *(
            an_item("gmv_max/campaign/get/", advertiser, store_id="74", shopping_ads_type=kind, created=created)
            for created in ("2026-10-01T00:00:00Z", "2026-10-02T00:00:00Z")
        ),
    )
    path, message = "gmv_max/report/get/", "filtering.campaign_statuses: not a valid choice."
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-05")
        calm = connection.read(name)

        def is_refused(params: dict[str, Any]) -> bool:
            statuses = params["filtering"].get("campaign_statuses", ())
            return len(statuses) not in (0, taken)

        tiktok.inject(Fault(path=path, match=is_refused, code=40002, message=message, times=None))
        run = connection.read(name)

        assert run.exit_status == 0
        assert run.records(name) == calm.records(name) != []
        assert all(message in told for told in run.logged("WARN"))
        assert len(run.logged("WARN")) == (1 if taken else 2)
