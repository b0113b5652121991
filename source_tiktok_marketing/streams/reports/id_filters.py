"""Divides a report by the ids of its objects: by campaigns, one campaign by its ad groups, one ad group by its ads."""

from collections.abc import Iterator
from dataclasses import dataclass

from source_tiktok_marketing.streams.parents import Parents, Within


@dataclass(frozen=True, slots=True)
class _Step:
    """Objects of one level, which a report can be divided by."""

    stream: str
    """The stream that lists them."""
    fields: tuple[str, ...]
    """The fields with their id: the first that a row has counts."""
    filter_name: str
    """What the filter of reports for them is called."""


_CAMPAIGNS = _Step("campaigns", ("campaign_id",), "campaign_ids")
_AD_GROUPS = _Step("ad_groups", ("adgroup_id",), "adgroup_ids")
_ADS = _Step("ads", ("ad_id",), "ad_ids")
_ASSET_GROUPS = _Step("ads", ("smart_plus_ad_id", "ad_id"), "ad_ids_v2")
"""Of the creatives that are listed as ads; an ordinary ad is its own."""
_LADDERS = {
    "campaign_id": (_CAMPAIGNS,),
    "adgroup_id": (_CAMPAIGNS, _AD_GROUPS),
    "ad_id": (_CAMPAIGNS, _AD_GROUPS, _ADS),
    "ad_id_v2": (_CAMPAIGNS, _AD_GROUPS, _ASSET_GROUPS),
}
"""What a report about such objects can be divided by, from the top down."""
_IDS_PER_FILTER = 30
"""TikTok takes 100 and recommends no more than this for reports."""


@dataclass(frozen=True, slots=True)
class IdFilter:
    """Lets through the rows of some objects of one level."""

    step: _Step
    ids: tuple[str, ...]

    @property
    def name(self) -> str:
        """What TikTok calls the filter."""
        return self.step.filter_name


def id_filters(
    parents: Parents, advertiser_id: str, id_dimension: str, id_filter: IdFilter | None
) -> Iterator[IdFilter]:
    """Yield the parts of `id_filter` (None: of all objects), none if it is about a single object already.

    `id_dimension` is what the report is about: a report of ad groups can't be divided by ads.
    """
    ladder = _LADDERS.get(id_dimension, ())
    if id_filter is None:
        if ladder:
            yield from _on(parents, advertiser_id, ladder[0], None)
    elif len(id_filter.ids) > 1:
        middle = len(id_filter.ids) // 2
        yield IdFilter(id_filter.step, id_filter.ids[:middle])
        yield IdFilter(id_filter.step, id_filter.ids[middle:])
    elif below := ladder[ladder.index(id_filter.step) + 1 :]:
        yield from _on(parents, advertiser_id, below[0], (id_filter.name, id_filter.ids))


def _on(parents: Parents, advertiser_id: str, step: _Step, within: Within | None) -> Iterator[IdFilter]:
    rows = parents.rows(step.stream, advertiser_id, within)
    found = [next((row[name] for name in step.fields if row.get(name)), None) for row in rows]
    ids = tuple(dict.fromkeys(str(found_id) for found_id in found if found_id is not None))
    for first in range(0, len(ids), _IDS_PER_FILTER):
        yield IdFilter(step, ids[first : first + _IDS_PER_FILTER])
