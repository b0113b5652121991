"""What lists insist on beyond the types of their parameters."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integration_tests.emulator.api.errors import refuse
from integration_tests.emulator.api.params import require

MUSIC_REACH = 100_000


def _check_music(typed: dict[str, Any]) -> None:
    if typed.get("page", 1) * typed.get("page_size", 1000) > MUSIC_REACH:
        raise refuse(f"page * page_size must not exceed {MUSIC_REACH}.")
    if typed.get("music_scene", "CREATIVE_ASSET") != "CREATIVE_ASSET":
        require(typed, ("search_type",))
    wanted = {"SEARCH_BY_KEYWORD": "keyword", "SEARCH_BY_MUSIC_ID": "music_ids", "SEARCH_BY_SOURCE": "sources"}
    needed = wanted.get(typed.get("search_type", ""))
    if needed:
        require(typed.get("filtering", {}), (needed,))


def _check_identity(typed: dict[str, Any]) -> None:
    if typed.get("identity_type") == "BC_AUTH_TT":
        require(typed, ("identity_authorized_bc_id",))
    if "filtering" in typed and typed.get("identity_type") != "CUSTOMIZED_USER":
        raise refuse("filtering: only for identity_type CUSTOMIZED_USER.")


def _check_region(typed: dict[str, Any]) -> None:
    if typed.get("brand_safety_type") == "THIRD_PARTY":
        require(typed, ("brand_safety_partner",))


def _check_zone(typed: dict[str, Any]) -> None:
    try:
        ZoneInfo(typed.get("tzone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise refuse(f"tzone: unknown time zone {typed['tzone']!r}.") from error


CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "file/music/get/": _check_music,
    "identity/get/": _check_identity,
    "tool/region/": _check_region,
    "optimizer/rule/list/": _check_zone,
}
