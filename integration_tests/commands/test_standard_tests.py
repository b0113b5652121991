"""The standard tests of the Airbyte CDK accept the connector, as Airbyte's own tool runs them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from integration_tests.emulator import Emulator, young_world
from integration_tests.harness.connection import BASE_URL_VARIABLE, ROOT

NEEDED = ("source_tiktok_marketing", "integration_tests", "metadata.yaml", "acceptance-test-config.yml")
ADVISORY = "airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning"
"""What the CDK finds wrong with a catalogue and doesn't yet fail for."""
GOOD, BAD = "'emulator_config' Test Scenario", "'invalid_config' Test Scenario"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The connector in a folder of its own name, by which the tool knows it."""
    folder = tmp_path / "source-tiktok-marketing"
    folder.mkdir()
    for name in NEEDED:
        (folder / name).symlink_to(ROOT / name)
    return folder


def connector_test(checkout: Path, base_url: str) -> "subprocess.CompletedProcess[str]":
    """Run `airbyte-cdk connector test` without credentials and without Docker."""
    arguments = ["-m", "not requires_creds and not image_tests", "-p", "no:cacheprovider", "-W", f"error::{ADVISORY}"]
    passed_on = [f"--pytest-arg={argument}" for argument in arguments]
    return subprocess.run(  # noqa: S603  the CDK's own program
        [str(Path(sys.executable).with_name("airbyte-cdk")), "connector", "test", *passed_on],
        cwd=checkout,
        env=os.environ | {BASE_URL_VARIABLE: base_url, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def outcomes(checkout: Path) -> Iterator[tuple[str, str]]:
    """What became of each test: "passed", or the tag by which JUnit says otherwise."""
    (report,) = (checkout / "build").rglob("*.xml")
    for case in ET.parse(report).iter("testcase"):  # noqa: S314  written by pytest, a moment ago
        told = {child.tag for child in case} - {"system-out", "system-err"}
        yield case.attrib["name"], "".join(told) or "passed"


@pytest.mark.slow
def test_the_standard_tests_pass_without_credentials(checkout: Path) -> None:
    """Specification, check, discover, a read of every stream, and the refusal of a bad catalogue.

    Every stream must have records, each as its schema says. What isn't listed for a configuration is skipped.
    """
    with Emulator(young_world(1, datetime.now(UTC).date())) as tiktok:
        done = connector_test(checkout, tiktok.base_url)

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    told = dict(outcomes(checkout))
    assert {name for name, outcome in told.items() if outcome == "passed"} == {
        "test_spec",
        f"test_config_matches_spec[{GOOD}]",
        f"test_check[{GOOD}]",
        f"test_check[{BAD}]",
        f"test_discover[{GOOD}]",
        f"test_basic_read[{GOOD}]",
        f"test_fail_read_with_bad_catalog[{GOOD}]",
    }
    assert set(told.values()) == {"passed", "skipped"}
