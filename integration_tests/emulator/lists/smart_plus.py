"""Upgraded Smart+ objects, seen through their own endpoints: the same campaigns and ad groups, and ads as asset groups.

An asset group is what the ads with one `smart_plus_ad_id` are the creatives of.
"""

from copy import deepcopy
from datetime import datetime
from typing import Any

from integration_tests.emulator.api.backend import Backend, Row
from integration_tests.emulator.data.facts import LISTS, STATUSES
from integration_tests.emulator.lists.listing import Source
from integration_tests.emulator.world.account import Chain
from integration_tests.emulator.world.entities import Advertiser, stamp

AUTOMATION = "UPGRADED_SMART_PLUS"
# Columns that requests filter by but rows of the lower levels do not show.
_HIDDEN = ("objective_type", "optimization_goal")


def chains(backend: Backend, advertiser: Advertiser, level: str) -> list[Chain]:
    """Return the Smart+ objects of a level, newest first."""
    now = backend.clock.now()
    return [
        chain
        for chain in backend.accounts[advertiser.id].chains(level, now)
        if _column(chain, "campaign", "campaign_automation_type", now) == AUTOMATION
    ]


def _column(chain: Chain, level: str, column: str, now: datetime) -> Any:
    member = chain.at(level)
    return None if member is None else member.row_at(now).get(column)


def _merged(path: str, chain: Chain, now: datetime) -> Row:
    template, row = LISTS[path].row, chain.entity.row_at(now)
    hidden = {"sales_destination": LISTS["smart_plus/campaign/get/"].row["sales_destination"]}
    for level, column in zip(("campaign", "adgroup"), _HIDDEN, strict=True):
        hidden[column] = _column(chain, level, column, now)
    known = {name: row[name] for name in template if row.get(name) is not None}
    return {**hidden, **deepcopy(template), **known}


def _listed(level: str) -> Source:
    def rows(backend: Backend, advertiser: Advertiser, _: dict[str, Any]) -> list[Row]:
        now = backend.clock.now()
        return [_merged(f"smart_plus/{level}/get/", chain, now) for chain in chains(backend, advertiser, level)]

    return rows


def asset_groups(backend: Backend, advertiser: Advertiser, _: dict[str, Any]) -> list[Row]:
    """Return the asset groups of an account, newest first."""
    now = backend.clock.now()
    groups: dict[str, list[Chain]] = {}
    for chain in chains(backend, advertiser, "ad"):
        group = chain.entity.row_at(now).get("smart_plus_ad_id")
        if group:
            groups.setdefault(group, []).append(chain)
    rows = [_asset_group(group, members, now) for group, members in groups.items()]
    return sorted(rows, key=lambda row: (row["create_time"], row["smart_plus_ad_id"]), reverse=True)


def _asset_group(group: str, members: list[Chain], now: datetime) -> Row:
    """Return the row of a group; it counts as deleted when all of its creatives are."""
    oldest = members[-1]
    shown = next((chain for chain in members if not _deleted(chain, now)), members[0])
    row = _merged("smart_plus/ad/get/", shown, now)
    edits = [moment for chain in members for moment, _ in chain.entity.edits if moment <= now]
    creative = row["creative_list"][0]
    row.update(
        smart_plus_ad_id=group,
        ad_name=oldest.entity.row_at(now)["ad_name"],
        create_time=stamp(oldest.entity.created),
        modify_time=stamp(max([chain.entity.created for chain in members] + edits)),
        creative_list=[_creative(creative, chain, now) for chain in members],
    )
    return row


def _creative(template: Row, chain: Chain, now: datetime) -> Row:
    row = chain.entity.row_at(now)
    info = {**template["creative_info"], "material_name": row["ad_name"]}
    status = "DELETE" if _deleted(chain, now) else row["operation_status"]
    return {
        **template,
        "ad_material_id": row["ad_id"],
        "material_operation_status": status,
        "creative_info": info,
    }


def _deleted(chain: Chain, now: datetime) -> bool:
    return STATUSES["ad"].get(chain.entity.row_at(now)["secondary_status"]) == "STATUS_DELETE"


SOURCES: dict[str, Source] = {
    "smart_plus/campaign/get/": _listed("campaign"),
    "smart_plus/adgroup/get/": _listed("adgroup"),
    "smart_plus/ad/get/": asset_groups,
}
