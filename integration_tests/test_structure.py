"""The code keeps its shape: no import circles, no long files, no crowded folders."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOTS = ("source_tiktok_marketing", "unit_tests", "integration_tests", "benchmarks")
MOST_LINES = 300
MOST_FILES = 14


def python_files(roots: tuple[str, ...]) -> list[Path]:
    """Return the project's files, without those of environments that benchmarks made."""
    found = [path for root in roots for path in sorted((ROOT / root).rglob("*.py"))]
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path, modules: set[str]) -> Iterator[str]:
    """Yield the modules that a file imports anywhere: at the top, in functions and for types only."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in modules)
        elif isinstance(node, ast.ImportFrom):
            # A name is a module of the package, or something that the package itself defines.
            named = {f"{node.module}.{name.name}" for name in node.names}
            yield from named & modules
            if node.module in modules and named - modules:
                yield node.module


def test_there_is_no_import_circle() -> None:
    files = {module_of(path): path for path in python_files(ROOTS)}
    graph = {name: set(imported(path, set(files))) for name, path in files.items()}
    try:
        TopologicalSorter(graph).prepare()
        circle: list[str] = []
    except CycleError as error:
        circle = error.args[1]

    assert circle == []
    assert len([name for names in graph.values() for name in names]) > len(files)


def test_no_import_is_relative() -> None:
    """The search for circles follows absolute imports."""
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files(ROOTS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert relative == []


def test_no_file_is_long() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(ROOTS)}

    assert {str(path): number for path, number in lines.items() if number > MOST_LINES} == {}


def test_no_folder_is_crowded() -> None:
    """Not counting `__init__.py`."""
    folders = {path.parent for path in python_files(ROOTS)}
    files = {str(folder): len({*folder.glob("*.py")} - {folder / "__init__.py"}) for folder in folders}

    assert {folder: number for folder, number in files.items() if number > MOST_FILES} == {}
