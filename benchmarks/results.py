"""The file of results: figures to keep in the repository, so it stays small."""

from pathlib import Path
from typing import Any

import orjson

Json = dict[str, Any]

FILE = Path(__file__).with_name("results.json")
MOST_BYTES = 300_000
_FORM = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def load() -> Json:
    """Return the last results, or none."""
    results: Json = orjson.loads(FILE.read_bytes()) if FILE.exists() else {}
    return results


def encode(results: Json) -> bytes:
    """Return the text of the file; raise `ValueError` if it is too large to be kept in the repository."""
    text = orjson.dumps(results, option=_FORM)
    if len(text) > MOST_BYTES:
        sizes = {name: len(orjson.dumps(result, option=_FORM)) for name, result in results.items()}
        largest = max(sizes, key=lambda name: sizes[name])
        raise ValueError(
            f"The results would take {len(text):,d} bytes, and {FILE.name} may have {MOST_BYTES:,d}: the job "
            f"{largest!r} alone has {sizes[largest]:,d}. Keep figures, not what the connectors said."
        )
    return text
