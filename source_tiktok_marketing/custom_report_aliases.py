"""Custom reports as other connectors configure them, in the present shape.

Fivetran names the table, a report type such as `auction_basic_ad_report`, all dimensions and an aggregate; Databricks a
`data_level`, all dimensions and `query_lifetime`; Estuary a `data_level`, a granularity such as `daily`, and breakdowns
as `dimensions`. TikTok's own names of filters are read, too.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from source_tiktok_marketing.option_types import is_unset

Json = dict[str, Any]

_RENAMED = {
    "table_name": "name",
    "data_level": "level",
    "aggregate": "granularity",
    "filtering": "filters",
    "sync_start_date": "start_date",
    "lookback_window_days": "lookback_days",
}
_RENAMED_IN_FILTERS = {"field_name": "field", "filter_type": "operator", "filter_value": "values"}
_WORDS = {"hourly": "hour", "daily": "day", "none": "total", "ad_group": "adgroup"}
_BREAKDOWNS = {"interest_category_v2": "interest_category"}
"""A dimension that TikTok adds by itself."""
_LEVEL_OF_ID = {
    "advertiser_id": "advertiser",
    "campaign_id": "campaign",
    "adgroup_id": "adgroup",
    "ad_id": "ad",
    "ad_id_v2": "ad_v2",
}
_GRANULARITY_OF_TIME = {"stat_time_hour": "hour", "stat_time_day": "day"}
_FIVETRANS_TYPE = re.compile(r"auction_(basic|audience)_(ad|adgroup|campaign|advertiser)_report")


def names(value: object) -> tuple[str, ...]:
    """Return the names in a list, or in text with commas between them, each once and in lower case."""
    if is_unset(value):
        return ()
    items = re.split(r"[,\s]+", value) if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise ValueError("must be a list of names")
    return tuple(dict.fromkeys(item.strip().lower() for item in items if item.strip()))


def present_report(raw: object) -> object:
    """Return the report with present keys and words. Raises `ValueError` for what contradicts itself."""
    if not isinstance(raw, Mapping):
        return raw
    options = _renamed(raw, _RENAMED)
    for key in ("level", "granularity", "report_type"):
        if isinstance(word := options.get(key), str):
            options[key] = _word(word)
        elif key in options:
            raise ValueError(f"{key} must be text")
    _take_type(options)
    _take_service_type(options)
    listed = names(options.get("dimensions"))
    dimensions = (*listed, *names(options.get("breakdowns")))
    _take_level(options, [name for name in dimensions if name in _LEVEL_OF_ID])
    _take_granularity(options, [name for name in dimensions if name in _GRANULARITY_OF_TIME], listed)
    breakdowns = [_BREAKDOWNS.get(name, name) for name in dimensions if name not in _LEVEL_OF_ID | _GRANULARITY_OF_TIME]
    options["breakdowns"] = list(dict.fromkeys(breakdowns))
    return {key: value for key, value in options.items() if key != "dimensions"}


def present_filter(raw: object) -> object:
    """Return the filter with present keys."""
    if not isinstance(raw, Mapping):
        return raw
    options = _renamed(raw, _RENAMED_IN_FILTERS)
    for key, change in (("field", str.lower), ("operator", str.upper)):
        if isinstance(word := options.get(key), str):
            options[key] = change(word.strip())
    return options


def filter_values(value: object) -> tuple[str, ...]:
    """Return the values of a filter: of a list, of one in JSON as TikTok wants it, or the single one."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            raise ValueError("must be a list of values") from None
    items = value if isinstance(value, list | tuple) else (value,)
    if not items or not all(isinstance(item, str | int | float) and not isinstance(item, bool) for item in items):
        raise ValueError("must be a list of values")
    return tuple(str(item) for item in items)


def _renamed(raw: Mapping[str, Any], new_names: Mapping[str, str]) -> Json:
    """Return the options that are set, by their present keys."""
    options: Json = {}
    for key, value in raw.items():
        if not is_unset(value):
            if (new := new_names.get(key, key)) in options and options[new] != value:
                raise ValueError(f"{key} is another name of {new} and says something else: leave one of them out")
            options[new] = value
    return options


def _word(text: str) -> str:
    """Return a word of an option as it is written now."""
    word = text.strip().lower()
    word = word.removeprefix("auction_") if word.removeprefix("auction_") in _LEVEL_OF_ID.values() else word
    return _WORDS.get(word, word)


def _take_type(options: Json) -> None:
    """Read a report type that tells the level, too."""
    told = options.get("report_type")
    if told is None:
        return
    if told.startswith("reservation"):
        raise ValueError(
            f"report_type {told} was withdrawn by TikTok: choose auction_basic_campaign_report or the like, "
            "which holds reservation ads, too"
        )
    if (match := _FIVETRANS_TYPE.fullmatch(told)) is not None:
        told, level = match.groups()
        if options.setdefault("level", level) not in (level, f"{level}_v2"):
            raise ValueError(
                f"report_type tells level {level}, and level {options['level']!r:.40}: leave one of them out"
            )
    options["report_type"] = told.upper()


def _take_service_type(options: Json) -> None:
    told = options.pop("service_type", "AUCTION")
    if str(told).upper() != "AUCTION":
        raise ValueError(f"service_type {told!r:.40} was withdrawn by TikTok: leave it out: AUCTION holds all ads")


def _take_level(options: Json, ids: Iterable[str]) -> None:
    """Read the level off the ids among the dimensions; every report tells the advertiser anyway."""
    levels = {_LEVEL_OF_ID[name] for name in ids}
    below = levels - {"advertiser"} or levels
    if not below:
        return
    level = options.get("level", min(below))
    if level == "ad" and "ad_v2" in below:
        level = "ad_v2"
    if below not in ({level}, {"advertiser"}):
        wrong = [name for name in ids if name != "advertiser_id" and _LEVEL_OF_ID[name] != level]
        raise ValueError(
            f"{', '.join(wrong)} can't be a dimension at level {level!r:.40}, which has one id: ask for ids of parents "
            "among the metrics, or choose another level"
        )
    options["level"] = level


def _take_granularity(options: Json, times: list[str], listed: Iterable[str]) -> None:
    """Read the granularity off the dimensions and off `query_lifetime`."""
    told = {_GRANULARITY_OF_TIME[name] for name in times}
    lifetime = options.pop("query_lifetime", None)
    is_lifetime = lifetime is True or str(lifetime).lower() == "true"
    if is_lifetime:
        told.add("lifetime")
    if "granularity" in options:
        told.add(options["granularity"])
    if len(told) > 1:
        raise ValueError(f"tells several granularities, {' and '.join(sorted(map(str, told)))}: leave one")
    if told:
        options["granularity"] = told.pop()
    elif lifetime is not None or any(name in _LEVEL_OF_ID for name in listed):
        options["granularity"] = "total"
