"""Reports of several accounts at once: the rows that each has alone, with the id of the account among the metrics."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.emulator.reports.several import ACCOUNT_METRICS, Several
from integration_tests.harness.accounts import NOW, REPORT, ids
from integration_tests.harness.asking import ask

ZONES = ("Pacific/Auckland", "Asia/Kolkata", "Etc/UTC", "Europe/Lisbon", "America/Los_Angeles", "Asia/Tokyo")
WISH: dict[str, Any] = {
    "report_type": "BASIC",
    "data_level": "AUCTION_AD",
    "dimensions": ["ad_id", "stat_time_day"],
    "metrics": ["spend", "impressions"],
    "start_date": "2026-11-01",
    "end_date": "2026-11-10",
    "page_size": 1000,
}
Row = dict[str, dict[str, str]]


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Six accounts in as many zones, with three ads each that were created in turn."""
    world = World()
    groups = []
    for zone in ZONES:
        advertiser = an_advertiser(timezone=zone, currency="EUR", created="2026-01-01T00:00:00Z")
        campaign = a_campaign(advertiser)
        groups.append(an_ad_group(campaign))
        world.add(advertiser, campaign, groups[-1])
    for turn in range(3):
        for place, group in enumerate(groups):
            born = f"2026-02-{turn * len(groups) + place + 1:02d}T00:00:00Z"
            world.add(an_ad(group, created=born, share=100, volume=90_000, every_hour=True))
    with Emulator(world, now=NOW) as emulator:
        yield emulator


def several(tiktok: Emulator, accounts: list[str], **wish: Any) -> dict[str, Any]:
    return ask(tiktok, REPORT, **{**WISH, **wish, "advertiser_ids": accounts})


def keyed(rows: list[Row]) -> dict[tuple[str, ...], Row]:
    """The rows by account and dimensions, without what only reports of several accounts tell."""
    return {
        (row["metrics"]["advertiser_id"], *row["dimensions"].values()): {
            **row,
            "metrics": {name: value for name, value in row["metrics"].items() if name not in ACCOUNT_METRICS},
        }
        for row in rows
    }


def alone(tiktok: Emulator, account: str, **wish: Any) -> dict[tuple[str, ...], Row]:
    rows = tiktok.report_rows(**{**WISH, **wish}, advertiser_id=account)
    return {(account, *row["dimensions"].values()): row for row in rows}


@pytest.mark.parametrize("time", ["stat_time_day", "stat_time_hour", None])
def test_each_account_has_the_rows_that_it_has_alone(tiktok: Emulator, time: str | None) -> None:
    """In its own days, whatever the zones of the others."""
    wish: dict[str, Any] = {"dimensions": ["ad_id", time] if time else ["ad_id"]}
    if time == "stat_time_hour":
        wish["start_date"] = WISH["end_date"]
    accounts = ids(tiktok)[:5]
    rows = several(tiktok, accounts, **wish)["data"]["list"]

    assert keyed(rows) == {key: row for account in accounts for key, row in alone(tiktok, account, **wish).items()}
    assert {row["metrics"]["timezone"] for row in rows} == set(ZONES[:5])
    assert {row["metrics"]["currency"] for row in rows} == {"EUR"}


def test_the_accounts_are_mixed_newest_object_first_and_page_size_tells_the_rows(tiktok: Emulator) -> None:
    data = several(tiktok, ids(tiktok)[:3], page_size=40)["data"]
    owners = [row["metrics"]["advertiser_id"] for row in data["list"]]

    assert data["page_info"] == {"page": 1, "page_size": 40, "total_number": 90, "total_page": 3}
    assert several(tiktok, ids(tiktok)[:3], page_size=40, page=3)["data"]["page_info"]["page_size"] == 10
    assert [*dict.fromkeys(owners)] == ids(tiktok)[:3][::-1]
    assert owners[0] != owners[10] != owners[30] == owners[0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda accounts: accounts[:6], 40002),
        (lambda accounts: accounts[:0], 40002),
        (lambda accounts: [accounts[0], accounts[0]], 40002),
        (lambda accounts: [*accounts[:2], "1"], 40300),
        (lambda accounts: accounts[:1], 0),
    ],
    ids=["six", "none", "twice", "unknown", "one"],
)
def test_one_to_five_known_accounts_are_asked_once_each(tiktok: Emulator, change: Any, code: int) -> None:
    assert several(tiktok, change(ids(tiktok)))["code"] == code


def test_the_ids_win_over_a_single_id(tiktok: Emulator) -> None:
    first, second, third, *_ = ids(tiktok)
    rows = several(tiktok, [first, second], advertiser_id=third)["data"]["list"]

    assert {row["metrics"]["advertiser_id"] for row in rows} == {first, second}


def test_an_account_without_permission_refuses_the_whole_request(tiktok: Emulator) -> None:
    tiktok.world.advertisers[2].granted = False
    refused = several(tiktok, ids(tiktok)[:3])

    assert refused["code"] == 40001
    assert ids(tiktok)[2] in refused["message"]
    assert several(tiktok, ids(tiktok)[:2])["code"] == 0


def test_objects_of_all_accounts_count_together_and_the_newest_remain(tiktok: Emulator) -> None:
    """The header alone tells, and the accounts are cut unevenly."""
    accounts = ids(tiktok)[:3]
    tiktok.report_limits.most_objects = 4
    rows = several(tiktok, accounts)["data"]["list"]
    objects = {(row["metrics"]["advertiser_id"], row["dimensions"]["ad_id"]) for row in rows}
    newest = sorted(tiktok.world.ads, key=lambda ad: ad.created, reverse=True)
    wanted = [ad for ad in newest if ad.advertiser_id in accounts][:4]

    assert objects == {(ad.advertiser_id, ad.id) for ad in wanted}
    assert len(alone(tiktok, accounts[0])) == 30


def test_days_of_utc_are_answered_on_request(tiktok: Emulator) -> None:
    """They hold the same in another cut: an account in UTC doesn't change, the hours of others move."""
    auckland, utc = ids(tiktok)[0], ids(tiktok)[2]
    plain = keyed(several(tiktok, [auckland, utc])["data"]["list"])
    moved = keyed(several(tiktok, [auckland, utc], multi_adv_report_in_utc_time=True)["data"]["list"])

    assert {key: row for key, row in plain.items() if key[0] == utc} == {
        key: row for key, row in moved.items() if key[0] == utc
    }
    assert all(row != moved[key] for key, row in plain.items() if key[0] == auckland and key in moved)


def test_an_answer_may_be_otherwise_than_documented(tiktok: Emulator) -> None:
    """What a careful client has to live with."""
    accounts = ids(tiktok)[:3]

    def owners(**how: Any) -> set[str]:
        for name, value in vars(replace(Several(), **how)).items():
            setattr(tiktok.reports_of_several, name, value)
        rows = several(tiktok, accounts)["data"]["list"]
        return {row["metrics"].get("advertiser_id", "") for row in rows}

    assert owners(first_only=True) == {accounts[0]}
    assert owners(silent_about=frozenset(accounts[1:2])) == {accounts[0], accounts[2]}
    assert owners(tells=("currency",)) == {""}
    assert owners(intruder=ids(tiktok)[4]) == {*accounts, ids(tiktok)[4]}
    tiktok.reports_of_several.is_refused = True
    assert several(tiktok, accounts)["code"] == 40002
    assert ask(tiktok, REPORT, **WISH, advertiser_id=accounts[0])["code"] == 0
