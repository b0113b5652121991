"""One account's tree, indexed for reports: ads with their parents, and which objects a filter selects."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from integration_tests.emulator.world.delivery import AdDelivery
from integration_tests.emulator.world.entities import Ad, AdGroup, Advertiser, Campaign, Entity
from integration_tests.emulator.world.world import World

LEVELS = ("advertiser", "campaign", "adgroup", "ad")
_RANK = {level: rank for rank, level in enumerate(LEVELS)}


@dataclass(frozen=True)
class Chain:
    """An object with its ancestors, from the account down."""

    members: tuple[Entity, ...]

    @property
    def level(self) -> str:
        """The level of the lowest member."""
        return self.members[-1].kind

    @property
    def entity(self) -> Entity:
        """The object itself."""
        return self.members[-1]

    def at(self, level: str) -> Entity | None:
        """Return the member of a level, None when the chain does not reach down to it."""
        rank = _RANK[level]
        return self.members[rank] if rank < len(self.members) else None


class Account:
    """The objects of one advertiser, newest first."""

    def __init__(self, world: World, advertiser: Advertiser) -> None:
        self.advertiser = advertiser
        own = advertiser.id
        campaigns = {item.id: item for item in world.campaigns if item.advertiser_id == own}
        ad_groups = {item.id: item for item in world.ad_groups if item.advertiser_id == own}
        ads = [item for item in world.ads if item.advertiser_id == own]
        self._chains: dict[str, list[Chain]] = {
            "advertiser": [Chain((advertiser,))],
            "campaign": [Chain((advertiser, item)) for item in campaigns.values()],
            "adgroup": [Chain(_above(advertiser, campaigns, item)) for item in ad_groups.values()],
            "ad": [
                Chain((*_above(advertiser, campaigns, ad_groups[str(item.row["adgroup_id"])]), item)) for item in ads
            ],
        }
        for level in LEVELS[1:]:
            self._chains[level].sort(key=lambda chain: int(chain.entity.id), reverse=True)
        self._deliveries = {chain.entity.id: _delivery(chain, advertiser.timezone) for chain in self._chains["ad"]}

    def chains(self, level: str, now: datetime) -> Iterable[Chain]:
        """Return the objects of a level that exist at `now`, newest first."""
        return [chain for chain in self._chains[level] if chain.entity.created <= now]

    def delivery(self, ad: Entity) -> AdDelivery:
        """Return the delivery of an ad."""
        return self._deliveries[ad.id]


def _above(advertiser: Advertiser, campaigns: dict[str, Campaign], ad_group: AdGroup) -> tuple[Entity, ...]:
    return advertiser, campaigns[str(ad_group.row["campaign_id"])], ad_group


def _delivery(chain: Chain, timezone: str) -> AdDelivery:
    ad, ad_group = chain.entity, chain.at("adgroup")
    if not isinstance(ad, Ad) or ad_group is None:
        raise TypeError(f"{ad.id} is no ad")
    return AdDelivery(ad, timezone, str(ad_group.row["optimization_goal"]))


class Accounts:
    """The accounts of a world, built on first use and again after the world was touched."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._revision = -1
        self._built: dict[str, Account] = {}

    def __getitem__(self, advertiser_id: str) -> Account:
        if self._revision != self._world.revision:
            self._built, self._revision = {}, self._world.revision
        if advertiser_id not in self._built:
            advertiser = next(item for item in self._world.advertisers if item.id == advertiser_id)
            self._built[advertiser_id] = Account(self._world, advertiser)
        return self._built[advertiser_id]
