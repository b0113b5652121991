"""From a selected row of the catalogue to the stream that reads it."""

from pkgutil import resolve_name

from source_tiktok_marketing.catalog.streams import Row
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.state import SavedState, read_attempt, read_state
from source_tiktok_marketing.engine.stream import Stream
from source_tiktok_marketing.streams.context import Context


def saved_state(row: Row, raw: object, *, incremental: bool) -> SavedState | None:
    """Return what an earlier sync, or an earlier attempt at a full refresh, left of a stream; None if it has no cursor.

    Raises `ConfigFailure` if the state can't be used.
    """
    if row.cursor_field is None:
        return None
    return (read_state if incremental else read_attempt)(raw, row.cursor_field, row.name)


def stream_for(row: Row, context: Context, saved: SavedState | None) -> Stream:
    """Return the stream that reads `row`, from where the saved state tells."""
    cursor = None
    if saved is not None and row.cursor_field is not None:
        cursor = Cursor(row.cursor_field, row.cursor_format, saved)
    stream: Stream = resolve_name(f"{__package__}.{row.reader}")(row, context, cursor)
    return stream
