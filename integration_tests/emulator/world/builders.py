"""Builders of believable complete entities; every keyword that is not a parameter becomes a column of the row."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from integration_tests.emulator.data.facts import DEFAULT_ROWS
from integration_tests.emulator.world.clock import as_utc
from integration_tests.emulator.world.entities import Ad, AdGroup, Advertiser, Campaign, stamp

_ADVERTISER_IDS = count(7_012_345_678_900_000_001)
_OBJECT_IDS = count(1_790_000_000_000_000_001)

DELETED = {
    "campaign": "CAMPAIGN_STATUS_DELETE",
    "adgroup": "ADGROUP_STATUS_DELETE",
    "ad": "AD_STATUS_DELETE",
}


def _row(kind: str, columns: dict[str, Any]) -> dict[str, Any]:
    return {**deepcopy(DEFAULT_ROWS[kind]), **columns}


def _posix_zone(timezone: str, moment: datetime) -> str:
    """Return the zone the way accounts carry it, with the sign of POSIX; zones off the full hour keep their name."""
    offset = moment.astimezone(ZoneInfo(timezone)).utcoffset() or timedelta()
    hours, rest = divmod(int(offset.total_seconds()), 3600)
    return timezone if rest else f"Etc/GMT{-hours:+d}"


def an_advertiser(
    *,
    id: str | None = None,  # noqa: A002
    name: str = "Acme Outdoor",
    timezone: str = "America/New_York",
    currency: str = "USD",
    created: datetime | str = "2024-01-15T14:30:00Z",
    granted: bool = True,
    denied: Iterable[str] = (),
    **columns: Any,
) -> Advertiser:
    """Return an ad account."""
    born = as_utc(created)
    own = {
        "advertiser_id": id or str(next(_ADVERTISER_IDS)),
        "name": name,
        "display_timezone": timezone,
        "timezone": _posix_zone(timezone, born),
        "currency": currency,
        "create_time": int(born.timestamp()),
    }
    return Advertiser(_row("advertiser", own | columns), born, granted=granted, denied=set(denied))


def a_campaign(
    advertiser: Advertiser,
    *,
    id: str | None = None,  # noqa: A002
    name: str = "Spring \N{CHERRY BLOSSOM}",
    created: datetime | str | None = None,
    modified: datetime | str | None = None,
    deleted: datetime | str | None = None,
    buying_type: str = "AUCTION",
    system_origin: str = "TT_ADS_PLATFORM",
    **columns: Any,
) -> Campaign:
    """Return a campaign of the account; from `deleted` on it is a deleted one."""
    born = as_utc(created) if created else advertiser.created
    own = {
        "advertiser_id": advertiser.id,
        "campaign_id": id or str(next(_OBJECT_IDS)),
        "campaign_name": name,
        "create_time": stamp(born),
        "modify_time": stamp(as_utc(modified) if modified else born),
    }
    campaign = Campaign(_row("campaign", own | columns), born, buying_type=buying_type, system_origin=system_origin)
    if deleted:
        campaign.change(deleted, operation_status="DISABLE", secondary_status=DELETED["campaign"])
    return campaign


def an_ad_group(
    campaign: Campaign,
    *,
    id: str | None = None,  # noqa: A002
    name: str = "Everyone 18+",
    created: datetime | str | None = None,
    modified: datetime | str | None = None,
    deleted: datetime | str | None = None,
    **columns: Any,
) -> AdGroup:
    """Return an ad group of the campaign; from `deleted` on it is a deleted one."""
    born = as_utc(created) if created else campaign.created
    own = {
        "advertiser_id": campaign.advertiser_id,
        "campaign_id": campaign.id,
        "campaign_name": campaign.row["campaign_name"],
        "campaign_automation_type": campaign.row["campaign_automation_type"],
        "adgroup_id": id or str(next(_OBJECT_IDS)),
        "adgroup_name": name,
        "create_time": stamp(born),
        "modify_time": stamp(as_utc(modified) if modified else born),
        "schedule_start_time": stamp(born),
        "schedule_end_time": stamp(born + timedelta(days=3650)),
    }
    ad_group = AdGroup(_row("adgroup", own | columns), born)
    if deleted:
        ad_group.change(deleted, operation_status="DISABLE", secondary_status=DELETED["adgroup"])
    return ad_group


def an_ad(
    ad_group: AdGroup,
    *,
    id: str | None = None,  # noqa: A002
    name: str = "Video \N{CLAPPER BOARD}",
    created: datetime | str | None = None,
    modified: datetime | str | None = None,
    deleted: datetime | str | None = None,
    stops: datetime | str | None = None,
    share: int = 80,
    volume: int = 2000,
    every_hour: bool = False,
    **columns: Any,
) -> Ad:
    """Return an ad of the ad group that delivers from its creation until it is stopped or deleted."""
    born = as_utc(created) if created else ad_group.created
    inherited = ("advertiser_id", "campaign_id", "campaign_name", "campaign_automation_type", "adgroup_id")
    own = {column: ad_group.row[column] for column in (*inherited, "adgroup_name")} | {
        "ad_id": id or str(next(_OBJECT_IDS)),
        "ad_name": name,
        "create_time": stamp(born),
        "modify_time": stamp(as_utc(modified) if modified else born),
    }
    end = as_utc(stops) if stops else (as_utc(deleted) if deleted else None)
    row = _row("ad", own | columns)
    ad = Ad(row, born, starts=born, stops=end, share=share, volume=volume, every_hour=every_hour)
    if deleted:
        ad.change(deleted, operation_status="DISABLE", secondary_status=DELETED["ad"])
    return ad


def a_smart_plus_ad(ad_group: AdGroup, *, asset_group_id: str | None = None, **columns: Any) -> Ad:
    """Return a creative of an Upgraded Smart+ ad: no modification time, no text, and the id of its asset group."""
    ad = an_ad(
        ad_group,
        **{"ad_text": "", "call_to_action": None, "campaign_automation_type": "UPGRADED_SMART_PLUS_CREATIVE"} | columns,
    )
    ad.row.update(modify_time=None, smart_plus_ad_id=asset_group_id or str(next(_OBJECT_IDS)))
    return ad
