"""From a configured catalogue to the streams that read its rows."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pkgutil import resolve_name

from source_tiktok_marketing.api.failures import ConfigFailure, Failure
from source_tiktok_marketing.catalog.reports import WITHDRAWN
from source_tiktok_marketing.catalog.streams import Row
from source_tiktok_marketing.engine.cursor import Cursor
from source_tiktok_marketing.engine.state import SavedState, read_attempt, read_state, stream_states
from source_tiktok_marketing.engine.stream import Stream
from source_tiktok_marketing.streams.context import Context

logger = logging.getLogger("airbyte")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a configured catalogue wants of a stream."""

    is_incremental: bool
    metrics: frozenset[str] = frozenset()
    """The metrics that the destination knows; empty: it doesn't tell."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A row to be read."""

    row: Row
    saved: SavedState | None
    """What an earlier sync left of it; None if it has no cursor."""
    metrics: tuple[str, ...]
    """What TikTok is to be asked for."""


def selection(
    available: Mapping[str, Row], wanted: Mapping[str, Wanted], raw_state: object
) -> tuple[list[Selected], dict[str, Failure]]:
    """Return the `available` rows of the wanted streams, and why others can't be read.

    Raises `ConfigFailure` for what is no state at all.
    """
    states = stream_states(raw_state)
    selected: list[Selected] = []
    refused: dict[str, Failure] = {}
    for name, wish in wanted.items():
        try:
            if (row := available.get(name)) is None:
                raise _unknown(name, available)
            saved = saved_state(row, states.get(name), incremental=wish.is_incremental)
            selected.append(Selected(row, saved, _kept(row, wish.metrics)))
        except ConfigFailure as refusal:
            refused[name] = refusal
    return selected, refused


def _kept(row: Row, wanted: frozenset[str]) -> tuple[str, ...]:
    """Return those of the row's metrics that are wanted, all if none of them is."""
    offered = row.metric_names
    kept = tuple(name for name in offered if name in wanted) or offered
    if len(kept) < len(offered):
        logger.info(
            "%s: TikTok is asked for %d of %d metrics, those that the catalog names.", row.name, len(kept), len(offered)
        )
    return kept


def selected_streams(raw: object) -> dict[str, Wanted]:
    """The streams of a configured catalogue, and what is wanted of each.

    Raises `ConfigFailure` for what is no configured catalogue.
    """
    streams = raw.get("streams") if isinstance(raw, Mapping) else None
    if not isinstance(streams, list):
        raise ConfigFailure("The catalog is not usable: it must be an object with a list of streams.")
    wanted: dict[str, Wanted] = {}
    for entry in streams:
        stream = entry.get("stream") if isinstance(entry, Mapping) else None
        name = stream.get("name") if isinstance(stream, Mapping) else None
        if not isinstance(name, str) or not name:
            raise ConfigFailure("The catalog is not usable: each of its streams needs a stream object with a name.")
        mode = entry.get("sync_mode") or "full_refresh"
        if mode not in ("full_refresh", "incremental"):
            raise ConfigFailure(
                f"The catalog is not usable: stream {name} has sync_mode {mode!r:.40}; "
                "accepted are full_refresh and incremental."
            )
        wanted[name] = Wanted(mode == "incremental", _known_metrics(stream))
    return wanted


def _known_metrics(stream: object) -> frozenset[str]:
    """Return the metrics that the JSON schema of a stream names; none where it isn't what a schema looks like."""
    for name in ("json_schema", "properties", "metrics", "properties"):
        stream = stream.get(name) if isinstance(stream, Mapping) else None
    return frozenset(stream) if isinstance(stream, Mapping) else frozenset()


def _unknown(name: str, available: Mapping[str, Row]) -> ConfigFailure:
    if replacement := WITHDRAWN.get(name):
        return ConfigFailure(
            f"TikTok withdrew hourly audience reports, so stream {name} can't be read. Select {replacement} instead."
        )
    close = get_close_matches(name, available, n=3)
    hint = f" Did you mean {', '.join(close)}?" if close else ""
    return ConfigFailure(
        f"The catalog names stream {name!r:.100}, which this configuration does not offer.{hint} "
        "Refresh the schema of the connection or deselect the stream."
    )


def saved_state(row: Row, raw: object, *, incremental: bool) -> SavedState | None:
    """Return what an earlier sync, or an earlier attempt at a full refresh, left of a stream; None if it has no cursor.

    Raises `ConfigFailure` if the state can't be used.
    """
    if row.cursor_field is None:
        return None
    return (read_state if incremental else read_attempt)(raw, row.cursor_field, row.name)


def stream_for(selected: Selected, context: Context) -> Stream:
    """Return the stream that reads a row, from where the saved state tells."""
    row, saved, cursor = selected.row, selected.saved, None
    if saved is not None and row.cursor_field is not None:
        cursor = Cursor(row.cursor_field, row.cursor_format, saved)
    stream: Stream = resolve_name(f"{__package__}.{row.reader}")(row, context, cursor)
    return stream
