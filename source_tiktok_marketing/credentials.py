"""The credentials of the configuration, in every shape that any version of the connector accepted."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from source_tiktok_marketing.option_types import AdvertiserId, Credential, is_unset

OAUTH = "oauth2.0"
SANDBOX = "sandbox_access_token"


class OAuth(BaseModel):
    """What authorises a developer app to read the ad accounts of those who granted it access."""

    model_config = ConfigDict(
        frozen=True, title="OAuth2.0", json_schema_extra={"required": ["app_id", "secret", "access_token"]}
    )

    auth_type: Literal["oauth2.0"] = Field(title="Auth Type")
    app_id: Credential = Field(
        None,
        title="App ID",
        description="The id of your developer app.",
        validation_alias=AliasChoices("app_id", "client_id"),
    )
    secret: Credential = Field(
        None,
        title="Secret",
        description="The secret of your developer app.",
        validation_alias=AliasChoices("secret", "client_secret"),
    )
    access_token: Credential = Field(
        None, title="Access Token", description="The long-lived access token that your app was granted."
    )
    advertiser_id: AdvertiserId = Field(
        default_factory=tuple,
        title="Advertiser ID",
        description="One ad account to read. Leave it empty to read every ad account that the token reaches.",
    )


class Sandbox(BaseModel):
    """What authorises a developer to read the sandbox."""

    model_config = ConfigDict(
        frozen=True,
        title="Sandbox Access Token",
        json_schema_extra={"required": ["advertiser_id", "access_token"]},
    )

    app_id: ClassVar[None] = None
    secret: ClassVar[None] = None

    auth_type: Literal["sandbox_access_token"] = Field(title="Auth Type")
    advertiser_id: AdvertiserId = Field(
        default_factory=tuple,
        title="Advertiser ID",
        description="The ad account that was generated for your developer sandbox.",
    )
    access_token: Credential = Field(
        None, title="Access Token", description="The access token of your developer sandbox."
    )


def present_credentials(raw: Mapping[str, Any]) -> object:
    """Return the credentials in their present shape.

    Old versions had an `environment` object beside a top-level token, the sandbox being the one without a secret, and
    another name for OAuth.
    """
    credentials, environment = raw.get("credentials") or {}, raw.get("environment")
    if not credentials and environment is not None:
        credentials = environment
        if isinstance(environment, Mapping):
            secret = environment.get("secret", environment.get("client_secret"))
            credentials = {**environment, "auth_type": SANDBOX if is_unset(secret) else OAUTH}
    if not isinstance(credentials, Mapping):
        return credentials
    auth_type, token = credentials.get("auth_type"), credentials.get("access_token")
    return {
        **credentials,
        "auth_type": OAUTH if is_unset(auth_type) or auth_type == "prod_access_token" else auth_type,
        "access_token": raw.get("access_token") if is_unset(token) else token,
    }
