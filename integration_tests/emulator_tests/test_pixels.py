"""Pixels count events per UTC day, and Instant Pages have events for few pairs of objective and goal."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.emulator import Emulator, World, an_advertiser, an_item
from integration_tests.harness.accounts import NOW
from integration_tests.harness.asking import ask

OWN, FOREIGN = an_advertiser(id="7012345678900000051"), an_advertiser(id="7012345678900000052")
PIXEL = an_item("pixel/list/", OWN, id="7400000000000000100", created="2026-10-20T08:00:00Z")
THEIRS = an_item("pixel/list/", FOREIGN, id="7400000000000000200")
PATH = "pixel/event/stats/"


@pytest.fixture(scope="module")
def tiktok() -> Iterator[Emulator]:
    with Emulator(World([OWN, FOREIGN], items=[PIXEL, THEIRS]), now=NOW) as emulator:
        yield emulator


def counted(emulator: Emulator, start: str, end: str) -> list[int]:
    dates = {"start_date": start, "end_date": end}
    [row] = emulator.rows_of(PATH, OWN.id, pixel_ids=[PIXEL.id], date_range=dates)
    return [event["total_count"] for event in row["statistics"]]


def test_days_add_up_and_nothing_is_counted_before_the_pixel_or_after_today(tiktok: Emulator) -> None:
    days = [counted(tiktok, f"2026-11-0{day}", f"2026-11-0{day}") for day in range(1, 10)]

    assert [sum(column) for column in zip(*days, strict=True)] == counted(tiktok, "2026-11-01", "2026-11-09")
    assert counted(tiktok, "2026-10-15", "2026-10-25") == counted(tiktok, "2026-10-20", "2026-10-25")
    assert counted(tiktok, "2026-11-09", "2026-11-30") == counted(tiktok, "2026-11-09", "2026-11-10")
    assert counted(tiktok, "2026-11-11", "2026-11-30") == []


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"pixel_ids": [THEIRS.id]}, 40001, "Adv has no permission to operate on the Pixel"),
        ({"pixel_ids": PIXEL.id}, 40002, "error unmarshaling parameter"),
        ({"pixel_ids": [PIXEL.id] * 11}, 40011, "at most 10"),
        ({"date_range": "2026-11-01"}, 40002, "error unmarshaling parameter"),
        ({"date_range": {"start_date": "2026-11-01"}}, 40002, "Missing required field(s): end_date."),
        ({"date_range": {"start_date": "2026-11-02", "end_date": "2026-11-01"}}, 40002, "must not be before"),
        ({"date_range": {"start_date": "2026-10-01", "end_date": "2026-10-31"}}, 40002, "max time span"),
    ],
)
def test_statistics_refuse(tiktok: Emulator, change: dict[str, Any], code: int, message: str) -> None:
    dates = {"start_date": "2026-11-01", "end_date": "2026-11-30"}
    body = ask(tiktok, PATH, **{"advertiser_id": OWN.id, "pixel_ids": [PIXEL.id], "date_range": dates, **change})

    assert body["code"] == code
    assert message in body["message"]


@pytest.mark.parametrize(
    ("objective", "goal"), [("REACH", "CONVERT"), ("WEB_CONVERSIONS", "PAGE_VISIT"), ("NOTHING", "CLICK")]
)
def test_pairs_that_do_not_exist_are_not_acceptable(tiktok: Emulator, objective: str, goal: str) -> None:
    wish = {"objective_type": objective, "optimization_goal": goal}
    body = ask(tiktok, "pixel/instant_page/event/", advertiser_id=OWN.id, **wish)

    assert body["code"] == 40002
    assert "param is not acceptable" in body["message"]


def test_pixels_come_oldest_first_unless_asked_otherwise() -> None:
    pixels = [an_item("pixel/list/", OWN, created=f"2026-10-0{day}T00:00:00Z") for day in (2, 1, 3)]
    with Emulator(World([OWN], items=pixels), now=NOW) as emulator:
        oldest = [row["pixel_id"] for row in emulator.rows_of("pixel/list/", OWN.id)]
        newest = [row["pixel_id"] for row in emulator.rows_of("pixel/list/", OWN.id, order_by="LATEST_CREATE")]

    assert oldest == [pixels[1].id, pixels[0].id, pixels[2].id]
    assert newest == oldest[::-1]
