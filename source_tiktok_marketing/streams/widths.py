"""How many days of an account TikTok answers at once, learnt from what it refused and what it answered.

TikTok doesn't tell how much is too much. When it refuses two stretches of about the same width and answers none so wide
in between, the windows that follow begin with half of it. Twice as much is tried now and then: when an answer has less
than half as many rows as another one, or several were answered in a row. Each time that it comes to nothing, it takes
twice as many answers until the next, so an account that is always too large costs few refusals however long it is read.
"""

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field

_PATIENCE = 4
"""Answers after which the first wider part is tried."""


@dataclass(slots=True)
class _Width:
    """The width of one account."""

    days: int | None = None
    """None: any."""
    refused: set[int] = field(default_factory=set)
    """The magnitudes of which one was refused, and neither it nor a larger one answered since."""
    most_rows: int = 0
    """Of an answer since the last refusal that counted."""
    answers: int = 0
    """How many parts of this width were answered since it is the width, or another was tried."""
    patience: int = _PATIENCE
    is_due: bool = False
    """Whether the next part is to be a try."""
    tried: int | None = None
    """The days of a try, until it is known what becomes of it."""
    is_from_try: bool = False
    """Whether a try led to it."""

    def begin(self, days: int, *, is_from_try: bool = False) -> None:
        """Take a width."""
        self.days, self.is_from_try = days, is_from_try
        self.answers, self.is_due, self.tried = 0, False, None

    def fall_back(self, days: int) -> None:
        """Take a width because a wider part was refused; if that was a try, wait twice as long for the next one."""
        if self.is_from_try or self.tried is not None:
            self.patience *= 2
        self.most_rows = 0
        self.begin(days)


class Widths:
    """The widths of the accounts of one report, kept of those that were too large once. Safe to share by threads."""

    def __init__(self) -> None:
        self._widths: dict[Hashable, _Width] = {}
        self._lock = threading.Lock()

    def of(self, account: Hashable, most: int) -> int:
        """Return how many of `most` days to ask for at once."""
        with self._lock:
            width = self._widths.get(account)
            if width is None or width.days is None or width.days >= most:
                return most
            if not width.is_due:
                return width.days
            width.is_due, width.answers, width.tried = False, 0, min(2 * width.days, most)
            return width.tried

    def refused(self, account: Hashable, days: int) -> None:
        """Take note that so many days, two or more, are too large."""
        with self._lock:
            width = self._widths.setdefault(account, _Width())
            if width.days is not None and days > width.days:
                if days == width.tried:
                    width.fall_back(width.days)
            elif (magnitude := _magnitude(days)) in width.refused:
                width.fall_back(-(-days // 2))
            else:
                width.refused.add(magnitude)

    def answered(self, account: Hashable, days: int, rows: int) -> None:
        """Take note that so many days were answered, with so many rows; narrower parts than the width tell nothing."""
        with self._lock:
            width = self._widths.get(account)
            if width is None:
                return
            width.refused = {magnitude for magnitude in width.refused if magnitude > _magnitude(days)}
            if days == width.tried:
                width.begin(days, is_from_try=True)
            elif days == width.days:
                width.answers += 1
                width.is_due = 2 * rows < width.most_rows or width.answers >= width.patience
            else:
                return
            width.most_rows = max(width.most_rows, rows)


def _magnitude(days: int) -> int:
    """Return how often so many days can be halved."""
    return (days - 1).bit_length()
