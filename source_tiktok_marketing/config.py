"""The user's configuration: every shape that any version of the connector ever accepted, read once into `Config`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from source_tiktok_marketing.api.failures import ConfigFailure
from source_tiktok_marketing.specification import (
    DEFAULT_ATTRIBUTION_WINDOW,
    DEFAULT_START_DATE,
    LONGEST_ATTRIBUTION_WINDOW,
    LONGEST_STEP,
)

PRODUCTION_URL = "https://business-api.tiktok.com/open_api/v1.3/"
SANDBOX_URL = "https://sandbox-ads.tiktok.com/open_api/v1.3/"
BASE_URL_VARIABLE = "TIKTOK_API_BASE_URL"

Granularity = Literal["HOUR", "DAY", "LIFETIME"]
Tier = Literal["basic", "advanced", "premium", "ultimate"]

_SANDBOX = "sandbox_access_token"
_ID = re.compile(r"[0-9]+")


def _text(value: object) -> object:
    """Ids and tokens are text, though users and old versions write ids as numbers."""
    if isinstance(value, bool):
        raise ValueError("must be text or a number")  # noqa: TRY004  pydantic turns only this one into a problem
    return str(value) if isinstance(value, int) else value


def _stripped(value: object) -> object:
    value = _text(value)
    return (value.strip() or None) if isinstance(value, str) else value


def _credential(value: object) -> object:
    """Text that can stand in a request header."""
    value = _stripped(value)
    if isinstance(value, str) and not (value.isascii() and value.isprintable()):
        raise ValueError("holds characters that no token has, such as a line break; paste it again")
    return value


def _day(value: object) -> object:
    """A date, also when written as a date-time."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.strip()).date()
        except ValueError:
            pass
    raise ValueError("is not a date; write YYYY-MM-DD, such as 2024-01-31")


def _ids(value: object) -> object:
    """A list of ad account ids, also as one comma-separated text."""
    if value is None:
        return ()
    items = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        items = (items,)
    ids = tuple(dict.fromkeys(str(item).strip() for item in items if str(item).strip()))
    if wrong := [item for item in ids if not _ID.fullmatch(item)]:
        raise ValueError(f"{wrong[0]!r} is not an ad account id; write digits only, several separated by commas")
    return ids


def _granularity(value: object) -> object:
    """Days per request as an integer, or the old single granularity as a word."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = int(value) if re.fullmatch(r"[0-9]{1,3}", value) else value.upper()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value in ("HOUR", "DAY", "LIFETIME") or (
        isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LONGEST_STEP
    ):
        return value
    raise ValueError("must be a number of days from 1 to 30 (or, as in old versions, DAY, HOUR or LIFETIME)")


Credential = Annotated[str | None, BeforeValidator(_credential)]
Day = Annotated[date | None, BeforeValidator(_day)]
Ids = Annotated[tuple[str, ...], BeforeValidator(_ids)]


class _Credentials(BaseModel):
    """The `credentials` object, and the older `environment` object beside a top-level token."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    auth_type: Literal["oauth2.0", "prod_access_token", "sandbox_access_token"] | None = None
    app_id: Credential = Field(None, validation_alias=AliasChoices("app_id", "client_id"))
    secret: Credential = Field(None, validation_alias=AliasChoices("secret", "client_secret"))
    access_token: Credential = None
    advertiser_id: Ids = ()


class _Raw(BaseModel):
    """The whole configuration as the user wrote it. Unknown keys are ignored: platforms add their own."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    credentials: Annotated[_Credentials | None, BeforeValidator(lambda value: value or None)] = None
    environment: _Credentials | None = None
    access_token: Credential = None
    advertiser_ids: Ids = ()
    start_date: Day = None
    end_date: Day = None
    attribution_window: Annotated[int | None, Field(ge=0, le=LONGEST_ATTRIBUTION_WINDOW)] = None
    include_deleted: bool | None = None
    report_granularity: Annotated[int | Granularity | None, BeforeValidator(_granularity)] = None
    rate_limit_tier: Tier | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """What the user wants, validated. Dates are days in each ad account's own time zone, both ends inclusive."""

    access_token: str
    app_id: str | None
    secret: str | None
    advertiser_ids: tuple[str, ...]
    """Empty: every ad account that the token reaches."""
    is_sandbox: bool
    start_date: date
    end_date: date | None
    attribution_window: int
    """Days that a resumed report is read again before its cursor."""
    include_deleted: bool
    days_per_request: int
    granularity: Granularity | None
    """The single granularity of old configurations, which brings the un-suffixed report streams."""
    rate_limit_tier: Tier
    base_url: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return tuple(secret for secret in (self.access_token, self.secret, self.app_id) if secret)


