"""What most tests of the emulator ask."""

from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator, seeded_world
from integration_tests.harness.accounts import NOW


@pytest.fixture(scope="module")
def tiktok() -> Iterator[Emulator]:
    """The first seeded world."""
    with Emulator(seeded_world(1), now=NOW) as emulator:
        yield emulator
