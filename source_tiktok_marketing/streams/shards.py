"""Dividing a report that is too large even for one day: by the campaigns, ad groups and ads that it is about."""

from collections.abc import Iterator
from dataclasses import dataclass

from source_tiktok_marketing.streams.parents import Parents

_LADDER = (
    ("campaigns", "campaign_id", "campaign_ids"),
    ("ad_groups", "adgroup_id", "adgroup_ids"),
    ("ads", "ad_id", "ad_ids"),
)
_AT_ONCE = 30
"""Ids in one filter; TikTok takes 100 and recommends no more than this for reports."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The part of a report that is about some objects."""

    rung: int
    ids: tuple[str, ...]

    @property
    def filter_name(self) -> str:
        """What TikTok calls the filter for these ids."""
        return _LADDER[self.rung][2]


def shards(parents: Parents, advertiser_id: str, id_dimension: str, shard: Shard | None) -> Iterator[Shard]:
    """The parts of `shard` (None: of the whole), none if it is about a single object already.

    `id_dimension` is what the report is about: a report of ad groups can't be divided by ads.
    """
    if shard is None:
        if id_dimension in [field for _, field, _ in _LADDER]:
            yield from _rung(parents, advertiser_id, 0, None)
        return
    if len(shard.ids) > 1:
        middle = len(shard.ids) // 2
        yield Shard(shard.rung, shard.ids[:middle])
        yield Shard(shard.rung, shard.ids[middle:])
    elif _LADDER[shard.rung][1] != id_dimension:
        yield from _rung(parents, advertiser_id, shard.rung + 1, (shard.filter_name, shard.ids))


def _rung(
    parents: Parents, advertiser_id: str, rung: int, within: tuple[str, tuple[str, ...]] | None
) -> Iterator[Shard]:
    stream, field, _ = _LADDER[rung]
    ids = parents.ids(stream, field, advertiser_id, within)
    for first in range(0, len(ids), _AT_ONCE):
        yield Shard(rung, ids[first : first + _AT_ONCE])