def read_config(raw: object, environ: Mapping[str, str], now: datetime) -> Config:
    """The `Config` of the raw mapping. `environ` may point to an emulator; `now` is an aware instant.

    Raises `ConfigFailure` that names every problem at once, and never a secret.
    """
    if not isinstance(raw, Mapping):
        raise ConfigFailure("The configuration must be a JSON object.")
    try:
        parsed = _Raw.model_validate(raw)
    except ValidationError as error:
        raise ConfigFailure(_sentence([_problem(details) for details in error.errors()])) from None
    credentials = parsed.credentials or parsed.environment or _Credentials.model_validate({})
    is_sandbox = _is_sandbox(parsed)
    config = Config(
        access_token=credentials.access_token or parsed.access_token or "",
        app_id=credentials.app_id,
        secret=credentials.secret,
        advertiser_ids=tuple(dict.fromkeys((*credentials.advertiser_id, *parsed.advertiser_ids))),
        is_sandbox=is_sandbox,
        start_date=parsed.start_date or DEFAULT_START_DATE,
        end_date=parsed.end_date,
        attribution_window=(
            DEFAULT_ATTRIBUTION_WINDOW if parsed.attribution_window is None else parsed.attribution_window
        ),
        include_deleted=parsed.include_deleted is not False,
        days_per_request=parsed.report_granularity if isinstance(parsed.report_granularity, int) else LONGEST_STEP,
        granularity=parsed.report_granularity if isinstance(parsed.report_granularity, str) else None,
        rate_limit_tier=parsed.rate_limit_tier or "basic",
        base_url=_base_url(environ, is_sandbox=is_sandbox),
    )
    if problems := _contradictions(config, now):
        raise ConfigFailure(_sentence(problems))
    return config


def _is_sandbox(parsed: _Raw) -> bool:
    if parsed.credentials is not None:
        return parsed.credentials.auth_type == _SANDBOX
    return parsed.environment is not None and parsed.environment.secret is None


def _base_url(environ: Mapping[str, str], *, is_sandbox: bool) -> str:
    url = environ.get(BASE_URL_VARIABLE, "").strip()
    if not url:
        return SANDBOX_URL if is_sandbox else PRODUCTION_URL
    if not _is_loopback(url):
        raise ConfigFailure(
            f"{BASE_URL_VARIABLE} is honoured for this machine only (such as http://127.0.0.1:8080/open_api/v1.3/): "
            "the access token must not be sent elsewhere. Unset it or correct it."
        )
    return url.rstrip("/") + "/"


def _is_loopback(url: str) -> bool:
    """Whether requests to `url` stay here, judged by the parser that sends them: another may see another host."""
    from urllib3.exceptions import LocationParseError  # noqa: PLC0415  only emulators need it
    from urllib3.util import parse_url  # noqa: PLC0415

    try:
        parts = parse_url(url)
    except LocationParseError:
        return False
    return parts.scheme in ("http", "https") and parts.host in ("127.0.0.1", "localhost", "[::1]")


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
    tomorrow = now.astimezone(UTC).date().toordinal() + 1
    if config.start_date.toordinal() > tomorrow:
        problems.append(f"start_date: {config.start_date} is in the future; choose a past day")
    if config.end_date is not None and config.end_date < config.start_date:
        problems.append(f"end_date: {config.end_date} lies before start_date {config.start_date}")
    return problems


def _problem(details: Any) -> str:
    where = ".".join(str(part) for part in details["loc"] if isinstance(part, str) and not part.startswith("function"))
    message = details["msg"].removeprefix("Value error, ")
    secret = any(word in where for word in ("token", "secret", "app_id", "client_id"))
    secret = secret or where in ("credentials", "environment")
    shown = "" if secret or isinstance(details["input"], dict | list) else f"{details['input']!r:.60} "
    return f"{where or 'configuration'}: {shown}{message[0].lower() + message[1:]}"


def _sentence(problems: list[str]) -> str:
    return "The configuration is not valid. " + "; ".join(dict.fromkeys(problems)) + "."
