"""The connection specification: a public contract."""

import json
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import ConnectorSpecificationSerializer
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # comes with the CDK, without types

from source_tiktok_marketing.specification import SPECIFICATION

Json = dict[str, Any]

GOLDEN = Path(__file__).parent / "golden" / "spec.json"
FORM = SPECIFICATION["connectionSpecification"]


def test_the_specification_is_the_released_one() -> None:
    """A change is one for every user: run `python -m unit_tests.renew_golden` and read the difference."""
    assert json.loads(GOLDEN.read_text()) == SPECIFICATION


def test_the_cdk_reads_the_specification_without_loss() -> None:
    dumped = ConnectorSpecificationSerializer.dump(ConnectorSpecificationSerializer.load(SPECIFICATION))

    assert json.loads(json.dumps(dumped, default=lambda value: value.value)) == SPECIFICATION


def test_the_form_is_a_json_schema() -> None:
    Draft7Validator.check_schema(FORM)


def test_every_secret_is_marked() -> None:
    """App id, secret and token are masked by every platform, in each kind of credentials."""
    marked = [
        sorted(name for name, field in kind["properties"].items() if field.get("airbyte_secret"))
        for kind in FORM["properties"]["credentials"]["oneOf"]
    ]

    assert marked == [["access_token", "app_id", "secret"], ["access_token"]]


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"credentials": {"auth_type": "oauth2.0", "app_id": "1", "secret": "2", "access_token": "3"}},
        {"credentials": {"auth_type": "sandbox_access_token", "advertiser_id": "1", "access_token": "3"}},
        {"access_token": "1", "environment": {"app_id": "1", "secret": "2"}, "account_id": 123},
        {"start_date": "2024-01-31", "end_date": "2024-01-31T00:00:00Z", "advertiser_ids": ["1"]},
        {"attribution_window": 0, "report_granularity": 30, "include_deleted": False, "rate_limit_tier": "ultimate"},
    ],
)
def test_the_form_accepts_what_platforms_send(raw: Json) -> None:
    """Those that validate against the form must not refuse a configuration that worked."""
    assert list(Draft7Validator(FORM).iter_errors(raw)) == []


def test_each_kind_of_credentials_is_told_by_its_constant() -> None:
    kinds = FORM["properties"]["credentials"]["oneOf"]

    assert [kind["properties"]["auth_type"]["const"] for kind in kinds] == ["oauth2.0", "sandbox_access_token"]
    assert SPECIFICATION["advanced_auth"]["predicate_key"] == ["credentials", "auth_type"]
    assert SPECIFICATION["advanced_auth"]["predicate_value"] == "oauth2.0"


def test_the_form_is_ordered() -> None:
    orders = [field["order"] for field in FORM["properties"].values()]

    assert orders == list(range(len(orders)))
