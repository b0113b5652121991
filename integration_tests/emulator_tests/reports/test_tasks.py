"""Asynchronous report tasks: who may create them, how they advance, what their files hold."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from integration_tests.emulator import Emulator, World, a_campaign, an_ad, an_ad_group, an_advertiser
from integration_tests.harness.accounts import NOW
from integration_tests.harness.asking import ask
from integration_tests.harness.sending import fetch, post

CREATE, CHECK = "report/task/create/", "report/task/check/"
DOWNLOAD, CANCEL = "report/task/download/", "report/task/cancel/"
WISH: dict[str, Any] = {
    "report_type": "BASIC",
    "data_level": "AUCTION_AD",
    "dimensions": ["ad_id", "stat_time_day"],
    "metrics": ["spend", "clicks", "ad_name", "result"],
    "start_date": "2026-09-01",
    "end_date": "2026-11-08",
    "enable_report_title_translation": False,
}


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """An account with five ads, one of them deleted and one of TopView, and an app that may create tasks."""
    world = World([advertiser := an_advertiser(created="2026-10-01T00:00:00Z")])
    for buying_type in ("AUCTION", "RESERVATION_TOP_VIEW"):
        campaign = a_campaign(advertiser, buying_type=buying_type)
        group = an_ad_group(campaign)
        world.add(campaign, group, an_ad(group, share=100, every_hour=True))
        if buying_type == "AUCTION":
            world.add(an_ad(group, share=100, deleted="2026-11-01T00:00:00Z"))
            world.add(*(an_ad(group, share=100, name=f'Says "{text}", twice\n') for text in ("a", "b")))
    with Emulator(world, now=NOW) as emulator:
        emulator.report_tasks.is_allowed = True
        yield emulator


def created(tiktok: Emulator, **changes: Any) -> dict[str, Any]:
    return post(tiktok, CREATE, **{"advertiser_id": account(tiktok), **WISH, **changes})


def account(tiktok: Emulator) -> str:
    return tiktok.world.advertisers[0].id


def about(tiktok: Emulator, task: dict[str, Any]) -> dict[str, str]:
    return {"advertiser_id": account(tiktok), "task_id": task["data"]["task_id"]}


def file_of(tiktok: Emulator, task: dict[str, Any]) -> list[dict[str, str]]:
    tiktok.clock.move(minutes=5)
    return list(csv.DictReader(fetch(tiktok, DOWNLOAD, **about(tiktok, task)).splitlines(keepends=True)))


def test_a_task_is_queued_then_processed_then_done(tiktok: Emulator) -> None:
    task = created(tiktok)
    seen = []
    for _ in range(10):
        seen.append(ask(tiktok, CHECK, **about(tiktok, task))["data"]["status"])
        tiktok.clock.move(seconds=10)

    assert seen == ["QUEUING"] * 2 + ["PROCESSING"] * 6 + ["SUCCESS"] * 2


def test_a_file_holds_the_rows_of_the_report_without_a_limit_of_days_or_objects(tiktok: Emulator) -> None:
    """Its columns are the dimensions and the metrics that were asked for."""
    tiktok.report_limits.most_objects = 1
    rows = file_of(tiktok, created(tiktok))
    tiktok.report_limits.most_objects = 20_000
    months = [("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-30"), ("2026-10-31", "2026-11-08")]
    reported = [
        row["dimensions"] | row["metrics"]
        for start, end in months
        for row in tiktok.report_rows(
            **{"advertiser_id": account(tiktok), **WISH, "start_date": start, "end_date": end}
        )
    ]

    assert list(rows[0]) == [*WISH["dimensions"], *WISH["metrics"]]
    assert len(rows) > 50
    assert sorted(map(str, rows)) == sorted(map(str, reported))


@pytest.mark.parametrize("everything", [False, True])
def test_a_file_leaves_out_what_is_deleted_and_topview_unless_told_otherwise(
    tiktok: Emulator, *, everything: bool
) -> None:
    tiktok.report_tasks.holds_everything = everything
    auction, deleted, *others, topview = (ad.id for ad in tiktok.world.ads)
    found = {row["ad_id"] for row in file_of(tiktok, created(tiktok))}

    assert found == {auction, *others} | ({deleted, topview} if everything else set())


def test_a_file_is_as_old_as_the_last_refreshment(tiktok: Emulator) -> None:
    """Today's figures lack the hours since, and don't once it is refreshed."""
    wish = {"dimensions": ["ad_id", "stat_time_hour"], "start_date": "2026-11-10", "end_date": "2026-11-10"}
    tiktok.clock.move(hours=3, minutes=30)
    stale = max(row["stat_time_hour"] for row in file_of(tiktok, created(tiktok, **wish)))
    tiktok.report_tasks.refreshed_every = timedelta()
    fresh = max(row["stat_time_hour"] for row in file_of(tiktok, created(tiktok, **wish)))

    assert stale < fresh


def test_titles_are_for_people_unless_declined(tiktok: Emulator) -> None:
    rows = file_of(tiktok, created(tiktok, enable_report_title_translation=True))

    assert {"Ad ID", "Cost", "Click"} < set(rows[0])


def test_countries_are_written_by_their_names(tiktok: Emulator) -> None:
    wish = {"dimensions": ["ad_id", "stat_time_day", "country_code"], "metrics": ["spend"]}
    rows = file_of(tiktok, created(tiktok, **wish))

    assert {len(row["country_code"]) > 2 for row in rows} == {True}


def test_ids_are_filtered_by_thousands(tiktok: Emulator) -> None:
    wanted = tiktok.world.ads[0].id
    ids = '["' + '","'.join([wanted, *map(str, range(300))]) + '"]'
    wish = [{"field_name": "ad_ids", "filter_type": "IN", "filter_value": ids}]

    assert {row["ad_id"] for row in file_of(tiktok, created(tiktok, filtering=wish))} == {wanted}


STATUS = {"field_name": "ad_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"filtering": [STATUS]}, 40002),
        ({"report_type": "BC"}, 40002),
        ({"output_format": "PDF"}, 40002),
        ({"file_name": "a/b"}, 40002),
        ({"page": 1}, 40002),
        ({"dimensions": "ad_id"}, 40002),
        ({"dimensions": []}, 40002),
        ({"metrics": ["nonsense"]}, 40002),
        ({"report_type": "AUDIENCE", "dimensions": ["ad_id", "age"], "metrics": ["reach"]}, 40002),
        ({"report_type": "AUDIENCE", "dimensions": ["ad_id", "age"], "metrics": ["real_time_result"]}, 40002),
        ({"advertiser_id": "1"}, 40300),
    ],
)
def test_what_tasks_cannot_be_asked_is_refused(tiktok: Emulator, changes: dict[str, Any], code: int) -> None:
    assert created(tiktok)["code"] == 0
    assert created(tiktok, **changes)["code"] == code


def test_an_app_that_is_not_allow_listed_is_refused(tiktok: Emulator) -> None:
    tiktok.report_tasks.is_allowed = False

    assert created(tiktok)["code"] == 40118


@pytest.mark.parametrize("end", ["FAILED", None])
def test_a_task_without_success_has_no_file(tiktok: Emulator, end: str | None) -> None:
    """One that never ends may be cancelled, one that has failed may not."""
    tiktok.report_tasks.end = end
    task = about(tiktok, created(tiktok))
    tiktok.clock.move(days=1)
    status = ask(tiktok, CHECK, **task)["data"]["status"]
    download = ask(tiktok, DOWNLOAD, **task)["code"]
    cancelled = post(tiktok, CANCEL, **task)["code"]

    assert (status, download, cancelled) == (("FAILED", 40200, 40002) if end else ("PROCESSING", 40201, 0))
    assert ask(tiktok, CHECK, **task)["data"]["status"] == (end or "CANCELED")


def test_a_task_is_known_to_its_account_for_thirty_days(tiktok: Emulator) -> None:
    tiktok.world.add(other := an_advertiser())
    task = about(tiktok, created(tiktok))

    assert ask(tiktok, CHECK, **task | {"advertiser_id": other.id})["code"] == 40007
    assert ask(tiktok, CHECK, **task)["code"] == 0
    tiktok.clock.move(days=31)
    assert ask(tiktok, CHECK, **task)["code"] == 40007


def test_an_account_creates_so_many_tasks_an_hour(tiktok: Emulator) -> None:
    wish = {"start_date": "2026-09-01", "end_date": "2026-09-01"}
    codes = [created(tiktok, **wish)["code"] for _ in range(501)]
    tiktok.clock.move(hours=1)

    assert codes == [0] * 500 + [40133]
    assert created(tiktok, **wish)["code"] == 0


def test_creations_have_a_limit_of_their_own() -> None:
    """Two a second in every tier."""
    with Emulator(World([an_advertiser()]), now=NOW, tier="ultimate") as tiktok:
        tiktok.report_tasks.is_allowed = True
        codes = [created(tiktok)["code"] for _ in range(3)]

    assert codes == [0, 0, 40100]


def test_a_body_that_is_no_object_is_refused_and_a_get_is_no_post(tiktok: Emulator) -> None:
    headers = {"Access-Token": tiktok.access_token}
    codes = [
        requests.post(f"{tiktok.base_url}{CREATE}", data=body, headers=headers, timeout=5).json()["code"]
        for body in ("", "[]", "{")
    ]

    assert codes == [40002] * 3
    assert requests.get(f"{tiktok.base_url}{CREATE}", headers=headers, timeout=5).status_code == 405
