"""The request of one sweep over a list endpoint, for its own stream and for those that need its objects as parents."""

from collections.abc import Mapping
from typing import Any

from source_tiktok_marketing.api.paging import Keys, ListRequest
from source_tiktok_marketing.api.seen_rows import SeenRows
from source_tiktok_marketing.catalog.endpoints import ALL_STATUSES, ListEndpoint, Sweep

_SMALLEST_PAGE = 5
"""Rows that a page of a list shrinks to when TikTok can't answer more in time."""


def is_complete(key: tuple[Any, ...]) -> bool:
    """Whether TikTok tells every part of a row's key."""
    return all(isinstance(value, str | int) for value in key)


def sweep_request(
    endpoint: ListEndpoint,
    sweep: Sweep,
    params: Mapping[str, Any],
    filtering: Mapping[str, Any],
    *,
    include_deleted: bool,
    keys: Keys,
    seen: SeenRows | None = None,
) -> ListRequest:
    """Return the request of `sweep` with these `params`, and `filtering` beside the sweep's own."""
    filters: dict[str, Any] = {**dict(sweep.filtering), **filtering}
    if endpoint.hides_deleted and include_deleted:
        filters["primary_status"] = ALL_STATUSES
    return ListRequest(
        path=endpoint.path,
        params={**params, "filtering": filters or None},
        records_at=endpoint.records_at,
        page_size=sweep.page_size or endpoint.page_size,
        smallest_page=_SMALLEST_PAGE,
        may_repeat=True,
        keys=keys,
        seen=seen or SeenRows(),
    )
