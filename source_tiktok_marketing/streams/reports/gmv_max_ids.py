"""The ids without which TikTok doesn't answer a GMV Max report: of the campaigns, then of their products."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from source_tiktok_marketing.api.paging import ListRequest, Pages
from source_tiktok_marketing.catalog.gmv_max import GmvMaxLevel, GmvMaxReport
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.reports.question import Question

Statuses = tuple[str, ...]
Ids = tuple[str, ...]
"""The id of each dimension of a row."""

_MOST_IDS = 100
"""Of each kind, in one request."""
_SMALLEST_PAGE = 100


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
    """Yield the question for each group of ids that TikTok needs; the question itself if it needs none."""
    if level.of_each is None:
        yield question
        return
    names = [f"{dimension}s" for dimension in level.of_each.id_dimensions]
    for group in _grouped(_ids_with(context, level.of_each, level.signs, question, statuses), len(names)):
        yield question.about_needed_ids(tuple(zip(names, group, strict=True)))


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
    for part in parts_by_needed_ids(context, level, question, statuses):
        request = ListRequest(
            path=GmvMaxReport.path,
            params=gmv_max_params(level, level.id_dimensions, signs, part, statuses),
            smallest_page=_SMALLEST_PAGE,
            keys=partial(_keys, level),
        )
        for page in Pages(context.client, request):
            kept = [row for row in page if any(_is_figure(row["metrics"].get(sign)) for sign in signs)]
            found.update(dict.fromkeys(_keys(level, kept)))
    return sorted(found)


def _keys(level: GmvMaxLevel, rows: Sequence[Json]) -> list[Ids]:
    return [tuple(str(row["dimensions"][name]) for name in level.id_dimensions) for row in rows]


def _is_figure(value: object) -> bool:
    """Whether a metric is anything but zero or none."""
    return value is not None and str(value).strip("-0.") != ""


def _grouped(rows: Iterable[Ids], width: int) -> Iterator[tuple[Ids, ...]]:
    """Yield groups of few enough ids of each kind that together cover every row."""
    group: tuple[dict[str, None], ...] = tuple({} for _ in range(width))
    for row in rows:
        if any(len(ids) == _MOST_IDS and id_ not in ids for ids, id_ in zip(group, row, strict=True)):
            yield tuple(map(tuple, group))
            group = tuple({} for _ in range(width))
        for ids, id_ in zip(group, row, strict=True):
            ids[id_] = None
    if all(group):
        yield tuple(map(tuple, group))
