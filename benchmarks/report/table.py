"""Tables of Markdown."""

from collections.abc import Sequence

Row = tuple[str, ...]

OURS_AND_THEIRS = ("", "ours", "theirs", "ours / theirs")


def table(header: Row, rows: Sequence[Row]) -> str:
    """Return a table whose first column is text and whose others are figures."""
    lines = ["| " + " | ".join(header) + " |", "| --- |" + " ---: |" * (len(header) - 1)]
    return "\n".join(lines + [f"| {' | '.join(row)} |" for row in rows])


def pair(name: str, ours: float, theirs: float, form: str) -> Row:
    """Return a row of ours, theirs and their ratio."""
    return name, format(ours, form), format(theirs, form), f"{ours / theirs:.3g}" if theirs else "-"
