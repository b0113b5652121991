"""The sandbox switch, and pages that are kept."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.harness.accounts import NOW
from integration_tests.harness.asking import ask

ADVERTISER = an_advertiser(id="7012345678900000061", created="2020-12-01T00:00:00Z", timezone="Etc/UTC")
REPORT: dict[str, Any] = {
    "advertiser_id": ADVERTISER.id,
    "report_type": "BASIC",
    "data_level": "AUCTION_AD",
    "dimensions": ["ad_id", "stat_time_day"],
    "metrics": ["spend"],
    "start_date": "2020-12-01",
    "end_date": "2020-12-30",
}


def world() -> World:
    campaign = a_campaign(ADVERTISER)
    group = an_ad_group(campaign)
    return World([ADVERTISER], [campaign], [group], [an_ad(group, share=100, every_hour=True)])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Emulator]:
    with Emulator(world(), now=NOW, sandbox=True) as emulator:
        yield emulator


@pytest.mark.parametrize(
    ("path", "wish", "code"),
    [
        ("campaign/get/", {"advertiser_id": ADVERTISER.id}, 0),
        ("identity/get/", {"advertiser_id": ADVERTISER.id}, 0),
        ("report/integrated/get/", REPORT, 0),
        ("campaign/get/", {"advertiser_id": "1"}, 40013),
        ("advertiser/info/", {"advertiser_ids": [ADVERTISER.id]}, 40008),
        ("pixel/list/", {"advertiser_id": ADVERTISER.id}, 40008),
        (
            "report/integrated/get/",
            REPORT | {"data_level": "AUCTION_ADVERTISER", "dimensions": ["advertiser_id", "stat_time_day"]},
            40009,
        ),
        ("report/integrated/get/", REPORT | {"enable_total_metrics": True}, 40014),
    ],
)
def test_what_the_sandbox_has(sandbox: Emulator, path: str, wish: dict[str, Any], code: int) -> None:
    assert ask(sandbox, path, **wish)["code"] == code


def test_the_sandbox_has_numbers_for_twelve_days_and_no_secondary_status(sandbox: Emulator) -> None:
    days = sorted(row["dimensions"]["stat_time_day"] for row in sandbox.report_rows(**REPORT))
    [campaign] = ask(sandbox, "campaign/get/", advertiser_id=ADVERTISER.id)["data"]["list"]

    assert days == [f"2020-12-{day:02d} 00:00:00" for day in range(8, 20)]
    assert "secondary_status" not in campaign


def test_kept_pages_say_what_fresh_ones_say_and_follow_the_world_and_the_clock() -> None:
    """Keeping pages changes no answer: an edit, the time, or a wrong token is noticed at once."""
    served = world()
    wish = REPORT | {"start_date": "2026-11-01", "end_date": "2026-11-10"}
    with Emulator(served, now=NOW, canned=1) as emulator:
        first, again = (ask(emulator, "report/integrated/get/", **wish) for _ in range(2))
        emulator.clock.move(hours=5)
        later = ask(emulator, "report/integrated/get/", **wish)
        served.add(an_ad(served.ad_groups[0], share=100))
        edited = ask(emulator, "report/integrated/get/", **wish)
        query = emulator.log[-1].query
        stranger = requests.get(
            f"{emulator.base_url}report/integrated/get/?{query}", headers={"Access-Token": "x"}, timeout=5
        )

        assert emulator.log[1].rows == len(again["data"]["list"])

    assert first["data"] == again["data"] != later["data"]
    assert first["request_id"] != again["request_id"]
    assert edited["data"]["page_info"]["total_number"] > later["data"]["page_info"]["total_number"]
    assert stranger.json()["code"] == 40105
