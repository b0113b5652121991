"""What configuration options are built from: what each type accepts, and how the form shows it."""

import re
from datetime import date
from typing import Annotated, Literal

import pendulum
from pydantic import (
    BeforeValidator,
    Field,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic.json_schema import SkipJsonSchema

MAX_DAYS_PER_REQUEST = 30

Granularity = Literal["HOUR", "DAY", "LIFETIME"]

_DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9:]+)?)?$"


def is_unset(value: object) -> bool:
    """Whether an option is left empty, as forms write it."""
    return value is None or (isinstance(value, str) and not value.strip())


def _credential(value: object) -> object:
    """Return text that can stand in a request header; old versions wrote ids as numbers."""
    if isinstance(value, bool):
        raise ValueError("must be text or a number")  # noqa: TRY004  pydantic turns only this one into a problem
    if is_unset(value):
        return None
    value = str(value).strip() if isinstance(value, int | str) else value
    if isinstance(value, str) and not (value.isascii() and value.isprintable()):
        raise ValueError("holds characters that no token has, such as a line break; paste it again")
    return value


def _advertiser_ids(value: object) -> tuple[str, ...]:
    """Return the ids of a list, of text with commas between them, or the single one."""
    if is_unset(value):
        return ()
    items = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        items = (items,)
    ids = tuple(dict.fromkeys(str(item).strip() for item in items if str(item).strip()))
    if wrong := [item for item in ids if not re.fullmatch(r"[0-9]+", item)]:
        raise ValueError(f"{wrong[0]!r} is not an ad account id; write digits only, several separated by commas")
    return ids


def _day(value: object) -> date:
    """Return the day of a date, or of a date-time at whatever offset."""
    if isinstance(value, str) and re.fullmatch(_DATE_PATTERN, text := value.strip().replace(" ", "T", 1)):
        try:
            parsed = pendulum.parse(text, exact=True)
        except ValueError:
            parsed = None
        if isinstance(parsed, date):
            return pendulum.date(parsed.year, parsed.month, parsed.day)
    raise ValueError("is not a date; write YYYY-MM-DD, such as 2024-01-31")


def _days_or_granularity(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    """Return the days per request, or the single granularity that old versions kept under the same key."""
    try:
        if isinstance(value, bool):
            raise ValueError  # noqa: TRY004, TRY301  refused below like any other value
        return validate(value.upper() if isinstance(value, str) else value)
    except ValueError:
        raise ValueError(
            f"must be a number of days from 1 to {MAX_DAYS_PER_REQUEST} (or, as in old versions, DAY, HOUR or LIFETIME)"
        ) from None


def _skip_idle_days(value: object) -> object:
    """Return the choice; true is the boldest of them."""
    return {True: "if_likely", False: "never"}[value] if isinstance(value, bool) else value


Credential = Annotated[
    str | None, BeforeValidator(_credential), WithJsonSchema({"type": "string", "airbyte_secret": True})
]
AdvertiserId = Annotated[tuple[str, ...], BeforeValidator(_advertiser_ids), WithJsonSchema({"type": "string"})]
AdvertiserIds = Annotated[tuple[str, ...], BeforeValidator(_advertiser_ids)]
Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": _DATE_PATTERN})
]
DaysOrGranularity = Annotated[
    Annotated[int, Field(ge=1, le=MAX_DAYS_PER_REQUEST)] | SkipJsonSchema[Granularity],
    WrapValidator(_days_or_granularity),
]
SkipIdleDays = Annotated[Literal["if_confirmed", "if_likely", "never"], BeforeValidator(_skip_idle_days)]
