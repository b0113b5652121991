"""Asks about several objects at once, of which TikTok refuses all because of one."""

from collections.abc import Callable, Iterator, Sequence

from source_tiktok_marketing.api.failures import Failure
from source_tiktok_marketing.api.paging import Pages
from source_tiktok_marketing.streams.casting import Json


def pages_of_granted(
    ids: Sequence[str],
    ask: Callable[[Sequence[str]], Pages],
    refusal: type[Failure],
    refused: dict[str, Failure],
) -> Iterator[Sequence[Json]]:
    """Yield the pages about those of `ids` that TikTok grants.

    When it refuses several ids, each half is asked for alone; an id that is refused alone is put into `refused`.
    `refusal` is what TikTok raises before it answers anything.
    """
    try:
        yield from ask(ids)
    except refusal as failure:
        if len(ids) == 1:
            refused[ids[0]] = failure
            return
        middle = len(ids) // 2
        for half in (ids[:middle], ids[middle:]):
            yield from pages_of_granted(half, ask, refusal, refused)
