"""The Flow image with the stand-in for Flow's adapter, in a container: `make image-test`."""

from pathlib import Path

import pytest

from integration_tests.flow.captures import CaptureTests
from integration_tests.flow.runtime import Adapter
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection
from integration_tests.images.building import FLOW_IMAGE
from integration_tests.images.containers import ContainerAdapter
from integration_tests.images.engines import Engine


class TestFlowImage(CaptureTests):
    """In containers with the limits of those of the connector, and a writable folder for the adapter's files."""

    @pytest.fixture
    def adapter(self, tmp_path: Path, engine: Engine, connection: Connection) -> Adapter:
        """The image's entrypoint, in front of the emulator."""
        environment = {BASE_URL_VARIABLE: connection.tiktok.base_url}
        return ContainerAdapter(engine, FLOW_IMAGE, tmp_path / "flow", environment)
