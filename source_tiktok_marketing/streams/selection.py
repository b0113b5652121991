"""From a selected row of the catalogue to the stream that reads it."""

from source_tiktok_marketing.catalog.entities import DIRECTORY, Entity
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.catalog.stores import StoreReport
from source_tiktok_marketing.streams.advertisers import DirectoryStream
from source_tiktok_marketing.streams.base import Context, Stream
from source_tiktok_marketing.streams.cursor import Cursor
from source_tiktok_marketing.streams.entities import CURSOR_FORMAT, EntityStream
from source_tiktok_marketing.streams.offer import Offer
from source_tiktok_marketing.streams.reports import ReportStream
from source_tiktok_marketing.streams.state import SavedState, read_state
from source_tiktok_marketing.streams.store_reports import StoreReportStream


def saved_state(offer: Offer, raw: object, *, incremental: bool) -> SavedState | None:
    """What an earlier sync left of a stream, None if it is to be read without a cursor.

    Raises `ConfigFailure` if the state can't be used.
    """
    if not incremental or offer.cursor_field is None:
        return None
    return read_state(raw, offer.cursor_field, offer.name)


def reading(offer: Offer, context: Context, saved: SavedState | None) -> Stream:
    """The stream that reads `offer`, incrementally if there is a state, be it an empty one."""
    row, schema = offer.row, offer.schema()
    cursor = None
    if saved is not None and offer.cursor_field is not None:
        cursor_format = CURSOR_FORMAT if isinstance(row, Entity) else row.grain.cursor_format
        cursor = Cursor(offer.cursor_field, cursor_format, saved)
    if isinstance(row, Report):
        return ReportStream(offer.name, row, schema, context, cursor)
    if isinstance(row, StoreReport):
        return StoreReportStream(row, schema, context, cursor)
    if row in DIRECTORY:
        return DirectoryStream(row, schema, context)
    return EntityStream(row, schema, context, cursor)
