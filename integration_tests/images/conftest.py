"""What the tests of images share: the builder that built them, and a connection to the emulator."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration_tests.emulator import Emulator
from integration_tests.harness.connection import BASE_URL_VARIABLE
from integration_tests.images.building import CONNECTOR_IMAGE, find_engine
from integration_tests.images.containers import ContainerConnection
from integration_tests.images.engines import Engine


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The builder whose images are tested."""
    return find_engine(os.environ.get("IMAGE_ENGINE", ""))


@pytest.fixture
def contain(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ContainerConnection]:
    """A function that connects the connector's image to an emulator, with the configuration given."""

    def to(tiktok: Emulator, **config: Any) -> ContainerConnection:
        monkeypatch.setenv(BASE_URL_VARIABLE, tiktok.base_url)
        return ContainerConnection(tiktok, tmp_path / "connection", config, engine=engine, image=CONNECTOR_IMAGE)

    return to
