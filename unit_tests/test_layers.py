"""Who may import whom: facts know nothing, the mechanism knows no stream, only the streams see both."""

import ast
from pathlib import Path

import pytest

PACKAGE = "source_tiktok_marketing"
ROOT = Path(__file__).parents[1] / PACKAGE
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
ENTRANCES = {"connector", "run", "source"}


def imported_by(module: str) -> set[str]:
    """The modules of ours, relative to the package, that `module` imports anywhere, also within functions."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / module).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix(f"{PACKAGE}.") for name in names if name.split(".")[0] == PACKAGE}


def layers_used_by(module: str) -> set[str]:
    return {name.split(".")[0] for name in imported_by(module)}


def in_folder(folder: str) -> list[str]:
    return [module for module in MODULES if module.startswith(f"{folder}/")]


def test_the_layers_are_there() -> None:
    assert all(len(in_folder(folder)) > 4 for folder in ("catalog", "api", "streams"))
    assert {f"{name}.py" for name in ENTRANCES} <= set(MODULES)


@pytest.mark.parametrize("module", in_folder("catalog"))
def test_facts_import_facts_only(module: str) -> None:
    assert layers_used_by(module) <= {"catalog"}


@pytest.mark.parametrize("module", in_folder("api"))
def test_the_mechanism_knows_no_stream(module: str) -> None:
    assert layers_used_by(module) <= {"api"}


@pytest.mark.parametrize("module", in_folder("streams"))
def test_streams_join_facts_and_mechanism(module: str) -> None:
    assert layers_used_by(module) <= {"catalog", "api", "streams", "config", "protocol"}


@pytest.mark.parametrize("module", [module for module in MODULES if "/" not in module])
def test_only_the_entrances_import_the_wiring(module: str) -> None:
    """The package itself hands out `Source`, to those who ask for it."""
    allowed = ENTRANCES if module.removesuffix(".py") in ENTRANCES else set()
    if module == "__init__.py":
        allowed = {"source"}

    assert layers_used_by(module) & ENTRANCES <= allowed


@pytest.mark.parametrize("module", MODULES)
def test_the_cdk_is_imported_for_embedding_only(module: str) -> None:
    """It takes a second to load, which every command would pay."""
    assert module == "source.py" or "airbyte_cdk" not in (ROOT / module).read_text()
