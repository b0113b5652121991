"""Rows of reports: what tells them apart, how parts of one row come together, and the records they make."""

from collections.abc import Callable, Hashable
from operator import itemgetter

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.catalog.reports import Report
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


def shaper(name: str, report: Report, schema: Json) -> Callable[[Json, str], Json]:
    """A function that makes a record of a row and its advertiser's id.

    Dimensions are copied to the top level, `-` is null, and what the schema declares as a number becomes one.
    """
    properties = schema["properties"]
    metric_casts = _casts(properties["metrics"]["properties"])
    dimension_casts = _casts(properties["dimensions"]["properties"])
    caster = Caster(name, {})
    required = report.dimensions

    def cast(values: Json, casts: dict[str, Cast]) -> None:
        for key, value in values.items():
            if value == "-":
                values[key] = None
            elif (convert := casts.get(key)) is not None and value is not None:
                try:
                    values[key] = convert(value)
                except (ValueError, TypeError):
                    caster.misfit(key, value)

    def shape(row: Json, advertiser_id: str) -> Json:
        dimensions, metrics = row["dimensions"], row["metrics"]
        cast(dimensions, dimension_casts)
        cast(metrics, metric_casts)
        record = {key: dimensions[key] for key in required}
        record["advertiser_id"] = int(advertiser_id) if advertiser_id.isdecimal() else advertiser_id
        record["metrics"] = metrics
        record["dimensions"] = dimensions
        return record

    return shape


def _casts(properties: Json) -> dict[str, Cast]:
    """The fields that aren't text."""
    kinds = {name: kind for name, inner in properties.items() if (kind := kind_of(inner)) in ("integer", "number")}
    return {name: SCALARS[kind] for name, kind in kinds.items()}
