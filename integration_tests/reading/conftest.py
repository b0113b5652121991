"""What most tests of `read` ask."""

from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness.accounts import NOW, accounts


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Three accounts alike."""
    with Emulator(accounts(3), now=NOW) as emulator:
        yield emulator
