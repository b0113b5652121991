"""What one list endpoint is: the shape of the rows in `entities`."""

from dataclasses import dataclass

ALL_STATUSES = "STATUS_ALL"
SMALLEST_PAGE = 5
"""Rows that a page of a list shrinks to when TikTok can't answer more in time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """One of the readings that together return every object: TikTok hides some unless they are asked for alone."""

    filtering: tuple[tuple[str, object], ...] = ()
    page_size: int | None = None
    """Smaller than the endpoint's where TikTok caps it."""
    partitions: tuple[tuple[tuple[str, str], ...], ...] = ((),)
    """What the sweep is called in the state, beside the advertiser; Airbyte keeps a cursor for each buying type."""
    only_resumed: bool = False
    """It adds something only to a reading narrowed by a cursor."""
    ignores_cursor: bool = False
    """It returns objects that the endpoint's time filter would hide."""
    only_ids: bool = False
    """Its objects tell little more than their ids and are left out of the stream, but reports hold rows of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parent:
    """Objects of another stream that the endpoint is asked about, a few at a time, each with its own advertiser."""

    stream: str
    field: str
    parameter: str
    """What the endpoint calls the list of their ids."""
    at_once: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Parameters of which every combination is asked that TikTok accepts and no earlier answer covered."""

    outer: str
    outer_values: tuple[str, ...]
    inner: str
    inner_values: tuple[str, ...]
    covered_at: tuple[str, str, str]
    """Where an answer lists the outer values it covers: two keys from the row down, and the key of the inner list."""
    refusal: str
    """Part of TikTok's message (in lower case) for a combination that does not exist; another is worth a warning."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """What one list endpoint is."""

    name: str
    path: str
    primary_key: tuple[str, ...] = ()
    records_at: str = "list"
    page_size: int | None = 1000
    """None: the endpoint has no pages."""
    params: tuple[tuple[str, object], ...] = ()
    """What is always asked."""
    last_days: int | None = None
    """Days up to today (UTC) that the endpoint is asked for in its `date_range`."""
    cursor_field: str | None = None
    modified_after: bool = False
    """Whether the endpoint takes the filter `modified_after` (exclusive)."""
    hides_deleted: bool = False
    """Whether it needs a filter to return deleted objects."""
    sweeps: tuple[Sweep, ...] = (Sweep(),)
    parent: Parent | None = None
    grid: Grid | None = None
    copied: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Fields that are copied to the top level, and the path they come from."""
    same_for_all: bool = False
    """Reference data: the first advertiser that can be asked answers for all."""
    optional: bool = False
    """A feature that many accounts lack: they are left out without harm."""
    in_sandbox: bool = True
