"""The files a platform gives to a connector: configuration, configured catalog and state."""

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from benchmarks.service.emulator import ACCESS_TOKEN, APP_ID, SECRET

Json = dict[str, Any]

TIER = "ultimate"
"""The tier the connectors are told that the app has, unless a job says otherwise."""


def config_file(folder: Path, *, start: date | None = None, end: date | None = None, **changes: Any) -> str:
    """Write a configuration that both connectors understand."""
    advertiser = {"advertiser_id": changes.pop("advertiser_id")} if "advertiser_id" in changes else {}
    app = {"auth_type": "oauth2.0", "app_id": APP_ID, "secret": SECRET, "access_token": ACCESS_TOKEN}
    config: Json = {"credentials": app | advertiser, "rate_limit_tier": TIER, **changes}
    config |= {"start_date": start.isoformat()} if start else {}
    config |= {"end_date": end.isoformat()} if end else {}
    return _file(folder, "config", config)


def catalog_file(folder: Path, streams: list[Json], names: Collection[str], owner: str) -> str:
    """Write a configured catalog of the named streams, incremental where they can be."""
    chosen = [stream for stream in streams if stream["name"] in names]
    entries = [
        {"stream": stream, "sync_mode": stream["supported_sync_modes"][-1], "destination_sync_mode": "append"}
        for stream in chosen
    ]
    return _file(folder, f"{owner}_catalog", {"streams": entries})


def state_file(folder: Path, states: list[Json]) -> str:
    """Write a state."""
    return _file(folder, "state", states)


def _file(folder: Path, name: str, content: object) -> str:
    path = folder / f"{name}.json"
    path.write_bytes(orjson.dumps(content))
    return str(path)
