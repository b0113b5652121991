"""The world the emulator serves: everything all accounts hold."""

from dataclasses import dataclass, field

from integration_tests.emulator.world.entities import Ad, AdGroup, Advertiser, Campaign, Entity, Item


@dataclass
class World:
    """Everything the emulator knows. After editing the lists or rows of a running world, call `touch`.

    A world with a `seed` and without advertisers is filled when an emulator starts to serve it.
    """

    advertisers: list[Advertiser] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    ad_groups: list[AdGroup] = field(default_factory=list)
    ads: list[Ad] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    seed: int | None = None
    revision: int = 0

    def touch(self) -> None:
        """Tell a running emulator that the world was edited."""
        self.revision += 1

    def add(self, *entities: Entity) -> None:
        """Put entities into their lists."""
        for entity in entities:
            match entity:
                case Advertiser():
                    self.advertisers.append(entity)
                case Campaign():
                    self.campaigns.append(entity)
                case AdGroup():
                    self.ad_groups.append(entity)
                case Ad():
                    self.ads.append(entity)
                case Item():
                    self.items.append(entity)
        self.touch()
