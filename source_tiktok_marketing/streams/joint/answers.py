"""Asks for a report of several accounts, and holds the answer against those about each account alone."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import msgspec

from source_tiktok_marketing.api.paging import ListRequest, Pages
from source_tiktok_marketing.catalog.endpoints import OWNER
from source_tiktok_marketing.engine.cursor import PlannedWindow
from source_tiktok_marketing.engine.stream import Event, Page
from source_tiktok_marketing.streams.casting import Json
from source_tiktok_marketing.streams.context import Context
from source_tiktok_marketing.streams.joint.proofs import Claim, Shape
from source_tiktok_marketing.streams.joint.rows import JointRows, NotAsDocumented
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.windows import Window

_MOST_ROWS = 20_000
"""Of several accounts together: of more, asking for each alone costs hardly more requests."""

Way = tuple[tuple[str, ...], bool]
"""How an account is asked: for which metrics, and whether by default."""


class SeveralAccountsReport(Protocol):
    """What is needed of a report to ask for several accounts at once."""

    name: str
    context: Context
    page_size: int

    @property
    def shape(self) -> Shape:
        """What it has in common with reports that TikTok answers alike."""

    def claims(self, question: Question) -> frozenset[Claim]:
        """Return what is to be proven before the question's account is asked together with others."""

    def way(self, question: Question) -> Way:
        """Return how the question's account is asked at present."""

    def was_asked(self, question: Question, way: Way) -> None:
        """Take note that TikTok answers the account, asked in this way."""

    def joint_rows(self, metrics: tuple[str, ...]) -> JointRows:
        """Return how the rows of several accounts are read."""

    def params(self, question: Question, metrics: tuple[str, ...]) -> tuple[str, Json]:
        """Return the path and the parameters that ask for `metrics` of the question's rows."""

    def idle_among(self, asked: Iterable[tuple[Question, Window | None]]) -> set[str]:
        """Return the accounts that delivered nothing in the window, one of the settled days given for each."""

    def learn(self, question: Question, *, delivers: bool) -> None:
        """Take note of whether TikTok had rows of the question."""

    def pages(self, question: Question, smallest_page: int | None) -> Iterator[Page]:
        """Yield the records of one question."""

    def read_window(self, question: Question, planned: PlannedWindow | None) -> Iterator[Event]:
        """Yield the question's records, and how far its window was read."""


def asked_together(report: SeveralAccountsReport, questions: Mapping[str, Question], way: Way) -> Iterator[Page]:
    """Yield the records of several accounts, which stand at the same place, as reports of each alone have them.

    Rows that a question has handed out already are left out. Raises `NotAsDocumented` for an answer that can't be told
    apart by account, and what `Pages` raises.
    """
    metrics, by_default = way
    rows, first = report.joint_rows(metrics), next(iter(questions.values()))
    path, params = report.params(first.as_default() if by_default else first, metrics)
    request = ListRequest(
        path=path,
        params={f"{OWNER}s": tuple(questions), **{name: value for name, value in params.items() if name != OWNER}},
        page_size=report.page_size,
        is_divisible=True,
        waits_for_advertiser=False,
        most_rows=_MOST_ROWS,
        keys=rows.hashes,
        decode=rows.decode,
    )
    for page in Pages(report.context.client, request):
        for owner, own in rows.by_owner(page):
            if (question := questions.get(owner)) is None:
                raise NotAsDocumented(f"a row is of ad account {owner}, which was not asked about")
            if fresh := question.seen.fresh(rows.own_hashes(own), own, may_repeat=False):
                yield Page(rows.records(fresh, question.about), owner)
            del own, fresh
        del page
    for question in questions.values():
        report.was_asked(question, way)


class Fingerprints:
    """Tells whether two answers hold the same records, in any order; of no more than `most` records."""

    def __init__(self, most: int) -> None:
        self.number = 0
        self._most = most
        self.hashes: set[int] = set()

    def add(self, records: Iterable[Any]) -> None:
        """Remember the records of a page."""
        for record in records:
            self.number += 1
            if self.number <= self._most:
                self.hashes.add(hash(msgspec.json.encode(msgspec.to_builtins(record), order="sorted")))

    @property
    def are_comparable(self) -> bool:
        """Whether there are some, and all are remembered."""
        return 0 < self.number <= self._most

    def equals(self, other: "Fingerprints") -> bool:
        """Whether the other answer has exactly these records."""
        return self.number == other.number and self.hashes == other.hashes

    def lies_between(self, before: "Fingerprints", after: "Fingerprints") -> bool:
        """Whether every record is one of the answers `before` and `after`, and none that both have is missing.

        Figures of recent days change at any time.
        """
        is_known = self.hashes <= before.hashes | after.hashes
        is_whole = before.hashes & after.hashes <= self.hashes
        return is_known and is_whole and self.number >= min(before.number, after.number)
