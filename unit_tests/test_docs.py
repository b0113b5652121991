"""The documentation tells what is so."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from unit_tests.generate.catalog import discovered, production
from unit_tests.generate.outputs import ROOT

DOCUMENTS = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md"), ROOT / "dbt/README.md"]
)
BASES = (ROOT, ROOT / "source_tiktok_marketing", ROOT / "docs", ROOT / "dbt")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
INLINE_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"(?!demo_output/)[\w.-]+(?:/[\w.-]+)*\.(?:py|md|lock|toml|ya?ml)|(?:unit|integration)_tests/[\w/]+")
MODULE = re.compile(r"python[\d.]* -m ([a-z_]+\.[\w.]+)")
TEST = re.compile(r"`((?:unit|integration)_tests/[\w/]+\.py)::(test_\w+)`")
HEADER = re.compile(r"^#+ (.+)$", re.MULTILINE)
REPORT = re.compile(r"[a-z0-9_]+_reports_(?:[a-z0-9_]+_)?(?:hourly|daily|lifetime|total)")
DEMO_ROW = re.compile(r"^([a-z_]+) +[\d,]+ +[\d,]+ ", re.MULTILINE)

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


@documents
def test_links_lead_somewhere(document: Path) -> None:
    """A reader who follows a relative link finds a file."""
    missing = [link for link in LINK.findall(text_of(document)) if not (document.parent / link).exists()]

    assert missing == []


@documents
def test_named_files_exist(document: Path) -> None:
    """A path in running text is one of the repository, seen from its root or from the package."""
    named = {code.split("::")[0] for code in INLINE_CODE.findall(FENCE.sub("", text_of(document)))}
    missing = [name for name in named if FILE.fullmatch(name) and not any((base / name).exists() for base in BASES)]

    assert missing == []


@documents
def test_named_modules_exist(document: Path) -> None:
    """A module that a command runs can be found."""
    missing = [module for module in MODULE.findall(text_of(document)) if find_spec(module) is None]

    assert missing == []


@documents
def test_named_tests_exist(document: Path) -> None:
    """A test that is said to pin a statement is there."""
    missing = [
        f"{path}::{name}"
        for path, name in TEST.findall(text_of(document))
        if not (ROOT / path).exists() or not re.search(rf"^ *def {name}\(", text_of(ROOT / path), re.MULTILINE)
    ]

    assert missing == []


@documents
def test_named_reports_are_offered(document: Path) -> None:
    """A reader finds each report of the text in the list of streams."""
    named = {code for code in INLINE_CODE.findall(FENCE.sub("", text_of(document))) if REPORT.fullmatch(code)}

    assert sorted(named - discovered(production()).keys()) == []


def test_every_statement_about_tiktok_names_a_test_that_pins_it() -> None:
    """Nothing in docs/behaviour.md rests on hearsay."""
    sections = re.split(r"^## ", text_of(ROOT / "docs/behaviour.md"), flags=re.MULTILINE)[1:]
    unpinned = [section.splitlines()[0] for section in sections if not TEST.search(section)]

    assert len(sections) >= 12
    assert unpinned == []


def test_the_demo_of_the_readme_shows_streams_that_exist() -> None:
    """The table in the README could come from the present connector."""
    shown = [name for name in DEMO_ROW.findall(text_of(ROOT / "README.md")) if name != "total"]

    assert "ads_reports_daily" in shown
    assert set(shown) <= discovered(production()).keys()


def test_the_connectors_page_has_the_headers_of_airbytes_pages() -> None:
    """In Airbyte's order, the name being that of the metadata."""
    assert HEADER.findall(text_of(ROOT / "docs/connector.md")) == [
        "TikTok Marketing",
        "Prerequisites",
        "Setup guide",
        "Set up TikTok Marketing",
        "For Airbyte Cloud:",
        "For Airbyte Open Source:",
        "Supported sync modes",
        "Supported Streams",
        "Performance considerations",
        "Data type map",
        "Limitations & Troubleshooting",
        "Tutorials",
        "Changelog",
    ]


def test_the_connectors_page_has_a_row_for_every_release() -> None:
    """No entry of the changelog is passed over for want of a subject."""
    entries = re.findall(r"^## \[(\S+)\]", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    changelog = text_of(ROOT / "docs/connector.md").partition("<details>")[2]

    assert re.findall(r"^\| (\d\S+) \|", changelog, re.MULTILINE) == entries
