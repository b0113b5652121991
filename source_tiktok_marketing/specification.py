"""The connection specification: what a user is asked, in the words of Airbyte's form."""

from datetime import date
from typing import Any

Json = dict[str, Any]

DEFAULT_START_DATE = date(2016, 9, 1)
DEFAULT_ATTRIBUTION_WINDOW = 3
LONGEST_ATTRIBUTION_WINDOW = 364
LONGEST_STEP = 30

DOCUMENTATION_URL = "https://docs.airbyte.com/integrations/sources/tiktok-marketing"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9:]+)?)?$"


def _secret(title: str, description: str) -> Json:
    return {"type": "string", "title": title, "description": description, "airbyte_secret": True}


def _text(title: str, description: str, **more: Any) -> Json:
    return {"type": "string", "title": title, "description": description, **more}


def _auth_type(const: str) -> Json:
    return {"type": "string", "title": "Auth Type", "const": const, "order": 0}


_OAUTH = {
    "title": "OAuth2.0",
    "type": "object",
    "properties": {
        "auth_type": _auth_type("oauth2.0"),
        "app_id": _secret("App ID", "The id of your developer app."),
        "secret": _secret("Secret", "The secret of your developer app."),
        "access_token": _secret("Access Token", "The long-lived access token that your app was granted."),
        "advertiser_id": _text(
            "Advertiser ID", "One ad account to read. Leave it empty to read every ad account that the token reaches."
        ),
    },
    "required": ["app_id", "secret", "access_token"],
}
_SANDBOX = {
    "title": "Sandbox Access Token",
    "type": "object",
    "properties": {
        "auth_type": _auth_type("sandbox_access_token"),
        "advertiser_id": _text("Advertiser ID", "The ad account that was generated for your developer sandbox."),
        "access_token": _secret("Access Token", "The access token of your developer sandbox."),
    },
    "required": ["advertiser_id", "access_token"],
}

_PROPERTIES: Json = {
    "credentials": {
        "type": "object",
        "title": "Authentication Method",
        "description": "How you authorise the connector.",
        "order": 0,
        "default": {},
        "oneOf": [_OAUTH, _SANDBOX],
    },
    "start_date": _text(
        "Replication Start Date",
        "The first day to replicate, YYYY-MM-DD, in each ad account's own time zone. Reports never begin before an "
        "account was created.",
        format="date",
        pattern=_DAY,
        default=DEFAULT_START_DATE.isoformat(),
        examples=["2024-01-01"],
        order=1,
    ),
    "end_date": _text(
        "End Date",
        "The last day to replicate, YYYY-MM-DD. Leave it empty to replicate up to today.",
        format="date",
        pattern=_DAY,
        examples=["2024-12-31"],
        order=2,
    ),
    "attribution_window": {
        "type": "integer",
        "title": "Attribution Window",
        "description": "How many days before its last day a report is read again, because TikTok books conversions "
        "to the day of the click for days after it.",
        "minimum": 0,
        "maximum": LONGEST_ATTRIBUTION_WINDOW,
        "default": DEFAULT_ATTRIBUTION_WINDOW,
        "examples": [3, 7, 28],
        "order": 3,
    },
    "report_granularity": {
        "type": "integer",
        "title": "Daily Reports Date Step",
        "description": "How many days one request of a daily report may span. You rarely need it: a request that "
        "TikTok finds too large is split by itself.",
        "minimum": 1,
        "maximum": LONGEST_STEP,
        "default": LONGEST_STEP,
        "examples": [30, 7, 1],
        "order": 4,
    },
    "include_deleted": {
        "type": "boolean",
        "title": "Include Deleted Data",
        "description": "Whether you want deleted campaigns, ad groups and ads and what they spent. TikTok Ads Manager "
        "counts them, so leave this on if your totals are to match.",
        "default": True,
        "order": 5,
    },
    "advertiser_ids": {
        "type": "array",
        "items": {"type": "string"},
        "title": "Advertiser IDs",
        "description": "The ad accounts to read. Leave it empty to read every ad account that the token reaches, "
        "looked up anew on each sync.",
        "examples": [["7012345678900000001"]],
        "order": 6,
    },
    "rate_limit_tier": {
        "type": "string",
        "title": "Rate Limit Tier",
        "description": "What TikTok granted your developer app: basic is 10 requests a second, advanced 20, "
        "premium 30, ultimate 50.",
        "enum": ["basic", "advanced", "premium", "ultimate"],
        "default": "basic",
        "order": 7,
    },
}


def _path(*keys: str) -> Json:
    return {"type": "string", "path_in_connector_config": list(keys)}


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


SPECIFICATION: Json = {
    "documentationUrl": DOCUMENTATION_URL,
    "connectionSpecification": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "TikTok Marketing Source Spec",
        "type": "object",
        "additionalProperties": True,
        "properties": _PROPERTIES,
    },
    "supportsIncremental": True,
    "supportsNormalization": False,
    "supportsDBT": False,
    "advanced_auth": {
        "auth_flow_type": "oauth2.0",
        "predicate_key": ["credentials", "auth_type"],
        "predicate_value": "oauth2.0",
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
"""The `spec` of the Airbyte protocol."""
