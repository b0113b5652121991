"""Lists whose pages overlap or repeat, and lists that tell nothing: rows that hide others are never taken for them."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from integration_tests.completeness.test_answers import listed, post
from integration_tests.emulator import (
    Emulator,
    Fault,
    World,
    a_campaign,
    an_ad,
    an_ad_group,
    an_advertiser,
    uniform_world,
)
from integration_tests.expected.keys import keyed
from integration_tests.harness.accounts import DAILY, NOW, REPORT, accounts, ids
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json

INFO = "advertiser/info/"


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts."""
    with Emulator(accounts(2), now=NOW) as emulator:
        yield emulator


@pytest.fixture
def posts() -> Iterator[Emulator]:
    """One account whose list of posts a test writes."""
    with Emulator(World([an_advertiser()]), now=NOW, strict=False) as emulator:
        yield emulator


def test_a_page_that_repeats_another_in_another_order_is_not_the_rest(connect: Connect, posts: Emulator) -> None:
    first = [post(number) for number in range(1, 51)]
    listed(posts, first, first[::-1])
    run = connect(posts).read("spark_ads")

    assert len(run.records("spark_ads")) == 100 or run.statuses("spark_ads")[-1] == "INCOMPLETE"


def test_report_rows_that_come_twice_alike_hide_others(connect: Connect) -> None:
    """Page 2 of a report shows 32 rows of page 1 again, in both readings, instead of the 32 that are its own."""
    stream = "ads_reports_hourly"
    with Emulator(uniform_world(1, 43), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-08", end_date="2026-11-08")
        whole = connection.read(stream)
        first: list[Json] = []

        def kept(data: Json) -> Json:
            first[:] = data["list"]
            return data

        def repeated(data: Json) -> Json:
            return {**data, "list": first[: len(data["list"])]}

        tiktok.inject(Fault(path=REPORT, match={"page": "1"}, rewrite=kept, times=None))
        tiktok.inject(Fault(path=REPORT, match={"page": "2"}, rewrite=repeated, times=None))
        run = connection.read(stream)

        assert len(keyed(stream, whole.records(stream))) == 1032
        assert len(keyed(stream, run.records(stream))) == 1032 or run.statuses(stream)[-1] == "INCOMPLETE"


def test_a_campaign_that_slips_between_pages_is_not_missing_in_a_report(connect: Connect) -> None:
    """A day is divided by campaigns, whose list moves by one row between its pages, as an ordinary list may."""
    world = World([advertiser := an_advertiser(timezone="Etc/UTC", created="2026-01-01T00:00:00Z")])
    for _ in range(2):
        group = an_ad_group(campaign := a_campaign(advertiser))
        world.add(campaign, group, an_ad(group, share=100, volume=90_000, every_hour=True))
    with Emulator(world, now=NOW, strict=False) as tiktok:
        connection = connect(tiktok, start_date="2026-11-09", end_date="2026-11-09")
        calm = connection.read(DAILY)

        def whole(asked: Json) -> bool:
            return "campaign_ids" not in str(asked.get("filtering"))

        def auction(page: int, asked: Json) -> bool:
            return "AUCTION" in str(asked.get("filtering")) and str(asked.get("page")) == str(page)

        rows: list[Json] = []

        def first_of_two(data: Json) -> Json:
            rows[:] = data["list"]
            return {"list": rows[:1], "page_info": {**data["page_info"], "total_number": 2, "total_page": 2}}

        def second_of_two(data: Json) -> Json:
            return {"list": rows[:1], "page_info": {**data["page_info"], "total_number": 2, "total_page": 2}}

        tiktok.inject(Fault(path=REPORT, match=whole, code=40067, times=None))
        tiktok.inject(Fault(path="campaign/get/", match=partial(auction, 1), rewrite=first_of_two))
        tiktok.inject(Fault(path="campaign/get/", match=partial(auction, 2), rewrite=second_of_two))
        run = connection.read(DAILY)

        assert len(calm.records(DAILY)) == 2
        assert run.exit_status == 1 or len(run.records(DAILY)) == 2


def test_a_list_of_parents_that_fails_is_not_asked_for_by_each_window(connect: Connect, tiktok: Emulator) -> None:
    """Each window that has to be divided asks anew, ten times over four minutes, one window after the other."""
    first, _ = ids(tiktok)
    tiktok.inject(Fault(path=REPORT, match={"advertiser_id": first}, code=40067, times=None))
    tiktok.inject(Fault(path="campaign/get/", match={"advertiser_id": first}, status=502, times=None))
    run = connect(tiktok, start_date="2026-10-01", report_granularity=1).read(DAILY)

    assert run.statuses(DAILY)[-1] == "INCOMPLETE"
    assert len(tiktok.log.to("campaign/get/")) <= 20


@pytest.mark.parametrize("is_typed", [True, False], ids=["typed", "dictionaries"])
def test_report_rows_of_a_second_reading_are_emitted_once(
    connect: Connect, tiktok: Emulator, *, is_typed: bool
) -> None:
    """Their figures grew between the readings; each key comes out once, however the rows were decoded."""
    first, _ = ids(tiktok)
    readings: list[int] = []

    def grown(data: Json) -> Json:
        readings.append(1)
        rows = [
            {**row, "metrics": {**row["metrics"], "spend": str(len(readings)), **({} if is_typed else {"new": "1"})}}
            for row in data["list"]
        ]
        more = 1 if len(readings) == 1 else 0
        total = data["page_info"]["total_number"] + more
        return {"list": rows, "page_info": {**data["page_info"], "total_number": total}}

    tiktok.inject(Fault(path=REPORT, match={"advertiser_id": first}, rewrite=grown, times=None))
    run = connect(tiktok, start_date="2026-11-09", end_date="2026-11-09").read(DAILY)
    rows = [row for row in run.records(DAILY) if str(row["advertiser_id"]) == first]

    assert run.exit_status == 0
    assert len(rows) == len(keyed(DAILY, rows))


def nothing_listed(at: str, _: Any) -> Json:
    return {at: []}


def test_an_empty_answer_about_the_accounts_is_not_whole(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path=INFO, rewrite=partial(nothing_listed, "list"), times=None))
    run = connect(tiktok).read("advertisers")

    assert run.statuses("advertisers")[-1] == "INCOMPLETE"


def test_a_check_needs_the_account_to_be_told_of(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path=INFO, rewrite=partial(nothing_listed, "list"), times=None))
    run = connect(tiktok, advertiser_ids=ids(tiktok)).check()

    assert run.verdict[0] == "FAILED"


def test_a_paged_list_without_page_info_is_not_empty(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path="campaign/get/", rewrite=partial(nothing_listed, "list"), times=None))
    run = connect(tiktok).read("campaigns")

    assert run.statuses("campaigns")[-1] == "INCOMPLETE"


def test_a_report_without_page_info_is_not_empty(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path=REPORT, rewrite=partial(nothing_listed, "list"), times=None))
    run = connect(tiktok, start_date="2026-11-01").read(DAILY)

    assert run.statuses(DAILY)[-1] == "INCOMPLETE"


def test_a_list_that_is_the_same_for_all_is_never_empty(connect: Connect, tiktok: Emulator) -> None:
    tiktok.inject(Fault(path="tool/region/", rewrite=partial(nothing_listed, "region_info"), times=None))
    run = connect(tiktok).read("regions")

    assert run.statuses("regions")[-1] == "INCOMPLETE"
