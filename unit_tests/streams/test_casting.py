"""TikTok's rows become records: the declared types, and nothing lost."""

from typing import Any

import orjson
import pytest
from hypothesis import given

from source_tiktok_marketing.protocol import record_block
from source_tiktok_marketing.streams.casting import Caster
from unit_tests.json_values import VALUES

Json = dict[str, Any]


def nullable(kind: str, **more: Any) -> Json:
    return {"type": ["null", kind], **more}


def cast_one(schema: Json, value: object) -> Any:
    """The value of a field of `schema`, cast."""
    return Caster("ads", {"properties": {"field": schema}})({"field": value})["field"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("integer", "1712345678900000001", 1712345678900000001),
        ("integer", 7, 7),
        ("integer", "-7", -7),
        ("integer", 7.0, 7),
        ("number", "12.50", 12.5),
        ("number", "0", 0.0),
        ("number", 3, 3.0),
        ("number", -1.5, -1.5),
        ("string", "text", "text"),
        ("string", 1712345678900000001, "1712345678900000001"),
        ("string", ["a", 1], '["a",1]'),
        ("string", {"a": None}, '{"a":null}'),
        ("boolean", True, True),
        ("boolean", "false", False),
        ("boolean", " TRUE ", True),
        ("boolean", 0, False),
        ("object", {"a": "1"}, {"a": "1"}),
        ("array", ["1", None], ["1", None]),
    ],
)
def test_values_get_their_declared_type(kind: str, value: object, expected: object) -> None:
    result = cast_one(nullable(kind), value)

    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize("kind", ["integer", "number", "string", "boolean", "object", "array"])
def test_null_stays_null(kind: str) -> None:
    assert cast_one(nullable(kind), None) is None


def test_a_missing_field_stays_missing() -> None:
    assert Caster("ads", {"properties": {"field": nullable("string")}})({}) == {}


def test_undeclared_fields_stay_as_they_are() -> None:
    """TikTok adds fields without notice; they are emitted."""
    assert Caster("ads", {"properties": {}})({"new": {"deep": ["1"]}}) == {"new": {"deep": ["1"]}}


def test_a_choice_of_types_is_no_type() -> None:
    assert cast_one({"type": ["null", "string", "integer"]}, 7) == 7


def test_objects_and_lists_are_cast_throughout() -> None:
    schema = {
        "properties": {
            "pixel": nullable("object", properties={"id": nullable("integer"), "name": nullable("string")}),
            "ids": nullable("array", items=nullable("string")),
            "events": nullable(
                "array",
                items=nullable(
                    "object",
                    properties={"value": nullable("number"), "tags": nullable("array", items=nullable("integer"))},
                ),
            ),
        }
    }
    row = {
        "pixel": {"id": "7", "name": 8, "more": "9"},
        "ids": [1, None, "2"],
        "events": [{"value": "1.5", "tags": ["1", 2]}, None, {"value": None}],
    }

    assert Caster("pixels", schema)(row) == {
        "pixel": {"id": 7, "name": "8", "more": "9"},
        "ids": ["1", None, "2"],
        "events": [{"value": 1.5, "tags": [1, 2]}, None, {"value": None}],
    }


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (nullable("integer"), "seven"),
        (nullable("integer"), ""),
        (nullable("integer"), [7]),
        (nullable("integer"), 1.5),
        (nullable("integer"), "99999999999999999999999"),
        (nullable("number"), "1,5"),
        (nullable("number"), {}),
        (nullable("number"), "nan"),
        (nullable("number"), "Infinity"),
        (nullable("boolean"), "perhaps"),
        (nullable("array", items=nullable("integer")), ["1", "two"]),
    ],
)
def test_a_misfit_is_kept_with_one_warning(schema: Json, value: object, airbyte_log: pytest.LogCaptureFixture) -> None:
    """A value that the type can't hold is worth more than a null; what is emitted is what TikTok sent."""
    caster = Caster("ads", {"properties": {"field": schema}})
    records = [caster({"field": value}) for _ in range(3)]
    emitted = [orjson.loads(line)["record"]["data"] for line in record_block("ads", records).splitlines()]

    assert emitted == [{"field": value}] * 3
    assert [record.levelname for record in airbyte_log.records] == ["WARNING"]
    assert "ads" in airbyte_log.text
    assert "field" in airbyte_log.text


def test_each_misfit_is_named_by_its_path(airbyte_log: pytest.LogCaptureFixture) -> None:
    schema = {"properties": {"outer": nullable("object", properties={"inner": nullable("integer")})}}
    Caster("ads", schema)({"outer": {"inner": "x"}})

    assert "outer.inner" in airbyte_log.text


def test_one_misfit_does_not_spoil_its_neighbours() -> None:
    schema = {"properties": {"a": nullable("integer"), "b": nullable("integer")}}

    assert Caster("ads", schema)({"a": "x", "b": "2"}) == {"a": "x", "b": 2}


_EVERY_KIND = {
    "properties": {
        "integer": nullable("integer"),
        "number": nullable("number"),
        "string": nullable("string"),
        "boolean": nullable("boolean"),
        "object": nullable("object", properties={"integer": nullable("integer")}),
        "array": nullable("array", items=nullable("object", properties={"number": nullable("number")})),
    }
}


@given(VALUES)
def test_any_value_of_tiktok_can_be_emitted(value: object) -> None:
    """Whatever stands where, the page is not lost."""
    record = Caster("ads", _EVERY_KIND)({kind: orjson.loads(orjson.dumps(value)) for kind in _EVERY_KIND["properties"]})

    assert orjson.loads(record_block("ads", [record]))["record"]["data"].keys() == _EVERY_KIND["properties"].keys()
