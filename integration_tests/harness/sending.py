"""A plain client for tests that send bodies to the emulator, or ask for files, without the connector."""

from typing import Any

import requests

from integration_tests.emulator import Emulator


def post(emulator: Emulator, path: str, /, **body: Any) -> dict[str, Any]:
    """Return the body of the answer to a POST."""
    reply = requests.post(f"{emulator.base_url}{path}", json=body, headers=_headers(emulator), timeout=30)
    reply.raise_for_status()
    answer: dict[str, Any] = reply.json()
    return answer


def fetch(emulator: Emulator, path: str, /, **params: str) -> str:
    """Return the text of the answer to a GET."""
    reply = requests.get(f"{emulator.base_url}{path}", params=params, headers=_headers(emulator), timeout=30)
    reply.raise_for_status()
    return reply.content.decode()


def _headers(emulator: Emulator) -> dict[str, str]:
    return {"Access-Token": emulator.access_token}
