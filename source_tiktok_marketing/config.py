"""The user's configuration: one model that validates it and that the connection specification is made from.

`make docs` makes `spec.json` of it. The fields of `Config` are the options of the form, in its order; `SkipJsonSchema`
marks what no form shows. Shapes that only old versions advertised are accepted, too.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pendulum
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic.annotated_handlers import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema
from pydantic_core import CoreSchema, core_schema

from source_tiktok_marketing.api.failures import ConfigFailure
from source_tiktok_marketing.credentials import OAUTH, SANDBOX, OAuth, Sandbox, present_credentials
from source_tiktok_marketing.option_types import (
    MAX_DAYS_PER_REQUEST,
    AdvertiserIds,
    Day,
    DaysOrGranularity,
    Granularity,
    SkipIdleDays,
    is_unset,
)

if TYPE_CHECKING:
    from source_tiktok_marketing.catalog.custom_reports import CustomReport
else:
    CustomReport = Any  # imported only if there are some: a twentieth of what `discover` takes

PRODUCTION_URL = "https://business-api.tiktok.com/open_api/v1.3/"
SANDBOX_URL = "https://sandbox-ads.tiktok.com/open_api/v1.3/"
BASE_URL_VARIABLE = "TIKTOK_API_BASE_URL"


class CustomReports:
    """Reads the custom reports with a model of their own, which is imported only if there are some."""

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> CoreSchema:
        """Return what reads them."""
        return core_schema.no_info_plain_validator_function(cls._read)

    @classmethod
    def __get_pydantic_json_schema__(cls, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return what the form shows."""
        from source_tiktok_marketing.custom_report_options import form  # noqa: PLC0415  only the form needs it

        return handler(form())

    @staticmethod
    def _read(value: object) -> "tuple[CustomReport, ...]":
        if not value:
            return ()
        from source_tiktok_marketing.custom_report_options import custom_reports  # noqa: PLC0415  see the class

        return custom_reports(value)


