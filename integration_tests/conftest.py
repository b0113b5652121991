"""What end-to-end tests share: connections in a folder of their own."""

from pathlib import Path
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connect, Connection


@pytest.fixture
def connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """A function that connects to an emulator, with the configuration given."""

    def to(tiktok: Emulator, **config: Any) -> Connection:
        monkeypatch.setenv(BASE_URL_VARIABLE, tiktok.base_url)
        return Connection(tiktok, tmp_path / "connection", config)

    return to
