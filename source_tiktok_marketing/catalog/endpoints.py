"""What one list endpoint is: the type of the rows in `lists` and `pixels`."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

ALL_STATUSES, DELETED, NOT_DELETED = "STATUS_ALL", "STATUS_DELETE", "STATUS_NOT_DELETE"
ADVERTISERS_PATH = "oauth2/advertiser/get/"
ADVERTISER_INFO_PATH = "advertiser/info/"

OWNER = "advertiser_id"
TOLD_OF_SEVERAL = (OWNER, "currency", "timezone")
"""What TikTok adds to the metrics of each row when a report is about several accounts."""

Labels = tuple[tuple[str, str], ...]
"""Names and values that tell a partition of the state apart from others of its advertiser."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sweep:
    """One of the readings that together return every object: TikTok hides some unless they are asked for alone."""

    filtering: tuple[tuple[str, object], ...] = ()
    page_size: int | None = None
    """Smaller than the endpoint's where TikTok caps it."""
    partition_labels: tuple[Labels, ...] = ((),)
    """The partitions that the sweep covers in the state; Airbyte keeps a cursor for each buying type."""
    apart: "tuple[Sweep, ...]" = ()
    """A sweep for each partition, which together find the same objects, but tell more of them."""
    tells: tuple[tuple[str, str | None], ...] = ()
    """Fields that TikTok leaves out of its rows, though asking so tells them; None: it doesn't."""
    finds_unmodified: bool = False
    """Objects without a time of change, which a reading narrowed by the cursor hides; only then is it needed."""
    is_for_ids_only: bool = False
    """Objects that tell little more than their ids and are left out of the stream, but that reports hold rows of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListEndpoint:
    """One stream on a list endpoint."""

    name: str
    path: str
    primary_key: tuple[str, ...] = ()
    records_at: str = "list"
    page_size: int | None = 1000
    """None: the endpoint has no pages."""
    params: tuple[tuple[str, object], ...] = ()
    """Sent with every request."""
    cursor_field: str | None = None
    hides_deleted: bool = False
    """Whether it needs a filter to return deleted objects."""
    sweeps: tuple[Sweep, ...] = (Sweep(),)
    asked_for: tuple[str, ...] = ()
    """The fields of its rows that other streams need, which are all that is kept of them; empty: none do, or all."""
    same_for_all: bool = False
    """Reference data, which is the same for every advertiser."""
    optional: bool = False
    """A feature that many accounts lack: they are left out without harm."""
    in_sandbox: bool = False
    reader: str = "lists.list_stream:ListStream"

    cursor_format = "%Y-%m-%d %H:%M:%SZ"

    @property
    def is_read_once(self) -> bool:
        """Whether its stream reads the same rows as the streams that ask for its objects: all, in one sweep."""
        return bool(self.asked_for) and self.cursor_field is None and self.sweeps == (Sweep(),)

    @property
    def metric_names(self) -> tuple[str, ...]:
        """The metrics that it asks for: none, unless it is a report."""
        return ()

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its records: the schema file, with the advertiser that every object gets."""
        path = files("source_tiktok_marketing") / "schemas" / f"{self.name}.json"
        schema = cast("dict[str, Any]", json.loads(path.read_bytes()))
        if not self.same_for_all:
            schema["properties"].setdefault("advertiser_id", {"type": ["null", "string"]})
        return schema


@dataclass(frozen=True, kw_only=True, slots=True)
class ChildList(ListEndpoint):
    """A list that is asked about objects of another stream, a few at a time, and about the last days only."""

    parent: str
    """The name of the stream of those objects."""
    parent_field: str
    parent_parameter: str
    """The parameter that takes the list of their ids."""
    parents_per_request: int
    last_days: int
    """Days up to today (UTC) that are asked for in `date_range`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CombinationList(ListEndpoint):
    """A list that is asked for every combination of two parameters that TikTok accepts and no earlier answer covers."""

    outer: str
    outer_values: tuple[str, ...]
    inner: str
    inner_values: tuple[str, ...]
    covered_at: tuple[str, str, str]
    """Where an answer lists the outer values it covers: two keys from the row down, and the key of the inner list."""
    refusal: str
    """Part of TikTok's message (in lower case) for a combination that does not exist; another is worth a warning."""
