"""What tests of proxies, gateways and certificates share: an environment that names none of them."""

from collections.abc import Iterator

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness.accounts import NOW, accounts
from integration_tests.harness.connection import Connect, Connection


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that names neither proxies nor certificates."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def tiktok() -> Iterator[Emulator]:
    """Two accounts alike."""
    with Emulator(accounts(2), now=NOW) as emulator:
        yield emulator


@pytest.fixture
def connection(connect: Connect, tiktok: Emulator, bare_environment: None) -> Connection:  # noqa: ARG001  its effect
    """A connection in an environment without proxies and certificates."""
    return connect(tiktok, start_date="2026-11-08")
