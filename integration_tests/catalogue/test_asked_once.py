"""A sync asks TikTok nothing twice: streams share the lists of the objects that they are asked about."""

from collections import Counter
from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator, Fault, seeded_world
from integration_tests.harness.accounts import NOW
from integration_tests.harness.connection import Connect

PIXELS, STORES = "pixel/list/", "gmv_max/store/list/"
CHILDREN = {
    ("pixels", "pixel_events_statistics"): PIXELS,
    ("gmv_max_stores", "gmv_max_product_campaign_reports_daily"): STORES,
}
START = "2026-11-08"


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    with Emulator(seeded_world(1), now=NOW) as emulator:
        yield emulator


def repeated(tiktok: Emulator) -> dict[str, int]:
    """How many requests to each endpoint were sent before in the same words."""
    asked = Counter((request.path, request.query) for request in tiktok.log)
    again = {path: 0 for path, _ in asked}
    for (path, _), times in asked.items():
        again[path] += times - 1
    return {path: times for path, times in again.items() if times}


def test_a_sync_of_everything_asks_nothing_twice(connect: Connect, tiktok: Emulator) -> None:
    run = connect(tiktok, start_date=START).read()

    assert run.exit_status == 0
    assert len(tiktok.log) > 1000
    assert repeated(tiktok) == {}


@pytest.mark.parametrize("names", CHILDREN)
def test_the_stream_is_the_same_whoever_asks_for_its_objects(
    connect: Connect, tiktok: Emulator, names: tuple[str, str]
) -> None:
    """Also when the child comes first in the catalogue, and when one of them is read alone."""
    parent, child = names
    connection = connect(tiktok, start_date=START)
    alone = connection.read(parent).records(parent) + connection.read(child).records(child)
    first, last = connection.catalog(parent)["streams"], connection.catalog(child)["streams"]
    for streams in ((*first, *last), (*last, *first)):
        tiktok.log.clear()
        config = connection.file("config", connection.configured())
        catalog = connection.file("catalog", {"streams": streams})
        run = connection.run(["read", "--config", config, "--catalog", catalog])

        assert run.exit_status == 0
        assert repeated(tiktok) == {}
        assert run.records(parent)
        assert run.records(child)
        assert sorted(run.records(parent) + run.records(child), key=repr) == sorted(alone, key=repr)


@pytest.mark.parametrize("names", CHILDREN)
def test_a_failure_of_the_child_is_not_one_of_the_stream(
    connect: Connect, tiktok: Emulator, names: tuple[str, str]
) -> None:
    """What the child can't read of its parents, the parents' own stream reads by itself."""
    parent, child = names
    connection = connect(tiktok, start_date=START)
    whole = connection.read(parent).records(parent)
    tiktok.inject(Fault(path=CHILDREN[names], code=40002, message="Not now.", delay=0.2))
    streams = [*connection.catalog(child)["streams"], *connection.catalog(parent)["streams"]]
    config, catalog = (
        connection.file(name, content)
        for name, content in (("config", connection.configured()), ("catalog", {"streams": streams}))
    )
    run = connection.run(["read", "--config", config, "--catalog", catalog])
    complete = [name for name in names if run.statuses(name)[-1] == "COMPLETE"]

    assert run.exit_status == 1
    assert complete == [parent]
    assert sorted(run.records(parent), key=repr) == sorted(whole, key=repr)
