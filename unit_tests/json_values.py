"""Strategies for what may stand in a JSON file."""

from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
"""Text that a JSON file can hold."""

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | st.sampled_from(["2024-01-31", "2024-01-31T00:00:00Z", "DAY", "7", "-", ""])
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)


def mappings_with(*keys: str) -> st.SearchStrategy[Json]:
    """Objects that have some of `keys`, with anything in them, and other keys."""
    named = st.fixed_dictionaries({}, optional=dict.fromkeys(keys, VALUES))
    return st.builds(lambda more, known: more | known, st.dictionaries(TEXTS, VALUES, max_size=2), named)
