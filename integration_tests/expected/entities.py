"""The account structure as it must come out."""

from collections.abc import Iterable
from typing import Any

from integration_tests.emulator import Emulator
from integration_tests.expected.casts import cast

Json = dict[str, Any]

ENTITIES = {"campaigns": "campaign", "ad_groups": "adgroup", "ads": "ad"}


def expected_entities(
    tiktok: Emulator, schema: Json, name: str, advertisers: Iterable[str], *, include_deleted: bool = True
) -> list[Json]:
    """The records of `campaigns`, `ad_groups` or `ads` of every buying type, at the emulator's moment.

    TikTok's rows don't tell their buying type.
    """
    types = {campaign.id: campaign.buying_type for campaign in tiktok.world.campaigns}
    return [
        cast({"buying_type": types[row["campaign_id"]], **row}, schema)
        for advertiser in advertisers
        for row in tiktok.entities(ENTITIES[name], advertiser, include_deleted=include_deleted)
    ]


def expected_advertisers(tiktok: Emulator, schema: Json) -> list[Json]:
    """The records of `advertisers`."""
    now = tiktok.clock.now()
    return [cast(advertiser.row_at(now), schema) for advertiser in tiktok.world.advertisers if advertiser.granted]


def expected_ids(tiktok: Emulator, schema: Json) -> list[Json]:
    """The records of `advertiser_ids`."""
    return [
        cast({"advertiser_id": advertiser.id, "advertiser_name": advertiser.row["name"]}, schema)
        for advertiser in tiktok.world.advertisers
        if advertiser.granted
    ]
