"""Which rows of a list were handed out already."""

from collections.abc import Hashable, Sequence
from typing import Any

import orjson


class SeenRows:
    """Remembers rows by their keys, and where several rows may have the same key also by their contents.

    Rows of such a list that differ are two, as when a post was authorised twice, or an old and a new version. Rows of
    reports are told apart by their key alone, so that a million of them fit into memory.
    """

    def __init__(self) -> None:
        self._keys: set[Hashable] = set()
        self._contents: dict[Hashable, set[int]] = {}

    def __contains__(self, key: Hashable) -> bool:
        """Whether a row with the key was handed out."""
        return key in self._keys

    def keys_of_reading(self) -> set[Hashable]:
        """Return the set for the keys of a reading that begins now: the own one, as long as it is empty."""
        return set() if self._keys else self._keys

    def fresh(self, keys: Sequence[Hashable], rows: Sequence[Any], *, may_repeat: bool) -> Sequence[Any]:
        """Return the rows of a page that were not handed out before, and remember them.

        `may_repeat`: several rows of the list may have the same key, so that their contents count, too.
        """
        if may_repeat:
            fresh: Sequence[Any] = [row for key, row in zip(keys, rows, strict=True) if self._is_new(key, row)]
        elif len(set(keys)) == len(keys) and self._keys.isdisjoint(keys):
            fresh = rows
        else:
            fresh = self._unknown(keys, rows)
        self._keys.update(keys)
        return fresh

    def versions(self, key: Hashable) -> int:
        """Return how many different rows with the key were handed out."""
        return len(self._contents.get(key, ()))

    def knows(self, key: Hashable, row: Any) -> bool:
        """Whether the row, and no other with its key, was handed out."""
        return self._contents.get(key, set()) <= {hash(orjson.dumps(row))}

    def _is_new(self, key: Hashable, row: Any) -> bool:
        contents = self._contents.setdefault(key, set())
        known = len(contents)
        contents.add(hash(orjson.dumps(row)))
        return len(contents) > known

    def _unknown(self, keys: Sequence[Hashable], rows: Sequence[Any]) -> list[Any]:
        """Return the rows with unknown keys, equal ones once: an answer is one look at the list."""
        held: dict[Hashable, list[Any]] = {}
        for key, row in zip(keys, rows, strict=True):
            if key not in self._keys and row not in held.setdefault(key, []):
                held[key].append(row)
        return [row for alike in held.values() for row in alike]
