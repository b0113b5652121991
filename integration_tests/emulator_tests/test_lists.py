"""Every list endpoint of the emulator pages, filters and shows what TikTok documents."""

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.emulator import Emulator, World, an_advertiser, an_item, seeded_world
from integration_tests.emulator.data.facts import LISTS
from integration_tests.emulator.world.entities import at
from integration_tests.harness.accounts import NOW
from integration_tests.harness.asking import EMPTY, ask, needed, truth

PAGED = [path for path, facts in LISTS.items() if facts.page]
KINDS: dict[str, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}


def misfits(shape: Any, value: Any, where: str) -> Iterator[str]:
    """Yield where a value is not of its documented type; null is allowed everywhere."""
    if value is None:
        return
    if isinstance(shape, dict):
        unknown = set(value) - set(shape)
        yield from (f"{where}.{name}: unknown" for name in unknown)
        for name in set(value) - unknown:
            yield from misfits(shape[name], value[name], f"{where}.{name}")
    elif isinstance(shape, list):
        for item in value:
            yield from misfits(shape[0], item, f"{where}[]")
    elif not isinstance(value, KINDS[shape]) or (shape != "boolean" and isinstance(value, bool)):
        yield f"{where}: {value!r} is no {shape}"


def nulls(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(nulls(item) for item in (value.values() if isinstance(value, dict) else value))
    return value is None


@pytest.mark.parametrize("path", PAGED)
def test_pages_add_up_to_the_truth(tiktok: Emulator, path: str) -> None:
    """The pages of a list hold every row once, in order, under the documented record path."""
    expected, wish, size = truth(tiktok, path), needed(tiktok, path), min(7, LISTS[path].page[1])  # type: ignore[index]
    first = ask(tiktok, path, **wish, page_size=size)
    seen, info = list(first["data"][LISTS[path].listed]), first["data"]["page_info"]
    for page in range(2, info["total_page"] + 1):
        seen += ask(tiktok, path, **wish, page=page, page_size=size)["data"][LISTS[path].listed]

    assert seen == expected
    assert expected
    assert info == {
        "page": 1,
        "page_size": size,
        "total_number": len(expected),
        "total_page": -(-len(expected) // size),
    }


@pytest.mark.parametrize("path", [path for path in LISTS if path not in PAGED])
def test_a_list_without_pages_comes_whole(tiktok: Emulator, path: str) -> None:
    wish = needed(tiktok, path)
    data = ask(tiktok, path, **wish)["data"]

    assert data[LISTS[path].listed] == truth(tiktok, path) != []
    assert "page_info" not in data
    assert ask(tiktok, path, **wish, page=1)["message"] == "Unknown parameter: page."


@pytest.mark.parametrize("path", PAGED)
def test_page_sizes_have_a_default_and_a_limit(tiktok: Emulator, path: str) -> None:
    wish = needed(tiktok, path)
    default, largest = LISTS[path].page or (0, 0)

    assert ask(tiktok, path, **wish)["data"]["page_info"]["page_size"] == default
    assert ask(tiktok, path, **wish, page_size=largest)["code"] == 0
    assert ask(tiktok, path, **wish, page_size=largest + 1)["code"] == 40002
    assert ask(tiktok, path, **wish, page=0)["code"] == 40002
    assert "beyond the last page" in ask(tiktok, path, **wish, page=99)["message"]


@pytest.mark.parametrize("path", [path for path, facts in LISTS.items() if facts.shape])
def test_rows_have_documented_fields_of_documented_types(tiktok: Emulator, path: str) -> None:
    facts, rows = LISTS[path], truth(tiktok, path)
    keys = [tuple(at(row, column) for column in facts.key) for row in rows]

    assert [problem for row in rows for problem in misfits(facts.shape, row, path)] == []
    assert len(set(keys)) == len(rows)
    assert all(None not in key for key in keys)
    if facts.drops_nulls:
        assert not nulls(rows)
    else:
        assert all(set(row) == set(facts.shape) for row in rows)


@pytest.mark.parametrize("path", LISTS)
def test_required_parameters_and_unknown_ones(tiktok: Emulator, path: str) -> None:
    wish = needed(tiktok, path)

    for name in LISTS[path].required:
        assert ask(tiktok, path, **{**wish, name: None})["message"] == f"Missing required field(s): {name}."
    assert ask(tiktok, path, **wish, colour="red")["message"] == "Unknown parameter: colour."
    assert ask(tiktok, path, **{**wish, "advertiser_id": "1"})["code"] == 40300


@pytest.mark.parametrize(
    "path", [path for path in LISTS if not path.startswith(("tool/", "search/", "pixel/instant", "file/music"))]
)
def test_an_account_without_assets_has_none(tiktok: Emulator, path: str) -> None:
    wish = needed(tiktok, path) | {"advertiser_id": EMPTY}
    body = ask(tiktok, path, **wish)

    if path in ("pixel/event/stats/", "gmv_max/report/get/"):
        assert body["code"] == 40001
    else:
        assert body["data"][LISTS[path].listed] == []


def test_the_seeded_world_is_the_same_every_time(tiktok: Emulator) -> None:
    with Emulator(seeded_world(1), now=NOW) as other:
        for path in LISTS:
            assert truth(other, path) == truth(tiktok, path)


def test_an_account_may_withhold_endpoints() -> None:
    """Endpoints that one account denies are refused for it alone."""
    open_handed, closed = an_advertiser(), an_advertiser(denied=["pixel/list/", "gmv_max/"])
    with Emulator(World([open_handed, closed]), now=NOW) as emulator:
        refused = {
            path: ask(emulator, path, advertiser_id=closed.id) for path in ("pixel/list/", "gmv_max/store/list/")
        }

        assert {body["code"] for body in refused.values()} == {40001}
        assert "does not grant you /gmv_max/store/list/:GET" in refused["gmv_max/store/list/"]["message"]
        assert ask(emulator, "app/list/", advertiser_id=closed.id)["code"] == 0
        assert ask(emulator, "pixel/list/", advertiser_id=open_handed.id)["code"] == 0


def test_rows_appear_when_created_and_follow_their_edits() -> None:
    advertiser = an_advertiser()
    audience = an_item(
        "dmp/saved_audience/list/", advertiser, created="2026-11-10T12:30:00Z", saved_audience_name="New"
    )
    image = an_item("file/image/ad/search/", advertiser, created="2026-11-01T00:00:00Z")
    image.change("2026-11-10T13:00:00Z", file_name="renamed.jpg")
    with Emulator(World([advertiser], items=[audience, image]), now=NOW) as emulator:
        assert emulator.rows_of("dmp/saved_audience/list/", advertiser.id) == []
        emulator.clock.move(hours=2)
        [shown] = emulator.rows_of("dmp/saved_audience/list/", advertiser.id)
        [renamed] = emulator.rows_of("file/image/ad/search/", advertiser.id)

    assert shown["saved_audience_name"] == "New"
    assert (renamed["file_name"], renamed["create_time"]) == ("renamed.jpg", "2026-11-01T00:00:00Z")
    assert renamed["modify_time"] == "2026-11-10T13:00:00Z"


def test_links_are_signed_anew_as_time_passes() -> None:
    advertiser = an_advertiser()
    video = an_item("file/video/ad/search/", advertiser)
    with Emulator(World([advertiser], items=[video]), now=NOW) as emulator:
        [before] = emulator.rows_of("file/video/ad/search/", advertiser.id)
        emulator.clock.move(hours=1)
        [after] = emulator.rows_of("file/video/ad/search/", advertiser.id)

    assert before["preview_url_expire_time"] == "2026-11-10 18:00:00"
    assert before["preview_url"] != after["preview_url"]
    assert before["modify_time"] == after["modify_time"]
