"""Every file that is generated, and what makes its text."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from unit_tests.generate.catalog import catalog_text, discovered, production
from unit_tests.generate.documents import documents, renewed
from unit_tests.generate.schema_layout import laid_out
from unit_tests.generate.specification import specification

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "source_tiktok_marketing"
SPECIFICATION = PACKAGE / "spec.json"
CATALOG = ROOT / "unit_tests" / "golden" / "catalog.json"
SCHEMAS = sorted((PACKAGE / "schemas").glob("*.json"))


def _specification() -> str:
    return json.dumps(specification(), indent=2) + "\n"


def _catalog() -> str:
    return catalog_text(discovered(production()))


def _schema(path: Path) -> str:
    return laid_out(json.loads(path.read_bytes()))


OUTPUTS: Mapping[Path, Callable[[], str]] = {
    SPECIFICATION: _specification,
    CATALOG: _catalog,
    **{path: partial(_schema, path) for path in SCHEMAS},
    **{path: partial(renewed, path) for path in documents(ROOT)},
}
