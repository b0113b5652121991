"""Who may import whom: facts know nothing, the mechanism knows no stream, the engine no endpoint; streams see all."""

import ast
from pathlib import Path

import pytest

from source_tiktok_marketing.catalog.streams import STREAMS

PACKAGE = "source_tiktok_marketing"
ROOT = Path(__file__).parents[1] / PACKAGE
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
ENTRANCES = {"connector", "run", "source"}
ALLOWED = {
    "catalog": {"catalog"},
    "api": {"api"},
    "engine": {"engine", "api", "protocol"},
    "streams": {"streams", "engine", "api", "catalog", "config"},
    "watch": {"watch", "engine", "api", "catalog", "config", "protocol"},
}
ENGINE_NEEDS = {"api.clock", "api.failures"}
"""The only parts of the API that the engine may know: time, and what failures there are."""


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


def rooms_used_by(module: str) -> set[str]:
    return {name.split(".")[0] for name in imported_by(module)}


def in_room(room: str) -> list[str]:
    return [module for module in MODULES if module.startswith(f"{room}/")]


def test_the_rooms_are_there() -> None:
    assert all(len(in_room(room)) > 4 for room in ALLOWED)
    assert {module.split("/")[0] for module in MODULES if "/" in module} == ALLOWED.keys()
    assert {f"{name}.py" for name in ENTRANCES} <= set(MODULES)


@pytest.mark.parametrize("module", [module for room in ALLOWED for module in in_room(room)])
def test_a_room_imports_only_what_it_may(module: str) -> None:
    assert rooms_used_by(module) <= ALLOWED[module.split("/", maxsplit=1)[0]]


@pytest.mark.parametrize("module", in_room("engine"))
def test_the_engine_sends_no_request(module: str) -> None:
    """It would read the streams of any other API, too."""
    used = {".".join(name.split(".")[:2]) for name in imported_by(module) if name.startswith("api.")}

    assert used <= ENGINE_NEEDS


@pytest.mark.parametrize("module", [module for room in ("api", "engine", "streams") for module in in_room(room)])
def test_the_mechanism_names_no_stream(module: str) -> None:
    """What is peculiar to a stream is a fact of its row, or a class that its row names."""
    names = {row.name for row in STREAMS}
    texts = {
        node.value
        for node in ast.walk(ast.parse((ROOT / module).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert texts & names <= NAMED.get(module, set())


NAMED = {
    "api/client.py": {"advertiser_ids"},
    "streams/advertisers.py": {"advertiser_ids"},
    "streams/reports/gmv_max.py": {"gmv_max_stores"},
    "streams/reports/gmv_max_ids.py": {"gmv_max_campaigns"},
    "streams/reports/smart_plus_creatives.py": {"smart_plus_ads"},
    "streams/reports/id_filters.py": {"campaigns", "ad_groups", "ads"},
}
"""Parents that a report is asked about, and a parameter that goes by the name of a stream."""


@pytest.mark.parametrize("module", [module for module in MODULES if "/" not in module])
def test_only_the_entrances_import_the_wiring(module: str) -> None:
    """The package itself hands out `Source`, to those who ask for it."""
    allowed = ENTRANCES if module.removesuffix(".py") in ENTRANCES else set()
    if module == "__init__.py":
        allowed = {"source"}

    assert rooms_used_by(module) & ENTRANCES <= allowed


@pytest.mark.parametrize("module", MODULES)
def test_the_cdk_is_imported_for_embedding_only(module: str) -> None:
    """It takes a second to load, which every command would pay."""
    assert module == "source.py" or "airbyte_cdk" not in (ROOT / module).read_text()
