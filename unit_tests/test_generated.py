"""What is generated is that of the present code, in full and in its layout."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit_tests.generate.catalog import catalog_of, catalog_text, discovered, production
from unit_tests.generate.documents import PARTS, documents, parts_of
from unit_tests.generate.outputs import CATALOG, OUTPUTS, ROOT, SCHEMAS
from unit_tests.generate.schema_layout import laid_out
from unit_tests.json_values import TEXTS

Json = dict[str, Any]

GOLDEN = json.loads(CATALOG.read_bytes())
OFFERED = discovered(production())


def property_names(schema: Json) -> Iterator[str]:
    """The name of every property, each before those within it."""
    for name, declared in schema.get("properties", {}).items():
        yield name
        yield from property_names(declared)
    if "items" in schema:
        yield from property_names(schema["items"])


def schema_of(items: Json | None, properties: Json) -> Json:
    return {"type": ["null", "object"]} | ({"items": items} if items else {}) | {"properties": properties}


@pytest.mark.parametrize("path", OUTPUTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_generated_files_are_those_of_the_present_code(path: Path) -> None:
    """A change of `spec.json` or of the catalogue is one for every user: read the difference."""
    assert path.read_text(encoding="utf-8") == OUTPUTS[path](), "run make docs"


def test_every_generated_part_has_a_place() -> None:
    """No table is made for nobody, and none of the documents waits for one."""
    places = [part for path in documents(ROOT) for part in parts_of(path)]

    assert set(places) == PARTS.keys()


def test_the_golden_catalogue_holds_all_that_discover_answers() -> None:
    """Neither key, cursor and modes of a stream nor the type of a field can change without a change of the file."""
    assert catalog_of(GOLDEN) == OFFERED
    assert list(GOLDEN["streams"]) == list(OFFERED)


def test_one_metric_more_is_one_line_of_the_golden_catalogue() -> None:
    """A reviewer sees what was added, in all streams that have it."""
    before = catalog_text(OFFERED).splitlines()
    more = discovered(production())
    for stream in more.values():
        if "spend" in (metrics := stream["json_schema"]["properties"].get("metrics", {}).get("properties", {})):
            metrics["another"] = metrics["spend"]
    after = catalog_text(more).splitlines()

    assert len(after) == len(before)
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 1


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_a_schema_file_has_a_line_for_each_property(path: Path) -> None:
    """It can be read and reviewed as a table."""
    text = path.read_text(encoding="utf-8")
    begun = [line.split(":")[0].strip() for line in text.splitlines()[1:] if line.lstrip().startswith('"')]

    assert begun == [json.dumps(name) for name in property_names(json.loads(text))]
    assert text.count("\n") < 300


@given(
    st.recursive(
        st.just({"type": "string"}),
        lambda inner: st.builds(schema_of, inner | st.none(), st.dictionaries(TEXTS, inner)),
    )
)
def test_the_layout_keeps_the_content(schema: Json) -> None:
    assert json.dumps(json.loads(laid_out(schema))) == json.dumps(schema)
