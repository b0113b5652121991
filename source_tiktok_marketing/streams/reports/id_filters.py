"""Divides a report by the ids of its objects: by campaigns, one campaign by its ad groups, one ad group by its ads."""

from collections.abc import Iterator
from dataclasses import dataclass

from source_tiktok_marketing.streams.parents import Parents, Within

_LADDER = (
    ("campaigns", "campaign_id", "campaign_ids"),
    ("ad_groups", "adgroup_id", "adgroup_ids"),
    ("ads", "ad_id", "ad_ids"),
)
"""The stream that lists the objects of each level, the field with their id, and the filter of reports for it."""
_IDS_PER_FILTER = 30
"""TikTok takes 100 and recommends no more than this for reports."""


@dataclass(frozen=True, slots=True)
class IdFilter:
    """Lets through the rows of some objects of one level of the ladder."""

    level: int
    ids: tuple[str, ...]

    @property
    def name(self) -> str:
        """What TikTok calls the filter."""
        return _LADDER[self.level][2]


def id_filters(
    parents: Parents, advertiser_id: str, id_dimension: str, id_filter: IdFilter | None
) -> Iterator[IdFilter]:
    """Yield the parts of `id_filter` (None: of all objects), none if it is about a single object already.

    `id_dimension` is what the report is about: a report of ad groups can't be divided by ads.
    """
    if id_filter is None:
        if id_dimension in [field for _, field, _ in _LADDER]:
            yield from _on_level(parents, advertiser_id, 0, None)
    elif len(id_filter.ids) > 1:
        middle = len(id_filter.ids) // 2
        yield IdFilter(id_filter.level, id_filter.ids[:middle])
        yield IdFilter(id_filter.level, id_filter.ids[middle:])
    elif _LADDER[id_filter.level][1] != id_dimension:
        yield from _on_level(parents, advertiser_id, id_filter.level + 1, (id_filter.name, id_filter.ids))


def _on_level(parents: Parents, advertiser_id: str, level: int, within: Within | None) -> Iterator[IdFilter]:
    stream, field, _ = _LADDER[level]
    ids = parents.ids(stream, field, advertiser_id, within)
    for first in range(0, len(ids), _IDS_PER_FILTER):
        yield IdFilter(level, ids[first : first + _IDS_PER_FILTER])
