"""An answer that is empty or contradicts itself is never taken for the whole list."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from integration_tests.emulator import (
    Emulator,
    Fault,
    World,
    a_campaign,
    an_ad,
    an_ad_group,
    an_advertiser,
    an_item,
    uniform_world,
)
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json

PRODUCT = "gmv_max_product_campaign_reports_daily"
UNPAGED = {
    "regions": "tool/region/",
    "locations": "search/region/",
    "languages": "tool/language/",
    "interest_categories": "tool/interest_category/",
    "apps": "app/list/",
    "gmv_max_stores": "gmv_max/store/list/",
}


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """One account with an app and a shop that sells."""
    advertiser = an_advertiser(timezone="Etc/UTC", created="2026-10-01T00:00:00Z")
    store = "7412345"
    world = World([advertiser])
    world.add(
        an_item("app/list/", advertiser),
        an_item("gmv_max/store/list/", advertiser, store_id=store, is_gmv_max_available=True),
        an_item("gmv_max/campaign/get/", advertiser, store_id=store, created="2026-10-02T00:00:00Z"),
    )
    with Emulator(world, now=NOW) as emulator:
        yield emulator


def nothing(_: Any) -> Json:
    return {}


def replaced(data: Json, _: Any) -> Json:
    return data


@pytest.mark.parametrize("name", UNPAGED)
def test_an_empty_answer_is_asked_again(connect: Connect, tiktok: Emulator, name: str) -> None:
    connection = connect(tiktok)
    calm = connection.read(name)
    tiktok.inject(Fault(path=UNPAGED[name], rewrite=nothing))
    run = connection.read(name)

    assert run.exit_status == 0
    assert run.records(name) == calm.records(name) != []


@pytest.mark.parametrize("name", UNPAGED)
def test_a_list_whose_answers_stay_empty_is_not_complete(connect: Connect, tiktok: Emulator, name: str) -> None:
    tiktok.inject(Fault(path=UNPAGED[name], rewrite=nothing, times=None))
    run = connect(tiktok).read(name)

    assert run.statuses(name)[-1] == "INCOMPLETE"
    assert {error["failure_type"] for error in run.errors} == {"transient_error"}


def test_a_list_that_is_empty_in_so_many_words_is_complete(connect: Connect) -> None:
    with Emulator(World([an_advertiser()]), now=NOW) as tiktok:
        run = connect(tiktok).read("apps", "gmv_max_stores")

        assert run.exit_status == 0
        assert run.of("RECORD") == []


@pytest.mark.parametrize("listed", [{}, {"store_list": []}], ids=["no-list", "empty-list"])
def test_a_store_that_is_not_listed_keeps_its_cursor(connect: Connect, tiktok: Emulator, listed: Json) -> None:
    """Be it gone or not told of: the next sync that sees it goes on where it stood."""
    connection = connect(tiktok, start_date="2026-11-01")
    first = connection.read(PRODUCT)
    tiktok.inject(Fault(path=UNPAGED["gmv_max_stores"], rewrite=lambda _: listed, times=None))
    second = connection.read(PRODUCT, state=first.last_states)

    assert first.state(PRODUCT)["states"]
    assert second.state(PRODUCT)["states"] == first.state(PRODUCT)["states"]


def contradicting(**info: Any) -> Callable[[Json], Json]:
    """A function that changes what the first page says of the list."""

    def change(data: Json) -> Json:
        return {**data, "page_info": {**data["page_info"], **info}}

    return change


CONTRADICTIONS: dict[str, Json] = {
    "no rows": {"total_number": 0, "total_page": 1},
    "no pages": {"total_number": 0, "total_page": 0},
    "fewer rows than the page": {"total_number": 40, "total_page": 1},
    "more rows than pages": {"total_page": 1},
    "a page too few": {"total_page": 2},
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_page_that_contradicts_itself_is_never_the_whole_list(connect: Connect, name: str) -> None:
    """205 videos on three pages: read again, and once TikTok makes sense nothing is missing."""
    advertiser = an_advertiser(timezone="Etc/UTC")
    world = World([advertiser])
    world.add(*(an_item("file/video/ad/search/", advertiser) for _ in range(205)))
    fault = contradicting(**CONTRADICTIONS[name])
    stream, path = "creative_assets_videos", "file/video/ad/search/"
    with Emulator(world, now=NOW) as tiktok:
        connection = connect(tiktok)
        tiktok.inject(Fault(path=path, match={"page": "1"}, rewrite=fault))
        once = connection.read(stream)
        tiktok.clear_faults()
        tiktok.inject(Fault(path=path, match={"page": "1"}, rewrite=fault, times=None))
        always = connection.read(stream)

        assert once.exit_status == 0
        assert len(once.records(stream)) == 205
        assert always.statuses(stream)[-1] == "INCOMPLETE"


def test_a_report_page_that_contradicts_itself_is_never_the_whole_report(connect: Connect) -> None:
    stream = "ads_reports_hourly"
    with Emulator(uniform_world(1, 43), now=NOW) as tiktok:
        connection = connect(tiktok, start_date="2026-11-09", end_date="2026-11-09")
        fault = contradicting(total_number=0, total_page=1)
        tiktok.inject(Fault(path="report/integrated/get/", match={"page": "1"}, rewrite=fault, times=None))
        run = connection.read(stream)

        assert run.statuses(stream)[-1] == "INCOMPLETE"
        assert run.cursors(stream) == {}


@pytest.fixture
def posts() -> Iterator[Emulator]:
    """One account whose list of posts a test writes."""
    with Emulator(World([an_advertiser()]), now=NOW, strict=False) as emulator:
        yield emulator


def listed(tiktok: Emulator, *pages: list[Json]) -> None:
    """Let the list of posts be these pages."""
    total = sum(map(len, pages))
    for number, rows in enumerate(pages, start=1):
        info = {"page": number, "page_size": 50, "total_number": total, "total_page": len(pages)}
        data = {"list": rows, "page_info": info}
        match = {"page": str(number)}
        tiktok.inject(Fault(path="tt_video/list/", match=match, rewrite=partial(replaced, data), times=None))


def post(number: int, **changes: Any) -> Json:
    return {"item_info": {"item_id": str(7_000_000 + number)}, "auth_info": {"auth_code": "a"}, **changes}


def test_a_row_without_its_key_is_emitted_and_told(connect: Connect, posts: Emulator) -> None:
    """A post whose item_info is null: the others are read, it comes out as it is, and the log counts it."""
    listed(posts, [post(1), post(2, item_info=None), post(3)])
    run = connect(posts).read("spark_ads")

    assert run.exit_status == 0
    assert [record["spark_ads_post_id"] for record in run.records("spark_ads")] == ["7000001", None, "7000003"]
    assert [told for told in run.logged("WARN") if "spark_ads" in told and "key" in told]


def test_namesakes_on_two_pages_are_both_emitted(connect: Connect, posts: Emulator) -> None:
    """A post that was authorised twice, once on each page."""
    other = post(50, auth_info={"auth_code": "b"})
    listed(posts, [post(number) for number in range(1, 51)], [other, post(51)])
    run = connect(posts).read("spark_ads")

    assert run.exit_status == 0
    assert len(run.records("spark_ads")) == 52
    assert sum(record["spark_ads_post_id"] == "7000050" for record in run.records("spark_ads")) == 2


def test_equal_rows_on_two_pages_are_one(connect: Connect, posts: Emulator) -> None:
    listed(posts, [post(number) for number in range(1, 51)], [post(50), post(51)])
    run = connect(posts).read("spark_ads")

    assert run.exit_status == 0
    assert [record["spark_ads_post_id"] for record in run.records("spark_ads")] == [
        str(7_000_000 + number) for number in range(1, 52)
    ]


def test_a_row_that_is_edited_and_moves_hides_no_other(connect: Connect, posts: Emulator) -> None:
    """In the first reading it comes twice, old and new, and pushes another row off; the second reading finds that."""
    edited = post(1, auth_info={"auth_code": "edited"})
    before = [post(number) for number in range(1, 52)]
    after = [*(post(number) for number in range(2, 52)), edited]
    info = {"page_size": 50, "total_number": 51, "total_page": 2}
    script = [before[:50], after[50:], after[:50], after[50:]]
    for number, rows in enumerate(script):
        page = number % 2 + 1
        data = {"list": rows, "page_info": {**info, "page": page}}
        posts.inject(Fault(path="tt_video/list/", match={"page": str(page)}, rewrite=partial(replaced, data)))
    run = connect(posts).read("spark_ads")

    assert run.exit_status == 0
    assert {record["spark_ads_post_id"] for record in run.records("spark_ads")} == {
        str(7_000_000 + number) for number in range(1, 52)
    }


def test_an_id_with_a_fraction_keeps_its_digits(connect: Connect) -> None:
    """19 digits don't fit into a float."""
    world = World([an_advertiser(timezone="Etc/UTC")])
    (advertiser,) = world.advertisers
    group = an_ad_group(campaign := a_campaign(advertiser))
    world.add(campaign, group, ad := an_ad(group))

    def fractional(data: Json) -> Json:
        return {**data, "list": [{**row, "ad_id": f"{row['ad_id']}.0"} for row in data["list"]]}

    with Emulator(world, now=NOW) as tiktok:
        tiktok.inject(Fault(path="ad/get/", rewrite=fractional, times=None))
        run = connect(tiktok).read("ads")

        assert [record["ad_id"] for record in run.records("ads")] == [int(ad.id)]
