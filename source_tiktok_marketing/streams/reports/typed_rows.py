"""The quick way through a report page: bytes to typed rows in one pass, the casts included.

A decoder made for the report's own dimensions and metrics costs a third of decoding into dictionaries and casting value
by value. It is strict: a page that holds anything unforeseen is left to the tolerant way (`rows`), which keeps
everything. `unit_tests/streams/reports/test_typed_rows.py` holds both ways equal.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, defstruct

from source_tiktok_marketing.api.reply import DecodedPage
from source_tiktok_marketing.streams.casting import Json, kind_of

_LARGEST = sys.float_info.max
_TYPES: Mapping[str, Any] = {
    "string": str,
    "integer": Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
    "number": Annotated[float, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)],
}


class _PageInfo(Struct):
    total_page: int
    total_number: int | None = None


class TypedRows:
    """Typed rows of one report, and the records they make."""

    def __init__(
        self, dimensions: tuple[str, ...], constants: tuple[str, ...], metrics: tuple[str, ...], schema: Json
    ) -> None:
        """Fix the types: `constants` are the names of what the report's questions are about, such as advertiser_id."""
        properties = schema["properties"]
        # A row without one of its dimensions can't be told apart quickly.
        grouped = [(name, _TYPES[_kind(properties["dimensions"]["properties"][name])]) for name in dimensions]
        measured = [(name, _nullable(properties["metrics"]["properties"][name])) for name in metrics]
        dimensions_type = _struct("Dimensions", grouped)
        metrics_type = _struct("Metrics", [(name, kind | UnsetType) for name, kind in measured], default=UNSET)
        self.row_type = _struct("Row", [("dimensions", dimensions_type), ("metrics", metrics_type)])
        data_type = defstruct("Data", [("list", list[self.row_type]), ("page_info", _PageInfo)])  # type: ignore[name-defined]
        envelope_type = defstruct("Envelope", [("code", int), ("data", data_type)])
        self._places = {name: f"f{place}" for place, name in enumerate(metrics)}
        self._decoder = msgspec.json.Decoder(envelope_type, strict=False)
        constants = tuple(name for name in constants if name not in dimensions)
        top = [(name, _nullable(properties[name])) for name in (*dimensions, *constants)]
        self._record_type = _struct("Record", [*top, ("metrics", metrics_type), ("dimensions", dimensions_type)])
        self._constants = [(name, kind_of(properties[name]) == "integer") for name in constants]
        self._values = _getter([f"f{place}" for place in range(len(grouped))])

    def decode(self, body: bytes) -> DecodedPage | None:
        """Return the page in `body`, None if it holds anything but what the report foresees."""
        # `"-"` stands for no value. Within a text its quotes would be escaped, so it can only be a whole value. Split
        # and join find it in one pass, replace in two.
        try:
            envelope: Any = self._decoder.decode(b"null".join(body.split(b'"-"')))
        except (msgspec.ValidationError, msgspec.DecodeError):
            return None
        if envelope.code != 0:
            return None
        info = envelope.data.page_info
        return DecodedPage(envelope.data.list, info.total_page, info.total_number)

    def keys(self, rows: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the key of each row: the values of its dimensions."""
        return list(map(self._values, [row.f0 for row in rows]))

    def metric(self, rows: Sequence[Any], name: str) -> list[Any]:
        """Return a metric of each row, None where it has none."""
        place = self._places[name]
        values = [getattr(row.f1, place) for row in rows]
        return [None if value is UNSET else value for value in values]

    def drop_metrics(self, rows: Sequence[Any], names: Sequence[str]) -> None:
        """Take metrics out of the rows."""
        for place in map(self._places.__getitem__, names):
            for row in rows:
                setattr(row.f1, place, UNSET)

    def recorder(self, about: Mapping[str, str]) -> Callable[[Any], Any]:
        """Return a function that makes a record of a row of the question that was `about` these ids."""
        constants = [
            int(about[name]) if is_integer and about[name].isdecimal() else about[name]
            for name, is_integer in self._constants
        ]
        record_type, values = self._record_type, self._values

        def record(row: Any) -> Any:
            return record_type(*values(row.f0), *constants, row.f1, row.f0)

        return record


def _getter(fields: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that reads all the fields of an object, in their order."""
    getter = attrgetter(*fields)
    return getter if len(fields) > 1 else lambda held: (getter(held),)


def _kind(schema: Json) -> str:
    return kind_of(schema) or "string"


def _nullable(schema: Json) -> Any:
    return _TYPES[_kind(schema)] | None


def _struct(name: str, fields: list[tuple[str, Any]], *, default: Any = msgspec.NODEFAULT) -> Any:
    """Return a type with the fields in order, called f0, f1, … in Python, since TikTok has names like 10_second."""
    return defstruct(
        name,
        [
            (f"f{place}", kind) if default is msgspec.NODEFAULT else (f"f{place}", kind, default)
            for place, (_, kind) in enumerate(fields)
        ],
        rename={f"f{place}": field for place, (field, _) in enumerate(fields)},
        forbid_unknown_fields=True,
        gc=False,
    )
