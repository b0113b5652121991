"""The objects of an account, from advertisers to rows of lists, and how they change over time."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from integration_tests.emulator.data.facts import LISTS, STATUSES
from integration_tests.emulator.world.clock import as_utc


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
    """An ad account. An account that is not granted exists, but the token has no permission for it.

    `denied` are paths, or beginnings of paths such as "gmv_max/", that the account does not grant.
    """

    kind: ClassVar[str] = "advertiser"
    granted: bool = True
    denied: set[str] = field(default_factory=set)

    def denies(self, path: str) -> bool:
        """Return whether the account does not grant a path."""
        return path.startswith(tuple(self.denied))

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
class Item(Entity):
    """A row of a list endpoint: an image, a pixel, a saved audience. Without an owner every account has it."""

    kind: ClassVar[str] = "item"
    path: str = ""
    owner: str | None = None

    @property
    def id(self) -> str:
        """What identifies the row within its list."""
        return str(at(self.row, LISTS[self.path].key[-1]))

    @property
    def advertiser_id(self) -> str:
        """The id of the owner, empty when there is none."""
        return self.owner or ""

    def change(self, at: datetime | str, **columns: Any) -> None:
        """Let the row take new values from `at` on; a modification time follows, in the form the row has it."""
        for name in ("modify_time", "update_time"):
            if isinstance(self.row.get(name), str):
                columns.setdefault(name, like(self.row[name], as_utc(at)))
        super().change(at, **columns)


def like(example: str, moment: datetime) -> str:
    """Return a moment in the form of the example: with a T and a Z, or plain."""
    written = stamp(moment)
    return f"{written[:10]}T{written[11:]}Z" if "T" in example else written


def at(row: Any, column: str) -> Any:
    """Return the value of a column; dots lead into nested objects, and None ends the way."""
    for name in column.split("."):
        if row is None:
            return None
        row = row.get(name)
    return row