class Config(BaseModel):
    """What the user wants, validated. Dates are days in each ad account's own time zone, both ends inclusive."""

    model_config = ConfigDict(
        frozen=True, title="TikTok Marketing Source Spec", json_schema_extra={"additionalProperties": True}
    )

    credentials: Annotated[OAuth | Sandbox, Field(discriminator="auth_type")] = Field(
        title="Authentication Method",
        description="How you authorise the connector.",
        json_schema_extra={"type": "object", "default": {}},
    )
    start_date: Day = Field(
        date(2016, 9, 1),
        title="Replication Start Date",
        description="The first day to replicate, YYYY-MM-DD, in each ad account's own time zone. Reports never begin "
        "before an account was created.",
        examples=["2024-01-01"],
    )
    end_date: Day | None = Field(
        None,
        title="End Date",
        description="The last day to replicate, YYYY-MM-DD. Leave it empty to replicate up to today.",
        examples=["2024-12-31"],
    )
    attribution_window: int = Field(
        3,
        title="Attribution Window",
        description="How many days before its last day a report is read again, because TikTok books conversions to "
        "the day of the click for days after it.",
        ge=0,
        le=364,
        examples=[3, 7, 28],
    )
    report_granularity: DaysOrGranularity = Field(
        MAX_DAYS_PER_REQUEST,
        title="Daily Reports Date Step",
        description="How many days one request of a daily report may span. You rarely need it: a request that TikTok "
        "finds too large is split by itself.",
        examples=[30, 7, 1],
    )
    include_deleted: bool = Field(
        default=True,
        title="Include Deleted Data",
        description="Whether you want deleted campaigns, ad groups and ads and what they spent. TikTok Ads Manager "
        "counts them, so leave this on if your totals are to match.",
    )
    advertiser_ids: AdvertiserIds = Field(
        default_factory=tuple,
        title="Advertiser IDs",
        description="The ad accounts to read. Leave it empty to read every ad account that the token reaches, looked "
        "up anew on each sync.",
        examples=[["7012345678900000001"]],
        validate_default=True,
    )
    rate_limit_tier: Literal["basic", "advanced", "premium", "ultimate"] = Field(
        "basic",
        title="Rate Limit Tier",
        description="What TikTok granted your developer app: basic is 10 requests a second, advanced 20, premium 30, "
        "ultimate 50.",
    )
    rate_limit_share: float = Field(
        1.0,
        title="Rate Limit Share",
        description="The part of that limit that this connection may use, up to 1. Give connections that "
        "sync at the same time with the same developer app shares that add up to 1.",
        ge=0.01,
        le=1,
        examples=[0.5, 0.25],
    )
    skip_idle_days: SkipIdleDays = Field(
        "if_confirmed",
        title="Skip Idle Days",
        description="Whether reports leave out days on which an ad account delivered nothing. if_confirmed: those of "
        "which the account's own report of the same time has no row, which is asked once for all selected reports, if "
        "there are several. if_likely: hourly reports leave out those of which its daily report tells nothing, too, "
        "and ask some of them to be sure. never: all days are read. Days that may still change are always read.",
    )
    accounts_per_request: int = Field(
        1,
        title="Ad Accounts Per Request",
        description="How many ad accounts one request of a report may be about. With more than 1, the connector first "
        "compares what TikTok answers for several ad accounts with what it answers for each alone. It saves requests "
        "if you have many small ad accounts.",
        ge=1,
        le=5,
        examples=[5],
    )
    async_reports: bool = Field(
        default=False,
        title="Asynchronous Reports",
        description="Whether daily and hourly reports are requested as asynchronous tasks where an ad account has more "
        "than the 20,000 ads, ad groups or campaigns that one report holds. That saves most requests for such accounts "
        "if TikTok has put your developer app on the allow-list; otherwise they are asked in parts, as without it.",
    )
    custom_reports: Annotated[tuple[CustomReport, ...], CustomReports] = Field(
        (),
        title="Custom Reports",
        description="Reports of your own, each a stream that is called custom_ and its name. docs/custom_reports.md "
        "says what TikTok offers.",
        examples=[
            [{"name": "ads_by_country", "level": "ad", "breakdowns": ["country_code"], "metrics": ["basic", "video"]}]
        ],
    )
    base_url: SkipJsonSchema[str] = Field("", validation_alias=BASE_URL_VARIABLE, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _present_shape(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options that are set. Platforms add keys of their own, which are ignored."""
        options = {key: value for key, value in raw.items() if not is_unset(value)}
        return options | {"credentials": present_credentials(options)}

    @field_validator("advertiser_ids")
    @classmethod
    def _own_first(cls, listed: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """Return the id among the credentials and the listed ones, each once."""
        own = info.data["credentials"].advertiser_id if "credentials" in info.data else ()
        return tuple(dict.fromkeys((*own, *listed)))

    @field_validator("base_url")
    @classmethod
    def _served_here(cls, url: str, info: ValidationInfo) -> str:
        """Return where the requests go: to TikTok, or to an emulator on this machine."""
        if not url:
            return SANDBOX_URL if isinstance(info.data.get("credentials"), Sandbox) else PRODUCTION_URL
        from source_tiktok_marketing.api.transport import is_loopback  # noqa: PLC0415  only emulators need it

        if not is_loopback(url := url.strip()):
            raise ValueError(
                "is honoured for this machine only (such as http://127.0.0.1:8080/open_api/v1.3/): the access token "
                "must not be sent elsewhere; unset it or correct it"
            )
        return url.rstrip("/") + "/"

    @property
    def access_token(self) -> str:
        """The token that every request carries."""
        return self.credentials.access_token or ""

    @property
    def app_id(self) -> str | None:
        """The developer app, if the credentials tell it."""
        return self.credentials.app_id

    @property
    def secret(self) -> str | None:
        """The secret of the developer app, if the credentials tell it."""
        return self.credentials.secret

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return tuple(secret for secret in (self.access_token, self.secret, self.app_id) if secret)

    @property
    def is_sandbox(self) -> bool:
        """Whether TikTok's sandbox is read."""
        return isinstance(self.credentials, Sandbox)

    @property
    def days_per_request(self) -> int:
        """How many days one request of a daily report may span."""
        return self.report_granularity if isinstance(self.report_granularity, int) else MAX_DAYS_PER_REQUEST

    @property
    def granularity(self) -> Granularity | None:
        """The single granularity of old configurations, which brings the un-suffixed report streams."""
        return None if isinstance(self.report_granularity, int) else self.report_granularity


def read_config(raw: object, environ: Mapping[str, str], now: datetime) -> Config:
    """Return the `Config` of the raw mapping. `environ` may point to an emulator; `now` is an aware instant.

    Raises `ConfigFailure` that names every problem at once, and never a secret.
    """
    if not isinstance(raw, Mapping):
        raise ConfigFailure("The configuration must be a JSON object.")
    try:
        config = Config.model_validate({**raw, BASE_URL_VARIABLE: environ.get(BASE_URL_VARIABLE)})
    except ValidationError as error:
        raise _refusal([_problem(details) for details in error.errors()]) from None
    if problems := _contradictions(config, now):
        raise _refusal(problems)
    return config


def _contradictions(config: Config, now: datetime) -> list[str]:
    problems = []
    if not config.access_token:
        problems.append("credentials.access_token: is missing; authorise the connection or paste the token")
    if config.is_sandbox and not config.advertiser_ids:
        problems.append("credentials.advertiser_id: is missing; a sandbox token needs its ad account id")
    if not config.is_sandbox and not config.advertiser_ids and not (config.app_id and config.secret):
        problems.append(
            "credentials.app_id and credentials.secret: are missing; TikTok needs them to list the ad accounts "
            "of the token, unless advertiser_ids names some"
        )
    if config.start_date > pendulum.instance(now).in_timezone("UTC").add(days=1).date():
        problems.append(f"start_date: {config.start_date} is in the future; choose a past day")
    problems += _contradictions_of_reports(config, now)
    if config.end_date is not None and config.end_date < config.start_date:
        problems.append(f"end_date: {config.end_date} lies before start_date {config.start_date}")
    return problems


def _contradictions_of_reports(config: Config, now: datetime) -> Iterator[str]:
    """Yield what is wrong with custom reports in this configuration."""
    tomorrow = pendulum.instance(now).in_timezone("UTC").add(days=1).date()
    for report in config.custom_reports:
        if report.start_date is not None and report.start_date > tomorrow:
            yield f"custom_reports: report {report.own_name}: start_date {report.start_date} is in the future"
        if config.is_sandbox and not report.in_sandbox:
            yield (
                f"custom_reports: report {report.own_name}: the sandbox offers no level advertiser: choose campaign, "
                "adgroup or ad"
            )


def _problem(details: Any) -> str:
    """Return where, which value, what is accepted; of credentials only the values that are no secret."""
    path = [str(part) for part in details["loc"] if part not in (OAUTH, SANDBOX)]
    message, value = details["msg"].removeprefix("Value error, "), details["input"]
    if details["type"] == "union_tag_invalid":
        path, value = [*path, "auth_type"], details["ctx"]["tag"]
        message = f"must be one of {details['ctx']['expected_tags']}"
    secret = path[0] in ("credentials", BASE_URL_VARIABLE) and path[-1] not in ("auth_type", "advertiser_id")
    shown = "" if secret or isinstance(value, dict | list) else f"{value!r:.60} "
    return f"{'.'.join(path)}: {shown}{message[0].lower() + message[1:]}"


def _refusal(problems: list[str]) -> ConfigFailure:
    return ConfigFailure("The configuration is not valid. " + "; ".join(dict.fromkeys(problems)) + ".")
