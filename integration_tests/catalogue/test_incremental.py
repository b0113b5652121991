"""Lists and shop reports that go on where the last sync ended."""

from datetime import date
from typing import Any

import orjson
import pytest

from integration_tests.emulator import Emulator, World, an_advertiser, an_item
from integration_tests.expected.days import days_between
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect

REPORT = "gmv_max/report/get/"
PRODUCTS, LIVE = "gmv_max_product_campaign_reports_daily", "gmv_max_live_campaign_reports_daily"


@pytest.mark.parametrize(
    ("name", "path", "key"),
    [
        ("creative_assets_images", "file/image/ad/search/", "image_id"),
        ("creative_assets_videos", "file/video/ad/search/", "video_id"),
    ],
)
def test_assets_that_changed_come_again_and_the_others_do_not(connect: Connect, name: str, path: str, key: str) -> None:
    """Those changed at the very moment of the cursor come again, too: it may have had more than were seen."""
    accounts = [an_advertiser(created="2026-01-01T00:00:00Z") for _ in range(2)]
    items = [
        an_item(path, account, created=f"2026-02-{day:02d}T08:00:00Z", modified=f"2026-03-{day:02d}T08:00:00Z")
        for account in accounts
        for day in range(1, 8)
    ]
    world = World(accounts, items=[*items])
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok)
        first = connection.read(name)
        changed, fresh = items[2], an_item(path, accounts[1], created="2026-11-10T20:00:00Z")
        changed.change("2026-11-10T18:00:00Z")
        world.add(fresh)
        tiktok.clock.move(days=1)
        world.touch()
        second = connection.read(name, state=first.last_states)
        third = connection.read(name, state=second.last_states)

        assert (first.exit_status, second.exit_status, third.exit_status) == (0, 0, 0)
        assert {record[key] for record in first.records(name)} == {item.id for item in items}
        assert {record[key] for record in second.records(name)} == {changed.id, fresh.id, items[6].id, items[13].id}
        assert {record[key] for record in third.records(name)} == {changed.id, fresh.id}
        assert first.cursors(name) == dict.fromkeys([account.id for account in accounts], "2026-03-07 08:00:00Z")
        assert second.cursors(name) == {
            accounts[0].id: "2026-11-10 18:00:00Z",
            accounts[1].id: "2026-11-10 20:00:00Z",
        }
        assert third.state(name) == second.state(name)


def a_shop(account: Any, store: str, *, available: bool = True) -> list[Any]:
    """A store with a campaign of each kind."""
    return [
        an_item("gmv_max/store/list/", account, store_id=store, is_gmv_max_available=available),
        *(
            an_item("gmv_max/campaign/get/", account, store_id=store, created="2026-10-01T00:00:00Z", turn=turn)
            for turn in range(4)
        ),
    ]


@pytest.mark.parametrize("name", [PRODUCTS, LIVE])
def test_shop_reports_go_on_store_by_store_with_the_lookback(connect: Connect, name: str) -> None:
    """Each store keeps a cursor of its own; a store that is new is read from the start date."""
    accounts = [an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z") for _ in range(2)]
    shops = [("7495000000000000011", accounts[0]), ("7495000000000000012", accounts[0])]
    world = World(accounts, items=[item for store, account in shops for item in a_shop(account, store)])
    world.add(*a_shop(accounts[1], "7495000000000000099", available=False))
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-01", attribution_window=3)
        first = connection.read(name)
        tiktok.clock.move(days=2)
        world.add(*a_shop(accounts[1], "7495000000000000013"))
        world.touch()
        tiktok.log.clear()
        second = connection.read(name, state=first.last_states)
        asked = {
            (request.params["store_ids"][0], request.params["advertiser_id"]): days_between(
                date.fromisoformat(request.params["start_date"]), date.fromisoformat(request.params["end_date"])
            )
            for request in tiktok.log.to(REPORT)
        }
        whole = connection.read(name)
        merged = {key_of(record): record for run in (first, second) for record in run.records(name)}

        assert (first.exit_status, second.exit_status) == (0, 0)
        assert stores(first.state(name)) == dict.fromkeys([store for store, _ in shops], "2026-11-10")
        assert asked == {
            **{(store, account.id): days_between(date(2026, 11, 7), date(2026, 11, 12)) for store, account in shops},
            ("7495000000000000013", accounts[1].id): days_between(date(2026, 11, 1), date(2026, 11, 12)),
        }
        assert stores(second.state(name)) == dict.fromkeys(
            [*(store for store, _ in shops), "7495000000000000013"], "2026-11-12"
        )
        assert sorted(map(orjson.dumps, merged.values())) == sorted(map(orjson.dumps, whole.records(name))) != []


def stores(state: dict[str, Any]) -> dict[str, str]:
    """Where each store stands."""
    return {entry["partition"]["store_id"]: entry["cursor"]["stat_time_day"] for entry in state["states"]}


def key_of(record: dict[str, Any]) -> tuple[str, ...]:
    return record["store_id"], record["campaign_id"], record["stat_time_day"]
