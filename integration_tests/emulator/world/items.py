"""A builder of rows of the list endpoints, and what a seeded account has of them."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from integration_tests.emulator.data.facts import LISTS
from integration_tests.emulator.world.clock import as_utc
from integration_tests.emulator.world.draws import scramble
from integration_tests.emulator.world.entities import Advertiser, Item, like
from integration_tests.emulator.world.world import World

_ITEM_IDS = count(7_300_000_000_000_000_001, 13)
_CREATED = {"create_time", "create_datetime", "auth_start_time", "invite_start_time", "schedule_start_time"}
_MODIFIED = {"modify_time", "update_time"}
_TIMES = _CREATED | _MODIFIED
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

# Path: how many rows each seeded account has, in the order of the accounts.
SEEDED: dict[str, tuple[int, ...]] = {
    "file/image/ad/search/": (130, 4, 3, 2, 1),
    "file/video/ad/search/": (115, 4, 3, 2, 1),
    "file/music/get/": (3, 2, 1, 1, 1),
    "creative/portfolio/list/": (24, 3, 2, 1, 1),
    "dmp/custom_audience/list/": (112, 3, 2, 2, 1),
    "dmp/saved_audience/list/": (11, 2, 1, 1),
    "tt_video/list/": (60, 3, 2, 2, 1),
    "pixel/list/": (23, 2, 2, 1, 1),
    "identity/get/": (44, 4, 4, 2, 1),
    "app/list/": (3, 1, 1),
    "custom_conversion/list/": (13, 2, 1),
    "optimizer/rule/list/": (12, 2, 1, 1),
    "gmv_max/store/list/": (0, 2),
    "gmv_max/campaign/get/": (0, 12),
    "search/region/": (9, 3, 2),
}
SYSTEM_MUSIC = 45
GMV_DAYS = 60


def an_item(
    path: str,
    advertiser: Advertiser | None,
    *,
    id: str | None = None,  # noqa: A002
    created: datetime | str | None = None,
    modified: datetime | str | None = None,
    turn: int = 0,
    **columns: Any,
) -> Item:
    """Return a complete row of a list; a column with dots reaches into nested objects.

    Without an advertiser every account has the row. Rows of different `turn` differ in kind.
    """
    facts, number = LISTS[path], int(id or next(_ITEM_IDS))
    born = as_utc(created) if created else (advertiser.created if advertiser else datetime(2022, 1, 16, tzinfo=UTC))
    tokens = _tokens(number, advertiser.id if advertiser else "")
    row = _filled(facts.row, tokens)
    for column, values in facts.vary.items():
        _put(row, column, _filled(values[turn % len(values)], tokens))
    _set_times(row, born, as_utc(modified) if modified else born)
    for column, value in columns.items():
        _put(row, column, value)
    return Item(row, born, path=path, owner=advertiser.id if advertiser else None)


def fill_items(world: World, seed: int, noon: datetime) -> None:
    """Give the accounts of a seeded world their rows, spread over their lifetimes."""
    ids = count(7_400_000_000_000_000_000 + seed * 1_000_000_000, 13)
    for path, amounts in SEEDED.items():
        for advertiser, amount in zip(world.advertisers, amounts, strict=False):
            age = noon - advertiser.created
            if path.startswith("gmv_max/"):
                age = timedelta(days=GMV_DAYS)
            for turn in range(amount):
                born = noon - age * (1 - turn / max(amount, 2))
                modified = born + (noon - born) * (scramble(turn) % 100 / 100)
                world.add(an_item(path, advertiser, id=str(next(ids)), created=born, modified=modified, turn=turn))
    for turn in range(SYSTEM_MUSIC):
        world.add(an_item("file/music/get/", None, id=str(next(ids)), turn=turn))
    _retouch(world, noon)


def _retouch(world: World, noon: datetime) -> None:
    """Make own music the user's, and let one GMV Max campaign be deleted."""
    for item in world.items:
        if item.path == "file/music/get/" and item.owner:
            item.row["sources"] = ["USER"]
    campaigns = [item for item in world.items if item.path == "gmv_max/campaign/get/"]
    campaigns[0].change(noon - timedelta(days=9), operation_status="DISABLE", secondary_status="CAMPAIGN_STATUS_DELETE")


def _tokens(number: int, advertiser_id: str) -> dict[str, str]:
    draw = scramble(number)
    return {
        "<id>": str(number),
        "<next>": str(number + 1),
        "<after>": str(number + 2),
        "<short>": str(number % 1_000_000_000),
        "<n>": f"{number // 13 % 100_000:05d}",
        "<hex>": f"{draw:016x}{scramble(number + 1):016x}",
        "<code>": "".join(_LETTERS[(draw >> (5 * place)) % 32] for place in range(12)),
        "<advertiser>": advertiser_id,
    }


def _filled(value: Any, tokens: dict[str, str]) -> Any:
    """Return a copy with the tokens of a default row put in."""
    if isinstance(value, dict):
        return {name: _filled(item, tokens) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, tokens) for item in value]
    if isinstance(value, str) and "<" in value:
        for token, text in tokens.items():
            value = value.replace(token, text)
    return value


def _set_times(value: Any, born: datetime, modified: datetime) -> None:
    if isinstance(value, list):
        for item in value:
            _set_times(item, born, modified)
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, str) and name in _TIMES:
                value[name] = like(item, modified if name in _MODIFIED else born)
            elif isinstance(item, dict | list):
                _set_times(item, born, modified)


def _put(row: dict[str, Any], column: str, value: Any) -> None:
    *way, last = column.split(".")
    for name in way:
        row = row[name]
    row[last] = value
