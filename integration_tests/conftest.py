"""What end-to-end tests share: connections in a folder of their own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness import BASE_URL_VARIABLE, Connection

Connect = Callable[..., Connection]


@pytest.fixture
def connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """A function that connects to an emulator, with the configuration given."""

    def to(tiktok: Emulator, **config: Any) -> Connection:
        monkeypatch.setenv(BASE_URL_VARIABLE, tiktok.base_url)
        return Connection(tiktok, tmp_path / "connection", config)

    return to


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that names neither proxies nor certificates."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
