"""What a run has learnt of requests about several ad accounts.

TikTok documents such requests, but its documents were wrong before. So nothing is believed until TikTok has been asked
both ways, about several accounts and about each of them alone, and has answered both alike. A proof that failed once
ends requests about several accounts for the run.
"""

import logging
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

logger = logging.getLogger("airbyte")

Shape = tuple[str, ...]
"""What reports have in common that TikTok answers alike."""
Claim = tuple[str, ...]
"""Something that is to be proven: of a shape, or of the days of a time zone."""

_LONGEST_WAIT = 30.0
"""Seconds (of real time) after which a slice doesn't wait any longer for the proof that another one tries."""


class Proofs:
    """What is proven, and who is not asked together with others. Safe to share between threads."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._proven: set[Claim] = set()
        self._planned: Counter[Shape] = Counter()
        self._trying: set[Claim] = set()
        self._tried: set[Claim] = set()
        self._apart: set[str] = set()
        self._is_over = False

    def plan(self, shape: Shape, requests: int = 1) -> None:
        """Take note of so many requests about several accounts that would profit from a proof."""
        with self._change:
            self._planned[shape] += requests

    def holds(self, claims: AbstractSet[Claim]) -> bool:
        """Whether the claims are proven."""
        return not self._is_over and claims <= self._proven

    def may_join(self, advertiser_id: str) -> bool:
        """Whether the account is asked together with others."""
        return not self._is_over and advertiser_id not in self._apart

    @contextmanager
    def attempt(self, shape: Shape, claims: AbstractSet[Claim]) -> Iterator[bool]:
        """Tell whether to try to prove the claims now: one slice at a time does, if other requests will profit.

        Those that come during the first attempt at one of their claims wait for its end, because it may spare them most
        of their requests.
        """
        with self._change:
            self._change.wait_for(lambda: not self._is_tried_first(claims), _LONGEST_WAIT)
            mine = claims - self._proven
            if self._is_over or self._planned[shape] < 2 or not mine.isdisjoint(self._trying):  # noqa: PLR2004  see above
                mine = frozenset()
            self._trying |= mine
        try:
            yield bool(mine)
        finally:
            with self._change:
                self._trying -= mine
                self._tried |= mine
                self._change.notify_all()

    def _is_tried_first(self, claims: AbstractSet[Claim]) -> bool:
        return not (claims - self._proven - self._tried).isdisjoint(self._trying)

    def prove(self, claims: Iterable[Claim], what: str) -> None:
        """Believe the claims from now on; `what` says what was compared."""
        with self._change:
            new = set(claims) - self._proven
            self._proven |= new
        if new:
            logger.info("Ad accounts are asked about together from now on where it was compared: %s.", what)

    def disprove(self, what: str) -> None:
        """Ask about each account alone for the rest of the run, because the answers differ; `what` says in what."""
        self._end(
            f"TikTok answers otherwise about several ad accounts at once than about each alone: {what}. So each is "
            "asked about alone for the rest of this run, and no row is missing. Set accounts_per_request to 1 if it "
            "happens again."
        )

    def refuse(self, advertiser_ids: Collection[str], message: str, *, is_of_accounts: bool) -> None:
        """Ask about these accounts alone, because TikTok refuses them together though it answers each alone.

        If nothing was ever proven, and it isn't the accounts that are refused, all others are asked about alone, too.
        """
        with self._change:
            self._apart |= set(advertiser_ids)
        if self._proven or is_of_accounts:
            logger.info("Ad accounts %s are asked about alone from now on. %s", ", ".join(advertiser_ids), message)
        else:
            self._end(
                "TikTok refuses requests about several ad accounts, so each is asked about alone in this run, and no "
                f"row is missing. Set accounts_per_request to 1 if it happens again. {message}"
            )

    def leave_apart(self, advertiser_id: str) -> None:
        """Ask about the account alone, because TikTok may have withdrawn it."""
        with self._change:
            self._apart.add(advertiser_id)

    def _end(self, message: str) -> None:
        """Ask about each account alone from now on; warn the first time."""
        with self._change:
            is_first, self._is_over = not self._is_over, True
        if is_first:
            logger.warning("%s", message)
