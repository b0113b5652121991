"""What GMV Max campaigns are made of: products with videos, or live rooms, each delivering on its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integration_tests.emulator.api.backend import Backend, Row
from integration_tests.emulator.world.clock import as_utc
from integration_tests.emulator.world.delivery import AdDelivery
from integration_tests.emulator.world.draws import scramble
from integration_tests.emulator.world.entities import Ad, Advertiser

CAMPAIGNS = "gmv_max/campaign/get/"
# A product sold without a video is shown as a card.
CARD = "-1"
PRODUCTS = ("Trail shoe", "Rain jacket \N{UMBRELLA WITH RAIN DROPS}", "Wool sock", "Head lamp")
DURATIONS = ("0-15s", "15-30s", "30-60s", "60s+")
VOLUME = 1500


@dataclass(frozen=True)
class Leaf:
    """The smallest thing with numbers: a video or the card of a product in a campaign, or a live room of a campaign."""

    campaign: Row
    ids: dict[str, str]
    delivery: AdDelivery

    @property
    def promotion(self) -> str:
        """PRODUCT or LIVE."""
        return str(self.campaign["shopping_ads_type"])

    def attributes(self) -> dict[str, str]:
        """Return what the report tells about the things themselves."""
        row, account = self.campaign, (self.campaign["identity_list"] or [{}])[0]
        return {
            **{name: str(row[name]) for name in _CAMPAIGN},
            **self.ids,
            "target_roi_budget": f"{row['budget']:.2f}",
            "max_delivery_budget": f"{row['budget'] * 2:.2f}",
            "bid_type": "CUSTOM",
            "roas_bid": f"{row['roas_bid']:.2f}",
            "tt_account_name": str(account.get("display_name", "-")),
            "tt_account_profile_image_url": str(account.get("profile_image", "-")),
            "tt_account_authorization_type": str(account.get("identity_type", "-")),
            "identity_id": str(account.get("identity_id", "-")),
            **self._thing(),
        }

    def _thing(self) -> dict[str, str]:
        if self.promotion == "LIVE":
            opened = str(self.campaign["create_time"])
            told = {"live_name": f"Live {self.ids['room_id'][-3:]}", "live_status": "END", "live_duration": "3600"}
            return told | {"live_launched_time": opened}
        draw = scramble(int(self.ids["item_group_id"]))
        posts = {item["item_id"]: item["text"] for item in self.campaign["items"]}
        return {
            "product_name": PRODUCTS[draw % len(PRODUCTS)],
            "product_image_url": f"https://p16.example.com/{draw:016x}.jpeg",
            "product_status": "AVAILABLE",
            "title": posts.get(self.ids["item_id"], "-"),
            "shop_content_type": "PRODUCT_CARD" if self.ids["item_id"] == CARD else "VIDEO",
            "creative_delivery_status": "DELIVERING",
        }


_CAMPAIGN = (
    "campaign_id",
    "campaign_name",
    "operation_status",
    "schedule_type",
    "schedule_start_time",
    "schedule_end_time",
)


def leaves(backend: Backend, advertiser: Advertiser) -> Iterator[Leaf]:
    """Yield the leaves of the account's GMV Max campaigns, those of the newest campaign first."""
    now = backend.clock.now()
    held = [
        item
        for item in backend.world.items
        if item.path == CAMPAIGNS and item.owner == advertiser.id and item.created <= now
    ]
    for item in sorted(held, key=lambda item: item.created, reverse=True):
        row = item.row_at(now)
        for ids in _parts(row):
            key = scramble(sum(scramble(int(value)) for value in ids.values()))
            ad = Ad({"ad_id": str(key)}, item.created, starts=item.created, stops=_end(row), volume=VOLUME)
            yield Leaf(row, ids, AdDelivery(ad, advertiser.timezone, "CONVERT"))


def _parts(row: dict[str, Any]) -> Iterator[dict[str, str]]:
    campaign = str(row["campaign_id"])
    if row["shopping_ads_type"] == "LIVE":
        yield from ({"campaign_id": campaign, "room_id": room} for room in rooms_of(row))
        return
    for product in row["item_group_ids"]:
        videos = [str(item["item_id"]) for item in row["items"] if product in item["spu_id_list"]]
        for video in (*videos, CARD):
            yield {"campaign_id": campaign, "item_group_id": str(product), "item_id": video}


def rooms_of(row: dict[str, Any]) -> list[str]:
    """Return the ids of a live campaign's rooms, which no list names."""
    return [str(int(row["campaign_id"]) + place) for place in (1, 2)]


def _end(row: dict[str, Any]) -> datetime | None:
    """Return when the campaign stopped: a deleted or disabled one at its last change."""
    return None if row["operation_status"] == "ENABLE" else as_utc(row["modify_time"])
