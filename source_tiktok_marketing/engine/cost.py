"""What reading costs, counted before it is begun: slices, windows and requests, by stream and advertiser."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What an advertiser of a stream costs that delivers all the time; further pages and repetitions come to it."""

    advertiser_id: str = ""
    """Empty: it is about no single advertiser."""
    slices: int = 1
    windows: int = 0
    """Stretches of days; 0: it is not divided by time."""
    requests: int = 0
    most: int = 0
    """Requests if as many are needed as can be, where that is known and more."""
    shared: tuple[tuple[str, int], ...] = ()
    """Further requests that a run sends once for all streams which need the answers, by what they are about."""
    each: tuple[str, int] | None = None
    """What is only found while reading, and the requests for each of it."""

    @property
    def up_to(self) -> int:
        """The requests, or as many as there can be."""
        return max(self.requests, self.most)


class Countable(Protocol):
    """A stream, as far as its costs go."""

    name: str

    def costs(self) -> Iterator[Cost]:
        """Count what each advertiser costs."""


def counted(streams: Iterable[Countable]) -> Iterator[tuple[str, Cost]]:
    """Yield the costs of all streams with their names; what they share counts for the first that needs it."""
    sent: dict[tuple[str, str], int] = {}
    for stream in streams:
        for cost in stream.costs():
            more = 0
            for what, requests in cost.shared:
                known = sent.get((what, cost.advertiser_id), 0)
                sent[what, cost.advertiser_id] = max(known, requests)
                more += max(requests - known, 0)
            if cost.shared:
                cost = replace(cost, requests=cost.requests + more, shared=())  # noqa: PLW2901  the same cost, resolved
            yield stream.name, cost
