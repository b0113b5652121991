"""The account the emulator serves: advertisers, campaigns, ad groups and ads, and how they change over time."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from integration_tests.emulator.clock import as_utc
from integration_tests.emulator.facts import STATUSES


def stamp(moment: datetime) -> str:
    """Return a moment the way entity rows carry it: UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


@dataclass
class Entity:
    """An object of the account: its row as the API returns it, its birth, and the edits it goes through."""

    kind: ClassVar[str]
    row: dict[str, Any]
    created: datetime
    edits: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The object's own id."""
        return str(self.row[f"{self.kind}_id"])

    @property
    def advertiser_id(self) -> str:
        """The id of the account the object belongs to."""
        return str(self.row["advertiser_id"])

    def change(self, at: datetime | str, **columns: Any) -> None:
        """Let the row take new values from `at` on; `modify_time` follows unless it is given or null."""
        moment = as_utc(at)
        if self.row.get("modify_time") is not None:
            columns.setdefault("modify_time", stamp(moment))
        self.edits.append((moment, columns))
        self.edits.sort(key=lambda edit: edit[0])

    def row_at(self, now: datetime) -> dict[str, Any]:
        """Return the row as it stands at `now`."""
        if not self.edits:
            return self.row
        row = self.row
        for moment, columns in self.edits:
            if moment <= now:
                row = {**row, **columns}
        return row

    def status_at(self, now: datetime) -> str:
        """Return the primary status that the secondary status of the row belongs to."""
        return STATUSES[self.kind].get(self.row_at(now)["secondary_status"], "STATUS_NOT_DELIVERY")


@dataclass
class Advertiser(Entity):
    """An ad account. An account that is not granted exists, but the token has no permission for it."""

    kind: ClassVar[str] = "advertiser"
    granted: bool = True

    @property
    def timezone(self) -> str:
        """The IANA zone reports are cut in."""
        return str(self.row["display_timezone"])


@dataclass
class Campaign(Entity):
    """A campaign. `buying_type` and `system_origin` are filters, not columns."""

    kind: ClassVar[str] = "campaign"
    buying_type: str = "AUCTION"
    system_origin: str = "TT_ADS_PLATFORM"


@dataclass
class AdGroup(Entity):
    """An ad group."""

    kind: ClassVar[str] = "adgroup"


@dataclass
class Ad(Entity):
    """An ad and its delivery: from `starts` until `stops`, on `share` percent of the days, around `volume` impressions.

    `every_hour` makes each hour of a delivering day carry impressions.
    """

    kind: ClassVar[str] = "ad"
    starts: datetime | None = None
    stops: datetime | None = None
    share: int = 80
    volume: int = 2000
    every_hour: bool = False


@dataclass
class World:
    """Everything the emulator knows. After editing the lists or rows of a running world, call `touch`."""

    advertisers: list[Advertiser] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)
    ad_groups: list[AdGroup] = field(default_factory=list)
    ads: list[Ad] = field(default_factory=list)
    seed: int | None = None
    revision: int = 0

    @classmethod
    def seeded(cls, seed: int = 1, today: date | None = None) -> "World":
        """Return a believable world around `today`; without it, it is filled when an emulator starts to serve it."""
        world = cls(seed=seed)
        if today is not None:
            world.settle(today)
        return world

    @classmethod
    def uniform(cls, advertisers: int = 20, ads: int = 100, created: str = "2024-01-01T00:00:00Z") -> "World":
        """Return `advertisers` accounts with `ads` ads each that deliver in every hour since `created`."""
        from integration_tests.emulator.seeding import fill_uniform  # noqa: PLC0415 - seeding builds on this module

        world = cls()
        fill_uniform(world, advertisers, ads, created)
        return world

    def settle(self, today: date) -> None:
        """Fill a seeded world that is still empty, relative to `today`."""
        from integration_tests.emulator.seeding import fill_seeded  # noqa: PLC0415 - seeding builds on this module

        if self.seed is not None and not self.advertisers:
            fill_seeded(self, self.seed, today)
            self.touch()

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
        self.touch()
