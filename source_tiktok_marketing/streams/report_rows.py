"""Rows of reports: what tells them apart, how parts of one row come together, and the records they make."""

from collections.abc import Callable, Hashable
from operator import itemgetter

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.streams.records import SCALARS, Cast, Caster, Json, kind_of


def report_key(dimensions: tuple[str, ...]) -> Callable[[Json], Hashable]:
    """A function that tells the identity of a row: its values of `dimensions`. It refuses what is no report row."""
    values_of = itemgetter(*dimensions)

    def key(row: Json) -> Hashable:
        try:
            row["metrics"].keys()
            identity: Hashable = values_of(row["dimensions"])
        except (KeyError, TypeError, AttributeError):
            raise SystemFailure(
                f"A report row of TikTok lacks one of {', '.join(dimensions)} or its metrics: {row!r:.200}. Report it."
            ) from None
        return identity

    return key


def merge(waiting: dict[Hashable, tuple[int, Json]], key: Hashable, row: Json, parts: int) -> Json | None:
    """Put `row` together with what came of its key before; the whole once all `parts` are there."""
    count, whole = waiting.pop(key, (0, row))
    if whole is not row:
        whole["metrics"].update(row["metrics"])
    if count + 1 == parts:
        return whole
    waiting[key] = (count + 1, whole)
    return None


def shaper(name: str, dimensions: tuple[str, ...], schema: Json) -> Callable[[Json, dict[str, str]], Json]:
    """A function that makes a record of a row and of what the row's question was about, such as its advertiser's id.

    Both and the dimensions go to the top level, `-` is null, and what the schema declares as a number becomes one.
    """
    properties = schema["properties"]
    metric_casts = _casts(properties["metrics"]["properties"])
    dimension_casts = _casts(properties["dimensions"]["properties"])
    constant_casts = _casts(properties)
    caster = Caster(name, {})

    def cast(values: Json, casts: dict[str, Cast]) -> None:
        for key, value in values.items():
            if value == "-":
                values[key] = None
            elif (convert := casts.get(key)) is not None and value is not None:
                try:
                    values[key] = convert(value)
                except (ValueError, TypeError):
                    caster.misfit(key, value)

    def shape(row: Json, about: dict[str, str]) -> Json:
        grouped_by, metrics = row["dimensions"], row["metrics"]
        cast(grouped_by, dimension_casts)
        cast(metrics, metric_casts)
        record: Json = {key: grouped_by[key] for key in dimensions}
        constants: Json = dict(about)
        cast(constants, constant_casts)
        record.update(constants)
        record["metrics"] = metrics
        record["dimensions"] = grouped_by
        return record

    return shape


def _casts(properties: Json) -> dict[str, Cast]:
    """The fields that aren't text."""
    kinds = {name: kind for name, inner in properties.items() if (kind := kind_of(inner)) in ("integer", "number")}
    return {name: SCALARS[kind] for name, kind in kinds.items()}
