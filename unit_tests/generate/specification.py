"""The connection specification, made from the model that reads the configuration."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from source_tiktok_marketing.config import Config
from source_tiktok_marketing.credentials import OAUTH

Json = dict[str, Any]

DOCUMENTATION_URL = "https://docs.airbyte.com/integrations/sources/tiktok-marketing"


class FormSchema(GenerateJsonSchema):
    """A JSON schema as Airbyte's forms show it: what may be left out is absent, never null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Return the schema of the value that isn't null."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Return the schema, with its default unless that is null."""
        if schema.get("default") is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """Return the alternatives, which their constants tell apart."""
        return {"oneOf": super().tagged_union_schema(schema)["oneOf"]}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Return the schema of a model without its docstring."""
        described = super().model_schema(schema)
        return {key: value for key, value in described.items() if key != "description"}


def form() -> Json:
    """Return the JSON schema of the configuration, without references, options numbered by their places."""
    schema = Config.model_json_schema(schema_generator=FormSchema)
    definitions = schema.pop("$defs")
    del schema["required"]
    inlined: Json = _inlined(schema, definitions)
    _number(inlined)
    return {"$schema": "http://json-schema.org/draft-07/schema#"} | inlined


def _number(schema: Json) -> None:
    """Number the properties of an object, and those within them: Airbyte's database doesn't keep their places."""
    for order, option in enumerate(schema.get("properties", {}).values()):
        option["order"] = order
        for inner in (option, option.get("items", {}), *option.get("oneOf", ())):
            _number(inner)


def _inlined(node: Any, definitions: Json) -> Any:
    """Return the schema with each reference replaced by what it refers to."""
    if isinstance(node, dict):
        if "$ref" in node:
            return _inlined(definitions[node["$ref"].rpartition("/")[2]], definitions)
        return {key: _inlined(value, definitions) for key, value in node.items()}
    return [_inlined(item, definitions) for item in node] if isinstance(node, list) else node


def _path(*keys: str) -> Json:
    return {"type": "string", "path_in_connector_config": list(keys)}


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def specification() -> Json:
    """Return the `spec` of the Airbyte protocol."""
    return {
        "documentationUrl": DOCUMENTATION_URL,
        "connectionSpecification": form(),
        "supportsIncremental": True,
        "supportsNormalization": False,
        "supportsDBT": False,
        "advanced_auth": {
            "auth_flow_type": OAUTH,
            "predicate_key": ["credentials", "auth_type"],
            "predicate_value": OAUTH,
            "oauth_config_specification": {
                "complete_oauth_output_specification": _object({"access_token": _path("credentials", "access_token")}),
                "complete_oauth_server_input_specification": _object(
                    {"app_id": {"type": "string"}, "secret": {"type": "string"}}
                ),
                "complete_oauth_server_output_specification": _object(
                    {"app_id": _path("credentials", "app_id"), "secret": _path("credentials", "secret")}
                ),
            },
        },
    }
