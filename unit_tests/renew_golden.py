"""Write the golden files of our own contract anew: `python -m unit_tests.renew_golden`. Then read the difference.

`airbyte_contract.json` is not among them: it states what was released, and only grows with Airbyte's connector.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import source_tiktok_marketing
from source_tiktok_marketing.config import Config, read_config
from source_tiktok_marketing.streams.offer import offers
from unit_tests.generate.specification import specification

FOLDER = Path(__file__).parent / "golden"
SPECIFICATION = Path(source_tiktok_marketing.__file__).parent / "spec.json"


def production_config(**more: Any) -> Config:
    """A configuration with production credentials."""
    credentials = {"auth_type": "oauth2.0", "app_id": "7012", "secret": "a-secret", "access_token": "a-token"}
    return read_config({"credentials": credentials, **more}, {}, datetime(2026, 11, 10, tzinfo=UTC))


def sandbox_config(**more: Any) -> Config:
    """A configuration with sandbox credentials."""
    credentials = {"auth_type": "sandbox_access_token", "advertiser_id": "7012", "access_token": "a-token"}
    return read_config({"credentials": credentials, **more}, {}, datetime(2026, 11, 10, tzinfo=UTC))


def described(config: Config) -> dict[str, dict[str, Any]]:
    """The streams as `discover` shows them, by name."""
    return {offer.name: offer.describe() for offer in offers(config).values()}


def stream_row(stream: dict[str, Any]) -> dict[str, Any]:
    """What a connection depends on beside the schema."""
    return {
        "primary_key": [".".join(path) for path in stream["source_defined_primary_key"]],
        "cursor": ".".join(stream.get("default_cursor_field", [])) or None,
        "sync_modes": stream["supported_sync_modes"],
    }


def main() -> None:
    """Write spec.json and streams.json."""
    SPECIFICATION.write_text(json.dumps(specification(), indent=2) + "\n")
    streams = {name: stream_row(stream) for name, stream in described(production_config()).items()}
    lines = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in streams.items()]
    (FOLDER / "streams.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
