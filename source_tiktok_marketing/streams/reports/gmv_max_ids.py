"""The ids without which TikTok doesn't answer a GMV Max report: of the campaigns, then of their products."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from source_tiktok_marketing.api.failures import TooLarge
from source_tiktok_marketing.api.paging import ListRequest, Pages
from source_tiktok_marketing.catalog.gmv_max import GmvMaxLevel, GmvMaxReport
from source_tiktok_marketing.streams.casting import Json, is_figure
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.reports.question import Question

Statuses = tuple[str, ...]
Ids = tuple[str, ...]
"""The id of each dimension of a row."""

_MOST_IDS = 100
"""Of each kind, in one request."""
_SMALLEST_PAGE = 100
_CAMPAIGNS = "gmv_max_campaigns"
"""The stream that lists them."""


def gmv_max_params(
    level: GmvMaxLevel, dimensions: tuple[str, ...], metrics: tuple[str, ...], question: Question, statuses: Statuses
) -> Json:
    """Return the parameters that ask for `metrics` of a level's rows, those of campaigns of some `statuses`."""
    window, filtering = question.window, dict[str, tuple[str, ...]](question.needed_ids)
    if level.promotion_type is not None:
        filtering["gmv_max_promotion_types"] = (level.promotion_type,)
    if level.takes_statuses and statuses:
        filtering["campaign_statuses"] = statuses
    return {
        "advertiser_id": question.advertiser.advertiser_id,
        "store_ids": (dict(question.labels)["store_id"],),
        "dimensions": dimensions,
        "metrics": metrics,
        "filtering": filtering or None,
        "start_date": window and window.start.isoformat(),
        "end_date": window and window.end.isoformat(),
    }


def coarsest(level: GmvMaxLevel) -> GmvMaxLevel:
    """Return the level whose ids are asked for first."""
    return level if level.of_each is None else coarsest(level.of_each)


def parts_by_needed_ids(
    context: Context, level: GmvMaxLevel, question: Question, statuses: Statuses
) -> Iterator[Question]:
    """Yield the question for each group of ids that TikTok needs; the question itself if it needs none, or has them."""
    if level.of_each is None or question.needed_ids:
        yield question
        return
    names = [f"{dimension}s" for dimension in level.of_each.id_dimensions]
    most = 1 if level.is_asked_alone else _MOST_IDS
    for group in _grouped(_ids_with(context, level.of_each, level.signs, question, statuses), len(names), most):
        yield question.about_needed_ids(tuple(zip(names, group, strict=True)))


def smaller_parts(context: Context, level: GmvMaxLevel, question: Question, statuses: Statuses) -> Sequence[Question]:
    """Return the question in parts by ids; none if it is about single ones already, or about none."""
    if question.needed_ids:
        return question.halves_by_needed_ids()
    if level.takes_statuses:
        parts = [question.about_needed_ids((("campaign_ids", ids),)) for ids in _campaigns(context, level, question)]
    else:
        parts = [] if level.of_each is None else list(parts_by_needed_ids(context, level, question, statuses))
    return parts[0].halves_by_needed_ids() if len(parts) == 1 else parts


def _ids_with(
    context: Context, level: GmvMaxLevel, signs: tuple[str, ...], question: Question, statuses: Statuses
) -> Sequence[Ids]:
    """Return the ids of the level's rows of which one of `signs` isn't zero, read once a run."""
    key = (level.stem, signs, question.advertiser.advertiser_id, question.labels, question.window, statuses)
    return context.parents.remembered(key, partial(_read, context, level, signs, question, statuses))


def _read(
    context: Context, level: GmvMaxLevel, signs: tuple[str, ...], question: Question, statuses: Statuses
) -> list[Ids]:
    found: dict[Ids, None] = {}
    parts = list(parts_by_needed_ids(context, level, question, statuses))
    while parts:
        part = parts.pop()
        request = ListRequest(
            path=GmvMaxReport.path,
            params=gmv_max_params(level, level.id_dimensions, signs, part, statuses),
            smallest_page=_SMALLEST_PAGE,
            keys=partial(_keys, level),
        )
        try:
            for page in Pages(context.client, request):
                kept = [row for row in page if any(is_figure(row["metrics"].get(sign)) for sign in signs)]
                found.update(dict.fromkeys(_keys(level, kept)))
        except TooLarge:
            if not (smaller := smaller_parts(context, level, part, statuses)):
                raise
            parts += smaller
    return sorted(found)


def _keys(level: GmvMaxLevel, rows: Sequence[Json]) -> list[Ids]:
    return [tuple(str(row["dimensions"][name]) for name in level.id_dimensions) for row in rows]


def _campaigns(context: Context, level: GmvMaxLevel, question: Question) -> Iterator[Ids]:
    """Yield the ids of the store's campaigns of the level's promotion type, as many at a time as TikTok takes."""
    wanted = {"store_id": dict(question.labels)["store_id"], "shopping_ads_type": level.promotion_type}
    rows = context.parents.rows(_CAMPAIGNS, question.advertiser.advertiser_id)
    own = [row for row in rows if all(str(row.get(name, value)) == value for name, value in wanted.items())]
    ids = tuple(dict.fromkeys(str(row["campaign_id"]) for row in own))
    return (ids[first : first + _MOST_IDS] for first in range(0, len(ids), _MOST_IDS))


def _grouped(rows: Iterable[Ids], width: int, most: int) -> Iterator[tuple[Ids, ...]]:
    """Yield groups of `most` ids of each kind that together cover every row."""
    group: tuple[dict[str, None], ...] = tuple({} for _ in range(width))
    for row in rows:
        if any(len(ids) == most and id_ not in ids for ids, id_ in zip(group, row, strict=True)):
            yield tuple(map(tuple, group))
            group = tuple({} for _ in range(width))
        for ids, id_ in zip(group, row, strict=True):
            ids[id_] = None
    if all(group):
        yield tuple(map(tuple, group))
