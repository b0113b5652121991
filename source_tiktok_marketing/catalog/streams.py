"""Which streams a configuration can read, and how the catalogue describes them."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from source_tiktok_marketing.catalog.creatives import CREATIVE_REPORTS, SMART_PLUS_CREATIVE_REPORTS
from source_tiktok_marketing.catalog.gmv_max import GMV_MAX_REPORTS
from source_tiktok_marketing.catalog.lists import ADVERTISER_LISTS, LISTS
from source_tiktok_marketing.catalog.reports import REPORTS, UNSUFFIXED

Json = dict[str, Any]


class Row(Protocol):
    """What every row of the catalogue tells of its stream."""

    @property
    def name(self) -> str:
        """The stream's name."""

    @property
    def path(self) -> str:
        """The endpoint that it is read from."""

    @property
    def primary_key(self) -> tuple[str, ...]:
        """What makes a record unique; empty: nothing does."""

    @property
    def cursor_field(self) -> str | None:
        """What an incremental read goes by; None: the stream is read whole each time."""

    @property
    def cursor_format(self) -> str:
        """How the cursor is written into the state, for `strftime`."""

    @property
    def in_sandbox(self) -> bool:
        """Whether TikTok's sandbox serves it."""

    @property
    def optional(self) -> bool:
        """Whether accounts that lack the feature are left out without harm."""

    @property
    def reader(self) -> str:
        """The class that reads it, as `module:class` below the package `streams`."""

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The metrics that it asks for; empty: it asks for none."""

    def schema(self) -> Json:
        """The JSON schema of its records."""


STREAMS: tuple[Row, ...] = (
    *ADVERTISER_LISTS,
    *LISTS,
    *REPORTS,
    *GMV_MAX_REPORTS,
    *SMART_PLUS_CREATIVE_REPORTS,
    *CREATIVE_REPORTS,
)


def available_streams(
    *, is_sandbox: bool = False, granularity: str | None = None, custom_reports: Iterable[Row] = ()
) -> Mapping[str, Row]:
    """The streams that can be read, by name, in catalogue order.

    The sandbox serves fewer; a configuration with the single `granularity` of old versions (HOUR, DAY or LIFETIME) has
    the un-suffixed report names of that time, too. The custom reports come last.
    """
    old_names = tuple(report for report in UNSUFFIXED if report.grain.granularity == granularity)
    return {row.name: row for row in (*STREAMS, *old_names, *custom_reports) if row.in_sandbox or not is_sandbox}


def described(row: Row) -> Json:
    """The stream as `discover` shows it."""
    stream: Json = {
        "name": row.name,
        "json_schema": row.schema(),
        "supported_sync_modes": ["full_refresh", "incremental"] if row.cursor_field else ["full_refresh"],
        "source_defined_primary_key": [[key] for key in row.primary_key],
        "is_resumable": row.cursor_field is not None,
        "is_file_based": False,
    }
    if row.cursor_field:
        stream |= {"source_defined_cursor": True, "default_cursor_field": [row.cursor_field]}
    return stream
