"""The GMV Max report adds up, tells its groups apart, and has limits of its own."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from integration_tests.emulator import Emulator, World, an_advertiser, an_item, seeded_world
from integration_tests.harness.accounts import NOW
from integration_tests.harness.asking import ask

FIRST, SHOP, STORE = "7012345678900001000", "7012345678900001001", "7495000000000000001"
PATH = "gmv_max/report/get/"
COUNTS = ["cost", "orders", "gross_revenue"]
BASE: dict[str, Any] = {
    "advertiser_id": SHOP,
    "store_ids": [STORE],
    "dimensions": ["campaign_id", "stat_time_day"],
    "metrics": COUNTS,
    "start_date": "2026-11-01",
    "end_date": "2026-11-10",
    "filtering": {"gmv_max_promotion_types": ["PRODUCT"]},
}

ROOM: dict[str, Any] = {"dimensions": ["room_id"], "filtering": {"campaign_ids": ["1"]}}
ROOMS = ROOM | {"dimensions": ["campaign_id", "room_id", "stat_time_day"]}
CREATIVES: dict[str, Any] = {"dimensions": ["campaign_id", "item_group_id", "item_id", "stat_time_day"]}


def rows(emulator: Emulator, **change: Any) -> list[dict[str, Any]]:
    wish = BASE | change
    return emulator.rows_of(PATH, wish.pop("advertiser_id"), **wish)


def totals(found: list[dict[str, Any]], dimension: str = "campaign_id") -> dict[str, list[int]]:
    """Return the sums in hundredths per value of a dimension, of things with any numbers."""
    sums: dict[str, Counter[str]] = {}
    for row in found:
        counter = sums.setdefault(row["dimensions"][dimension], Counter())
        counter.update({name: round(float(row["metrics"][name]) * 100) for name in COUNTS})
    return {name: [counter[metric] for metric in COUNTS] for name, counter in sums.items() if any(counter.values())}


def campaigns(emulator: Emulator) -> list[str]:
    wish = {"gmv_max_promotion_types": ["PRODUCT_GMV_MAX"]}
    return [row["campaign_id"] for row in emulator.rows_of("gmv_max/campaign/get/", SHOP, filtering=wish)]


def test_days_hours_products_creatives_and_lengths_add_up_to_campaigns(tiktok: Emulator) -> None:
    own = {"campaign_ids": campaigns(tiktok)}
    whole = totals(rows(tiktok, dimensions=["campaign_id"]))
    one_day = {"start_date": "2026-11-08", "end_date": "2026-11-08"}
    hours = totals(rows(tiktok, dimensions=["campaign_id", "stat_time_hour"], **one_day))
    products = rows(tiktok, dimensions=["campaign_id", "item_group_id"], filtering=own)
    groups = {row["dimensions"]["item_group_id"] for row in products}
    creatives = rows(
        tiktok,
        dimensions=["campaign_id", "item_group_id", "item_id", "stat_time_day"],
        filtering=own | {"item_group_ids": sorted(groups)},
    )
    lengths = rows(tiktok, dimensions=["duration"], filtering=own | {"item_group_ids": sorted(groups)})

    assert whole
    assert totals(rows(tiktok)) == whole
    assert hours == totals(rows(tiktok, **one_day))
    assert totals(products) == totals(creatives) == whole
    assert "-1" in {row["dimensions"]["item_id"] for row in creatives}
    assert [sum(column) for column in zip(*totals(lengths, "duration").values(), strict=True)] == [
        sum(column) for column in zip(*whole.values(), strict=True)
    ]


def test_an_account_total_covers_both_kinds_and_deleted_campaigns(tiktok: Emulator) -> None:
    every = {"campaign_statuses": ["STATUS_ALL"]}
    parts = [
        row
        for kind in ("PRODUCT", "LIVE")
        for row in rows(tiktok, filtering={"gmv_max_promotion_types": [kind], **every})
    ]
    [account] = totals(rows(tiktok, dimensions=["advertiser_id"], filtering={}), "advertiser_id").values()

    assert account == [sum(column) for column in zip(*totals(parts).values(), strict=True)]


def test_totals_come_when_enabled_and_cover_all_pages(tiktok: Emulator) -> None:
    wish = BASE | {"metrics": ["orders", "campaign_name"], "page_size": 1}
    data = ask(tiktok, PATH, **wish, enable_total_metrics=True)["data"]
    orders = sum(int(row["metrics"]["orders"]) for row in rows(tiktok))

    assert data["total_metrics"] == {"orders": str(orders), "campaign_name": "-"}
    assert "total_metrics" not in ask(tiktok, PATH, **wish)["data"]


def test_deleted_campaigns_are_hidden_unless_asked_for(tiktok: Emulator) -> None:
    wish = {"gmv_max_promotion_types": ["PRODUCT"]}
    october = {"start_date": "2026-10-01", "end_date": "2026-10-30"}
    alive = {row["dimensions"]["campaign_id"] for row in rows(tiktok, filtering=wish, **october)}
    every = {
        row["dimensions"]["campaign_id"]
        for row in rows(tiktok, filtering=wish | {"campaign_statuses": ["STATUS_ALL"]}, **october)
    }

    assert len(every - alive) == 1
    assert alive < every


def test_only_one_of_two_stores_can_be_used_and_other_accounts_have_none(tiktok: Emulator) -> None:
    stores = {row["store_id"]: row["is_gmv_max_available"] for row in tiktok.rows_of("gmv_max/store/list/", SHOP)}

    assert sorted(stores.values()) == [False, True]
    assert tiktok.rows_of("gmv_max/store/list/", FIRST) == []
    assert rows(tiktok, store_ids=[next(store for store, usable in stores.items() if not usable)]) == []


def test_live_campaigns_have_metrics_and_rooms_of_their_own(tiktok: Emulator) -> None:
    live = {"gmv_max_promotion_types": ["LIVE"]}
    found = rows(tiktok, metrics=["live_views", "campaign_name"], filtering=live)
    ids = sorted({row["dimensions"]["campaign_id"] for row in found})
    rooms = rows(tiktok, dimensions=["room_id"], metrics=["live_views"], filtering={"campaign_ids": ids})

    assert sum(int(row["metrics"]["live_views"]) for row in found) == sum(
        int(row["metrics"]["live_views"]) for row in rooms
    )
    assert len(rooms) == 2 * len(ids)


def test_live_reports_count_all_shops_of_a_stream_beside_the_one(tiktok: Emulator) -> None:
    live = {"gmv_max_promotion_types": ["LIVE"]}
    metrics = [f"{prefix}{name}" for prefix in ("", "all_shops_") for name in ("orders", "gross_revenue")]
    found = rows(tiktok, metrics=metrics, filtering=live)
    ids = sorted({row["dimensions"]["campaign_id"] for row in found})
    rooms = rows(
        tiktok,
        dimensions=["campaign_id", "room_id", "stat_time_day"],
        metrics=metrics,
        filtering={"campaign_ids": ids},
    )

    for name in ("orders", "gross_revenue"):
        own, every = (sum(float(row["metrics"][metric]) for row in found) for metric in (name, f"all_shops_{name}"))

        assert 0 < own < every
        assert sum(float(row["metrics"][f"all_shops_{name}"]) for row in rooms) == pytest.approx(every)


def test_creatives_by_day_have_rows_with_cost_only(tiktok: Emulator) -> None:
    whole = {"campaign_ids": campaigns(tiktok)}
    groups = rows(tiktok, dimensions=["campaign_id", "item_group_id"], filtering=whole)
    wish = whole | {"item_group_ids": sorted({row["dimensions"]["item_group_id"] for row in groups})}
    ids = ["campaign_id", "item_group_id", "item_id"]
    every, daily = (rows(tiktok, dimensions=dims, filtering=wish) for dims in (ids, [*ids, "stat_time_day"]))

    assert min(float(row["metrics"]["cost"]) for row in daily) > 0
    assert {tuple(row["dimensions"][name] for name in ids) for row in daily} <= {
        tuple(row["dimensions"].values()) for row in every
    }


@pytest.mark.parametrize(("start", "has_cost"), [("2023-08-30", False), ("2024-09-25", True)])
def test_data_begins_with_the_net_cost_a_year_before_the_rest(start: str, *, has_cost: bool) -> None:
    """Products have no net cost, and so no rows before."""
    account = an_advertiser(id=SHOP, timezone="Etc/UTC", created="2023-01-01T00:00:00Z")
    world = World([account])
    world.add(
        an_item("gmv_max/store/list/", account, store_id=STORE, is_gmv_max_available=True),
        *(
            an_item("gmv_max/campaign/get/", account, store_id=STORE, created="2023-08-01T00:00:00Z", turn=turn)
            for turn in range(2)
        ),
    )
    first = date.fromisoformat(start)
    dates = {"start_date": start, "end_date": str(first + timedelta(days=9))}
    with Emulator(world, now=NOW) as emulator:
        found = rows(emulator, metrics=["cost", "net_cost"], **dates)
        products = rows(
            emulator,
            dimensions=["campaign_id", "item_group_id", "stat_time_day"],
            filtering={"campaign_ids": campaigns(emulator)},
            **dates,
        )
    told = {name: {day_of(row) for row in found if float(row["metrics"][name])} for name in ("cost", "net_cost")}

    assert min(told["net_cost"]) == max(first, date(2023, 9, 1))
    assert all(day >= date(2024, 9, 27) for day in told["cost"] | {day_of(row) for row in products})
    assert bool(told["cost"]) == bool(products) == has_cost


def day_of(row: dict[str, Any]) -> date:
    return date.fromisoformat(row["dimensions"]["stat_time_day"][:10])


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"store_ids": [STORE, "7495000000000000002"]}, 40011, "at most 1"),
        ({"store_ids": STORE}, 40002, "error unmarshaling parameter"),
        ({"store_ids": ["1"]}, 40001, "No permission to operate store 1"),
        ({"metrics": ["spend"]}, 40002, "Invalid metric fields: ['spend']"),
        ({"metrics": ["live_views"]}, 40002, "Invalid metric fields: ['live_views']"),
        ({"dimensions": ["ad_id"]}, 40002, "Invalid dimensions: ['ad_id']"),
        ({"filtering": {}}, 40002, "exactly one of [PRODUCT, LIVE]"),
        ({"filtering": {"gmv_max_promotion_types": ["PRODUCT_GMV_MAX"]}}, 40002, "must be one of"),
        ({"filtering": {"gmv_max_promotion_types": ["PRODUCT", "LIVE"]}}, 40002, "exactly one of [PRODUCT, LIVE]"),
        ({"dimensions": ["item_group_id"], "filtering": {}}, 40002, "Missing required field(s): campaign_ids."),
        (CREATIVES | {"filtering": {"campaign_ids": ["1"]}}, 40002, "Missing required field(s): item_group_ids."),
        (ROOMS | {"filtering": {}}, 40002, "Missing required field(s): campaign_ids."),
        (ROOMS | {"filtering": {"campaign_ids": list(map(str, range(101)))}}, 40011, "at most 100"),
        (ROOMS | {"filtering": {"campaign_ids": ["1"], "campaign_statuses": ["STATUS_ALL"]}}, 40002, "only with"),
        (ROOMS | {"metrics": ["live_name"]}, 40002, "Invalid metric fields: ['live_name']"),
        (ROOM | {"metrics": ["live_name"], "filtering": {"campaign_ids": ["1", "2"]}}, 40002, "['live_name']"),
        ({"metrics": ["all_shops_orders"]}, 40002, "Invalid metric fields: ['all_shops_orders']"),
        ({"start_date": "2026-10-11"}, 40002, "max time span must be less than 30 days"),
        ({"dimensions": ["campaign_id", "stat_time_hour"]}, 40002, "max time span must be less than 1 days"),
        ({"end_date": "2026-10-01"}, 40002, "must not be before"),
        ({"sort_field": "roi"}, 40002, "not among the metrics"),
        ({"page_size": 1001}, 40002, "between 1 and 1000"),
    ],
)
def test_the_report_refuses(tiktok: Emulator, change: dict[str, Any], code: int, message: str) -> None:
    body = ask(tiktok, PATH, **(BASE | change))

    assert (body["code"], body["data"]) == (code, {})
    assert message in body["message"]


def test_a_single_object_is_described(tiktok: Emulator) -> None:
    """With one id in each filter and one ID dimension."""
    [campaign, *_] = campaigns(tiktok)
    found = rows(tiktok, dimensions=["item_group_id"], metrics=["product_name"], filtering={"campaign_ids": [campaign]})

    assert {row["metrics"]["product_name"] for row in found}.isdisjoint({"", "-"})
    assert len(found) == 2


def test_the_report_has_a_rate_limit_of_its_own() -> None:
    """The basic tier allows 10 requests a second on other endpoints, and 8 on this one."""
    about: dict[str, dict[str, Any]] = {PATH: BASE, "gmv_max/store/list/": {"advertiser_id": SHOP}}
    with Emulator(seeded_world(1), now=NOW, tier="basic") as emulator, ThreadPoolExecutor(9) as together:
        for path, params in about.items():
            list(together.map(lambda _, path=path, params=params: ask(emulator, path, **params), range(9)))
        report, stores = ([request.code for request in emulator.log.to(path)] for path in about)

    assert Counter(report) == {0: 8, 40100: 1}
    assert stores == [0] * 9
