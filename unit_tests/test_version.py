"""One release has one version, wherever it is written."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def declared_version() -> str:
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return version


def test_the_version_is_a_semantic_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?", declared_version())


@pytest.mark.parametrize(
    ("file", "pattern"),
    [
        ("metadata.yaml", r"^\s*dockerImageTag: *(\S+)$"),
        ("Dockerfile", r"io\.airbyte\.version=(\S+)"),
        ("CHANGELOG.md", r"^## \[([^\]]+)\]"),
    ],
)
def test_every_file_names_the_same_version(file: str, pattern: str) -> None:
    """In the changelog it is the newest entry."""
    found = re.search(pattern, (ROOT / file).read_text(), re.MULTILINE)

    assert found is not None
    assert found[1] == declared_version()
