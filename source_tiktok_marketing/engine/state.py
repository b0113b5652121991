"""Stream states: every format that any version ever wrote is read, Airbyte's per-partition format is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import pendulum

from source_tiktok_marketing.api.failures import ConfigFailure

Json = dict[str, Any]

Labels = tuple[tuple[str, str], ...]
"""Names and values that tell a partition apart from others of its advertiser, such as a buying type."""
Partition = tuple[str, Labels]

_LONGEST_OVERLAP = 10 * 366 * 86_400
NO_CURSOR = {"__ab_no_cursor_state_message": True}
_FULL_REFRESH_COMPLETE = "__ab_full_refresh_sync_complete"
"""The key in states of full refreshes, which only a further attempt at the same full refresh goes on from."""


def parsed_moment(text: str) -> datetime:
    """Return a date or date-time as a naive date-time, in whatever zone it was written. Raises `ValueError`.

    A blank or a T may separate date and time, and a Z may follow.
    """
    parsed = pendulum.parse(text.strip(), exact=True)
    if isinstance(parsed, datetime):
        return parsed.replace(tzinfo=None)
    if isinstance(parsed, date):
        return datetime.combine(parsed, time())
    raise ValueError(f"{text!r} is not a date or date-time")


def moment_of(value: object, stream: str) -> datetime | None:
    """Return the cursor `value`, None if it is empty. Raises `ConfigFailure` for what is no date or date-time."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            return parsed_moment(value)
        except ValueError:
            pass
    raise ConfigFailure(
        f"The state of stream {stream} is not usable: its cursor {value!r:.60} is not a date or date-time such as "
        "2024-01-31. Correct the state, or clear it to read the stream from start_date."
    )


@dataclass(slots=True)
class SavedState:
    """The cursors of a stream as an earlier sync left them."""

    cursors: dict[Partition, datetime] = field(default_factory=dict)
    default: datetime | None = None
    """For advertisers without a cursor of their own: old versions kept a single one."""
    lookback_seconds: int = 0
    """Seconds by which the writer wants the next reading to overlap."""
    is_full_refresh: bool = False
    """Whether the cursors say how far an earlier attempt at the same full refresh came."""

    def cursor_of(self, advertiser_id: str) -> datetime | None:
        """Return how far an advertiser was read, as told by a state that knows no partitions of it."""
        return self.cursors.get((advertiser_id, ()), self.default)


def read_state(raw: object, cursor_field: str, stream: str) -> SavedState:
    """Return the `SavedState` in `raw`, of any format. Raises `ConfigFailure` for what is none."""
    if raw in (None, {}) or (isinstance(raw, Mapping) and (NO_CURSOR.keys() | {_FULL_REFRESH_COMPLETE}) & raw.keys()):
        return SavedState()
    if not isinstance(raw, Mapping):
        raise _unusable(stream, "it is not an object")
    is_global = raw.get("use_global_cursor") or ("states" not in raw and "state" in raw)
    if "states" not in raw and not is_global:
        return _single(raw, cursor_field, stream)
    saved = SavedState(lookback_seconds=_seconds(raw.get("lookback_window"), stream))
    if is_global:
        saved.default = _cursor(raw.get("state"), cursor_field, stream)
    states = raw.get("states", [])
    if not isinstance(states, list):
        raise _unusable(stream, "its states are not a list")
    for entry in states:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("partition"), Mapping):
            raise _unusable(stream, "an entry of its states names no partition")
        cursor = _cursor(entry.get("cursor"), cursor_field, stream)
        if cursor is not None:
            saved.cursors[_partition(entry["partition"], stream)] = cursor
    return saved


def read_attempt(raw: object, cursor_field: str, stream: str) -> SavedState:
    """Return how far an earlier attempt at a full refresh came, as told by its state in `raw`.

    A finished full refresh, an incremental sync, or no state begins anew. Raises `ConfigFailure` for a broken state.
    """
    saved = SavedState()
    if isinstance(raw, Mapping) and raw.get(_FULL_REFRESH_COMPLETE) is False:
        rest = {key: value for key, value in raw.items() if key != _FULL_REFRESH_COMPLETE}
        saved = read_state(rest, cursor_field, stream)
    saved.is_full_refresh = True
    return saved


