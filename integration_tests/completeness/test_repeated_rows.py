"""A page that holds one row twice and lacks another announces as many rows as it has, and is not the whole list."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integration_tests.emulator import Emulator, Fault
from integration_tests.expected.keys import once
from integration_tests.harness.accounts import ADS, DAILY, NOW, REPORT, accounts
from integration_tests.harness.connection import Connect
from integration_tests.harness.output import Json


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """One account with two ads."""
    world = accounts(1)
    (ad,) = world.ads
    world.add(replace(ad, row={**ad.row, "ad_id": str(int(ad.id) + 7)}))
    with Emulator(world, now=NOW) as emulator:
        yield emulator


def doubled(data: Json) -> Json:
    """The page with its last row also in the place of its first."""
    return {**data, "list": [data["list"][-1], *data["list"][1:]]}


@pytest.mark.parametrize(("stream", "path"), [(DAILY, REPORT), ("ads", ADS)])
def test_a_row_that_is_twice_on_a_page_hides_no_other(
    connect: Connect, tiktok: Emulator, stream: str, path: str
) -> None:
    """The list is read again."""
    connection = connect(tiktok, start_date="2026-11-05")
    calm = connection.read(stream)
    tiktok.inject(Fault(path=path, rewrite=doubled))
    run = connection.read(stream)

    assert run.exit_status == 0
    assert once(stream, run.records(stream)) == once(stream, calm.records(stream))
