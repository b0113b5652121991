"""The connection specification: a public contract, kept in `spec.json`, that says what the configuration does."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import ConnectorSpecificationSerializer
from jsonschema import Draft7Validator  # type: ignore[import-untyped]  # comes with the CDK, without types

import source_tiktok_marketing
from source_tiktok_marketing.config import Config
from unit_tests.test_config import config_of
from unit_tests.test_config_refusals import refusal

Json = dict[str, Any]

PACKAGE = Path(source_tiktok_marketing.__file__).parent
SPECIFICATION: Json = json.loads((PACKAGE / "spec.json").read_bytes())
FORM = SPECIFICATION["connectionSpecification"]

LISTED: Json = {
    "access_token": "the-access-token",
    "environment": {"app_id": "7012345678", "secret": "the-app-secret"},
}
"""A configuration of an old version, which has none of the options that the form shows."""
NAMED: Json = {"access_token": "the-access-token", "advertiser_ids": ["7001"]}
"""Another, to which any part of the credentials can be added."""


def advertised() -> Iterator[tuple[str, Json]]:
    """Every option of the form by its path, with its schema."""
    for name, option in FORM["properties"].items():
        kinds = option.get("oneOf", ())
        yield from ((f"{name}.{inner}", field) for kind in kinds for inner, field in kind["properties"].items())
        if not kinds:
            yield name, option


OPTIONS = list(advertised())
KINDS = FORM["properties"]["credentials"]["oneOf"]


def with_option(path: str, value: object) -> Json:
    """A configuration that has one option."""
    outer, _, inner = path.partition(".")
    return NAMED | {outer: {inner: value}} if inner else LISTED | {outer: value}


def without_option(path: str) -> Json:
    return NAMED if "." in path else LISTED


def other_value(option: Json) -> Any:
    """A value that the form accepts and that isn't the default."""
    values = [
        *option.get("examples", ()),
        *option.get("enum", ()),
        *((True, False) if option["type"] == "boolean" else ()),
    ]
    return next((value for value in values if value != option.get("default")), "7012345678900000009")


def told(config: Config) -> Json:
    """Everything that a configuration tells the connector, by the name of the attribute."""
    names = [*Config.model_fields, *(name for name, value in vars(Config).items() if isinstance(value, property))]
    return {name: getattr(config, name) for name in names}


def read_by_the_connector() -> set[str]:
    """The attributes of a `config` that the package reads, except where they are made."""
    modules = [ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py") if path.stem != "config"]
    accesses = [node for module in modules for node in ast.walk(module) if isinstance(node, ast.Attribute)]
    return {node.attr for node in accesses if ast.unparse(node.value).split(".")[-1] == "config"}


@pytest.mark.parametrize(("path", "option"), [case for case in OPTIONS if "const" not in case[1]])
def test_every_option_has_a_reader(path: str, option: Json) -> None:
    """Another value than the default tells the connector something else, which it looks at."""
    before, after = told(config_of(without_option(path))), told(config_of(with_option(path, other_value(option))))
    changed = {name for name in after if after[name] != before[name]}

    assert changed & read_by_the_connector()


@pytest.mark.parametrize(("name", "option"), FORM["properties"].items())
def test_every_default_is_what_an_absent_option_means(name: str, option: Json) -> None:
    if "default" in option:
        assert config_of(with_option(name, option["default"])) == config_of(LISTED)
    else:
        assert not told(config_of(LISTED))[name]


@pytest.mark.parametrize(("path", "option"), [case for case in OPTIONS if "minimum" in case[1] or "maximum" in case[1]])
def test_limits_are_those_of_the_form(path: str, option: Json) -> None:
    """What lies just inside is taken as it is, what lies just outside is refused with the reason."""
    for inside in (option["minimum"], option["maximum"]):
        assert told(config_of(with_option(path, inside)))[path] == inside
    for outside in (option["minimum"] - 1, option["maximum"] + 1):
        message = refusal(with_option(path, outside))
        assert f"{path}: {outside} " in message
        assert str(option["minimum"] if outside < option["minimum"] else option["maximum"]) in message


@pytest.mark.parametrize(("path", "option"), [case for case in OPTIONS if "enum" in case[1]])
def test_choices_are_those_of_the_form(path: str, option: Json) -> None:
    assert [told(config_of(with_option(path, choice)))[path] for choice in option["enum"]] == option["enum"]
    assert all(choice in refusal(with_option(path, "another")) for choice in option["enum"])


@pytest.mark.parametrize(("path", "option"), OPTIONS)
def test_what_is_marked_as_secret_is_what_is_hidden(path: str, option: Json) -> None:
    """Platforms hide it by the mark, the connector by its value."""
    value = option.get("const", "7012345678900000009")
    credentials = {"app_id": "1", "secret": "2", "access_token": "3"}
    if "." in path:
        config = config_of({"credentials": credentials | {path.partition(".")[2]: value}, "advertiser_ids": ["7001"]})
        assert (value in config.secrets) is option.get("airbyte_secret", False)
    else:
        assert "airbyte_secret" not in option


@pytest.mark.parametrize(("path", "option"), [case for case in OPTIONS if case[1].get("airbyte_secret")])
def test_no_refusal_of_a_secret_shows_it(path: str, option: Json) -> None:
    assert option["type"] == "string"
    assert "the\\nsecret" not in refusal(with_option(path, "the\nsecret"))


def test_each_kind_of_credentials_is_told_by_its_constant() -> None:
    constants = [kind["properties"]["auth_type"]["const"] for kind in KINDS]

    assert constants == ["oauth2.0", "sandbox_access_token"]
    assert [config_of(with_option("credentials.auth_type", kind)).is_sandbox for kind in constants] == [False, True]
    assert SPECIFICATION["advanced_auth"]["predicate_key"] == ["credentials", "auth_type"]
    assert SPECIFICATION["advanced_auth"]["predicate_value"] == "oauth2.0"


def test_every_secret_is_marked() -> None:
    """App id, secret and token are masked by every platform, in each kind of credentials."""
    marked = [
        sorted(name for name, field in kind["properties"].items() if field.get("airbyte_secret")) for kind in KINDS
    ]

    assert marked == [["access_token", "app_id", "secret"], ["access_token"]]


def test_the_cdk_reads_the_specification_without_loss() -> None:
    dumped = ConnectorSpecificationSerializer.dump(ConnectorSpecificationSerializer.load(SPECIFICATION))

    assert json.loads(json.dumps(dumped, default=lambda value: value.value)) == SPECIFICATION


def test_the_specification_is_printed_without_its_model() -> None:
    """Platforms ask for it often; the model takes longer to import than everything else."""
    code = (
        "import io, sys\n"
        "from source_tiktok_marketing.api.clock import SystemClock\n"
        "from source_tiktok_marketing.run import main\n"
        "assert main(['spec'], sys.stdout, SystemClock()) == 0\n"
        "assert not {'pydantic', 'requests', 'airbyte_cdk'} & sys.modules.keys()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)  # noqa: S603  our own code

    assert json.loads(done.stdout) == {"type": "SPEC", "spec": SPECIFICATION}


def test_the_form_is_a_json_schema() -> None:
    Draft7Validator.check_schema(FORM)


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


def test_the_form_is_ordered() -> None:
    """The options, and those within credentials and custom reports, however a database shuffles them."""
    reports = FORM["properties"]["custom_reports"]["items"]
    filters = reports["properties"]["filters"]["items"]
    orders = [[field["order"] for field in form["properties"].values()] for form in (FORM, *KINDS, reports, filters)]

    assert orders == [list(range(len(places))) for places in orders]
    assert min(map(len, orders)) > 2
