"""One release has one version, wherever it is written."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEWEST_OF_AIRBYTE = (5, 1)
"""Airbyte's own connector, whose place this one takes: a smaller number would be a step back."""


def declared_version() -> str:
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version


def test_the_version_is_a_semantic_one_and_no_step_back() -> None:
    found = re.fullmatch(r"(\d+)\.(\d+)\.\d+(-[0-9A-Za-z.]+)?", declared_version())

    assert found is not None
    assert (int(found[1]), int(found[2])) > NEWEST_OF_AIRBYTE


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("metadata.yaml", r"^\s*dockerImageTag: *(\S+)$"),
        ("Dockerfile", r"io\.airbyte\.version=(\S+)"),
        ("Dockerfile.flow", r"airbyte/source-tiktok-marketing:(\S+)"),
        ("README.md", r"airbyte/source-tiktok-marketing:(\S+)"),
    ],
)
def test_every_file_names_the_same_version(file: str, pattern: str) -> None:
    found = set(re.findall(pattern, (ROOT / file).read_text(), re.MULTILINE))

    assert found == {declared_version()}


def test_the_newest_entry_of_the_changelog_is_of_that_version() -> None:
    found = re.search(r"^## \[([^\]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert found is not None
    assert found[1] == declared_version()
