"""The public contract: the streams of Airbyte's connector, which existing connections and tables depend on.

`golden/airbyte_contract.json` states for each of them key, modes, cursor and the type of every field; field lists that
several streams share stand there once, under the name of the first.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessageSerializer
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # comes with the CDK, without types

from unit_tests.generate.catalog import discovered, production, sandbox

Json = dict[str, Any]

CONTRACT: Json = json.loads((Path(__file__).parent / "golden" / "airbyte_contract.json").read_text())
STREAMS: Json = CONTRACT["streams"]

OFFERED = discovered(production())


def field_types(schema: Json, prefix: str = "") -> dict[str, str]:
    """The type of each field by its path, in the notation of the contract."""
    found: dict[str, str] = {}
    for name, declared in schema.get("properties", {}).items():
        path, inner = prefix + name, declared
        found[path] = _notation(inner)
        while "items" in inner:
            path, inner = path + "[]", inner["items"]
            found[path] = _notation(inner)
        found |= field_types(inner, path + ".")
    return found


def _notation(schema: Json) -> str:
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return " ".join(x for x in ("|".join(sorted(kinds)), schema.get("format"), schema.get("airbyte_type")) if x)


WIDENED = {("ads", "modify_time"): "null|string date-time timestamp_without_timezone"}
"""Fields that may be null beyond the released type: Smart+ ads have no modify_time, and are emitted."""


def contract_types(stream: str) -> dict[str, str]:
    shape: dict[str, str] = CONTRACT["fields"][STREAMS[stream]["fields"]]
    return {path: kind for kind, paths in shape.items() for path in paths.split()}


def stream_row(stream: Json) -> Json:
    """What a connection depends on beside the schema."""
    return {
        "primary_key": [".".join(path) for path in stream["source_defined_primary_key"]],
        "cursor": ".".join(stream.get("default_cursor_field", [])) or None,
        "sync_modes": stream["supported_sync_modes"],
    }


def test_every_stream_of_the_contract_is_offered() -> None:
    assert len(STREAMS) == 44
    assert sorted(STREAMS.keys() - OFFERED.keys()) == []


@pytest.mark.parametrize("name", STREAMS)
def test_key_cursor_and_modes_are_the_released_ones(name: str) -> None:
    released = {key: STREAMS[name][key] for key in ("primary_key", "cursor", "sync_modes")}

    assert stream_row(OFFERED[name]) == released


@pytest.mark.parametrize("name", STREAMS)
def test_every_released_field_keeps_its_type(name: str) -> None:
    """Tables were created from these types; fields may be added, none may change or go."""
    ours = field_types(OFFERED[name]["json_schema"])
    released = contract_types(name) | {path: kind for (stream, path), kind in WIDENED.items() if stream == name}

    assert {path: ours.get(path) for path in released} == released


@pytest.mark.parametrize("granularity", ["DAY", "HOUR", "LIFETIME"])
def test_an_old_granularity_adds_the_names_of_its_time(granularity: str) -> None:
    """The un-suffixed streams carry on where they stood; the others stay."""
    offered = discovered(production(report_granularity=granularity))
    suffix = {"DAY": "_daily", "HOUR": "_hourly", "LIFETIME": "_lifetime"}[granularity]
    added = offered.keys() - OFFERED.keys()

    assert list(offered)[: len(OFFERED)] == list(OFFERED)
    assert {"ads_reports", "ad_groups_reports", "campaigns_reports", "advertisers_reports"} <= added
    assert {name: offered[name] | {"name": name + suffix} for name in added} == {
        name: OFFERED[name + suffix] for name in added
    }


def test_the_sandbox_offers_what_it_answers() -> None:
    """TikTok's sandbox lists no advertisers and reports nothing on their level or by country."""
    offered = discovered(sandbox())
    missing = OFFERED.keys() - offered.keys()

    assert {"advertiser_ids", "advertisers_reports_daily", "advertisers_reports_hourly"} <= missing
    assert {"advertisers", "campaigns", "ad_groups", "ads", "ads_reports_daily", "campaigns_reports_lifetime"} <= set(
        offered
    )


def test_the_cdk_reads_the_catalogue_without_loss() -> None:
    message = {"type": "CATALOG", "catalog": {"streams": list(OFFERED.values())}}
    dumped = AirbyteMessageSerializer.dump(AirbyteMessageSerializer.load(message))

    assert json.loads(json.dumps(dumped, default=lambda value: value.value)) == message


@pytest.mark.parametrize("name", OFFERED)
def test_every_schema_is_sound(name: str) -> None:
    """A valid JSON schema that holds the stream's key and cursor and lets new fields of TikTok through."""
    stream = OFFERED[name]
    schema = stream["json_schema"]
    needed = [path[0] for path in stream["source_defined_primary_key"]] + stream.get("default_cursor_field", [])

    Draft7Validator.check_schema(schema)
    assert [field for field in needed if field not in schema["properties"]] == []
    assert schema["additionalProperties"] is True
