"""The streams that both connectors offer."""

from dataclasses import dataclass
from typing import Any, Self

from benchmarks.connectors.connector import Pair
from benchmarks.service.service import Service

Json = dict[str, Any]


@dataclass
class Shared:
    """The streams that both offer, as each describes them."""

    ours: list[Json]
    theirs: list[Json]

    @classmethod
    def of(cls, pair: Pair, service: Service) -> Self:
        """Ask both."""
        return cls(pair.ours.streams(service, pair.folder), pair.theirs.streams(service, pair.folder))

    @property
    def names(self) -> list[str]:
        """The names of all of them."""
        offered = {stream["name"] for stream in self.theirs}
        return [stream["name"] for stream in self.ours if stream["name"] in offered]

    def ending(self, *ends: str) -> list[str]:
        """Return the names with one of these ends."""
        return [name for name in self.names if name.endswith(ends)]

    @property
    def unwindowed(self) -> list[str]:
        """The names of those that are not read in windows of days."""
        return [name for name in self.names if name not in self.ending("_daily", "_hourly")]
