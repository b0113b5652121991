"""The connector of this checkout as a capture, behind the stand-in for Flow's adapter."""

from pathlib import Path

import pytest

from integration_tests.flow.captures import CaptureTests
from integration_tests.flow.installed import InstalledAdapter
from integration_tests.flow.runtime import Adapter
from integration_tests.harness.connection import BASE_URL_VARIABLE, Connection


@pytest.mark.slow
class TestInstalledConnector(CaptureTests):
    """As processes of this machine."""

    @pytest.fixture
    def adapter(self, tmp_path: Path, connection: Connection) -> Adapter:
        """The stand-in, in front of the emulator."""
        return InstalledAdapter(tmp_path, {BASE_URL_VARIABLE: connection.tiktok.base_url})
