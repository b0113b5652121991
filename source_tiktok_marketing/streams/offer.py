"""Which streams a configuration offers, and how the catalogue describes them. Needs no network."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import orjson

from source_tiktok_marketing.catalog.entities import DIRECTORY, ENTITIES, Entity
from source_tiktok_marketing.catalog.reports import REPORTS, Report
from source_tiktok_marketing.catalog.schemas import report_schema, store_report_schema
from source_tiktok_marketing.catalog.stores import STORE_REPORTS, StoreReport
from source_tiktok_marketing.config import Config

Json = dict[str, Any]


Row = Entity | Report | StoreReport


@dataclass(frozen=True, slots=True)
class Offer:
    """A stream that can be selected, and the row it is read by."""

    name: str
    row: Row

    @property
    def primary_key(self) -> tuple[str, ...]:
        """What makes a record unique."""
        return self.row.primary_key

    @property
    def cursor_field(self) -> str | None:
        """What an incremental read goes by, None if the stream has none."""
        return self.row.cursor_field

    def schema(self) -> Json:
        """The JSON schema of its records."""
        if isinstance(self.row, Report):
            return report_schema(self.row)
        if isinstance(self.row, StoreReport):
            return store_report_schema(self.row)
        return entity_schema(self.row)

    def describe(self) -> Json:
        """The stream as `discover` shows it."""
        described: Json = {
            "name": self.name,
            "json_schema": self.schema(),
            "supported_sync_modes": ["full_refresh", "incremental"] if self.cursor_field else ["full_refresh"],
            "source_defined_primary_key": [[key] for key in self.primary_key],
            "is_resumable": self.cursor_field is not None,
            "is_file_based": False,
        }
        if self.cursor_field:
            described |= {"source_defined_cursor": True, "default_cursor_field": [self.cursor_field]}
        return described


def entity_schema(entity: Entity) -> Json:
    """The schema file of an entity, with the advertiser that every object gets."""
    path = files("source_tiktok_marketing") / "schemas" / f"{entity.name}.json"
    schema: Json = orjson.loads(path.read_bytes())
    if not entity.same_for_all:
        schema["properties"].setdefault("advertiser_id", {"type": ["null", "string"]})
    return schema


def offers(config: Config) -> Mapping[str, Offer]:
    """The streams that `config` can read, by name, in catalogue order.

    The sandbox serves fewer; a configuration with a single granularity has the un-suffixed names of old versions, too.
    """
    rows: tuple[Row, ...] = (*DIRECTORY, *ENTITIES, *REPORTS, *STORE_REPORTS)
    named = {row.name: Offer(row.name, row) for row in rows if row.in_sandbox or not config.is_sandbox}
    for report in REPORTS:
        if report.grain.granularity == config.granularity and report.name in named:
            named[report.unsuffixed_name] = Offer(report.unsuffixed_name, report)
    return named