def _single(raw: Mapping[str, Any], cursor_field: str, stream: str) -> SavedState:
    nested = raw.get("dimensions")
    holder = raw if cursor_field in raw else nested
    if not isinstance(holder, Mapping) or cursor_field not in holder:
        raise _unusable(stream, f"it holds no {cursor_field}")
    return SavedState(default=moment_of(holder[cursor_field], stream))


def _cursor(raw: object, cursor_field: str, stream: str) -> datetime | None:
    if raw in (None, {}):
        return None
    if not isinstance(raw, Mapping):
        raise _unusable(stream, "a cursor of it is not an object")
    return moment_of(raw.get(cursor_field), stream)


def _partition(raw: Mapping[str, Any], stream: str) -> Partition:
    """Ids were also written as numbers, and children of other streams under `parent_slice`."""
    parent = raw.get("parent_slice")
    advertiser = raw.get("advertiser_id") or (parent.get("advertiser_id") if isinstance(parent, Mapping) else None)
    if not isinstance(advertiser, str | int) or isinstance(advertiser, bool):
        raise _unusable(stream, "a partition of it names no advertiser_id")
    labels = tuple(
        (key, str(value)) for key, value in sorted(raw.items()) if key not in ("advertiser_id", "parent_slice")
    )
    return str(advertiser), labels


def _seconds(raw: object, stream: str) -> int:
    if raw is None:
        return 0
    if isinstance(raw, int | float) and not isinstance(raw, bool) and 0 <= raw <= _LONGEST_OVERLAP:
        return int(raw)
    raise _unusable(stream, "its lookback_window is not a number of seconds")


def _unusable(stream: str, why: str) -> ConfigFailure:
    return ConfigFailure(
        f"The state of stream {stream} is not usable: {why}. Correct the state, or clear it to read the stream from "
        "start_date."
    )


def written_state(cursors: Iterable[tuple[Partition, Json]], *, full_refresh_complete: bool | None = None) -> Json:
    """Return Airbyte's per-partition state of the `cursors`; for a full refresh, also whether it is complete."""
    marker = {} if full_refresh_complete is None else {_FULL_REFRESH_COMPLETE: full_refresh_complete}
    return marker | {
        "use_global_cursor": False,
        "states": [
            {"partition": {"advertiser_id": advertiser, **dict(labels), "parent_slice": {}}, "cursor": cursor}
            for (advertiser, labels), cursor in cursors
        ],
        "lookback_window": 0,
    }


def stream_states(raw: object) -> dict[str, object]:
    """Return the state of each stream in a state file of any version: messages, a single one, or one object."""
    if raw is None or raw in ({}, []):
        return {}
    if isinstance(raw, Mapping) and "type" not in raw:
        return dict(raw)
    messages = raw if isinstance(raw, list) else [raw]
    states: dict[str, object] = {}
    for message in messages:
        if not isinstance(message, Mapping):
            raise _bad_file("an entry is not an object")
        inner = message.get("state") if message.get("type") == "STATE" else message
        states |= _of_message(inner if isinstance(inner, Mapping) else {})
    return states


def _of_message(message: Mapping[str, Any]) -> dict[str, object]:
    whole = message.get("global")
    if isinstance(whole, Mapping) and isinstance(whole.get("stream_states"), list):
        entries = whole["stream_states"]
    elif isinstance(message.get("stream"), Mapping):
        entries = [message["stream"]]
    elif isinstance(message.get("data"), Mapping):
        return dict(message["data"])
    else:
        raise _bad_file("an entry names no stream")
    states: dict[str, object] = {}
    for entry in entries:
        descriptor = entry.get("stream_descriptor") if isinstance(entry, Mapping) else None
        if not isinstance(descriptor, Mapping) or not isinstance(descriptor.get("name"), str):
            raise _bad_file("an entry names no stream")
        states[descriptor["name"]] = entry.get("stream_state")
    return states


def _bad_file(why: str) -> ConfigFailure:
    return ConfigFailure(
        f"The state is not usable: {why}. Expected is a list of Airbyte state messages, or one object that maps stream "
        "names to their states. Correct the state, or read without one."
    )
