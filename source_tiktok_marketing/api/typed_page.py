"""A page of a list that was decoded by someone who knew what was in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TypedPage:
    """The rows of a page, and what its `page_info` says of the list."""

    rows: Sequence[Any]
    total_page: int
    total_number: int | None


Decode = Callable[[bytes], TypedPage | None]
"""Decodes an accepted page quickly; None leaves whatever it is to the general way."""
