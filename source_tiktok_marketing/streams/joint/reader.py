"""Reads a window of several accounts: together those that are proven to be answered so, each of the others alone.

Only rows are believed, never their absence: an account of which a joint answer holds no row is asked about alone, so
that being left out can't pass for having delivered nothing. Whatever goes wrong with a joint request, its accounts are
asked about alone, where every refusal and every failure costs what it always costs. Of idle days, of which the daily
report of the account alone has nothing either, absence is believed, of accounts that joint answers held rows of before.
"""

import logging
from collections import Counter
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass

from source_tiktok_marketing.api.failures import (
    AdvertiserUnavailable,
    AuthorisationFailure,
    EndpointUnavailable,
    Failure,
    RateLimited,
    TooLarge,
    TransientFailure,
)
from source_tiktok_marketing.engine.cursor import PlannedWindow
from source_tiktok_marketing.engine.stream import Event, Page, Reached, Skipped
from source_tiktok_marketing.streams.joint.answers import Fingerprints, SeveralAccountsReport, Way, asked_together
from source_tiktok_marketing.streams.joint.rows import NotAsDocumented
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.windows import Window

logger = logging.getLogger("airbyte")


@dataclass(frozen=True, slots=True)
class Part:
    """What is to be read of one of the accounts."""

    question: Question
    planned: PlannedWindow | None
    settled: Window | None = None
    """The days on which the account may have delivered nothing, so that it needn't be asked."""

    @property
    def advertiser_id(self) -> str:
        """The account."""
        return self.question.advertiser.advertiser_id

    def afresh(self) -> Question:
        """Return the question as if nothing had been read yet."""
        return Question(self.question.advertiser, window=self.question.window)


Parts = Mapping[str, Part]
_NOBODY: tuple[tuple[str, ...], Way] = ((), ((), False))


class JointReader:
    """Reads the windows of one report. Safe to share between threads."""

    def __init__(self, report: SeveralAccountsReport, size: int) -> None:
        """Prepare to ask for up to `size` accounts at once."""
        self._report = report
        self._size = size
        self._proofs = report.context.proofs
        self._rows: dict[str, int] = {}
        """How many rows the last answer about each account held."""
        self._apart: set[str] = set()
        """Accounts that are asked about alone, because together they are too much for this report."""
        self._left_out: set[str] = set()
        """Accounts that failed; nothing more of them is read."""
        self._answered = set[str]()
        """Accounts of which joint answers held rows."""
        self._tried = set[str]()
        """Accounts that were asked for a day on which they were likely to have rows."""

    def read(self, parts: Sequence[Part]) -> Iterator[Event]:
        """Yield the records of a window of some accounts, and how far each was read or why it wasn't."""
        present = {part.advertiser_id: part for part in parts if part.advertiser_id not in self._left_out}
        for advertiser_id in self._report.idle_among((part.question, part.settled) for part in present.values()):
            if (planned := present.pop(advertiser_id).planned) is not None:
                yield Reached(planned)
        able = [id_ for id_, part in present.items() if self._may_join(part.question)]
        others = [id_ for id_ in present if id_ not in able]
        for ids in (*self._batches(able), *self._batches(others)):
            yield from self._read_batch({id_: present[id_] for id_ in ids})

    def _batches(self, ids: Sequence[str]) -> Iterator[Sequence[str]]:
        for first in range(0, len(ids), self._size):
            yield ids[first : first + self._size]

    def _read_batch(self, parts: Parts) -> Iterator[Event]:
        """Read accounts that may be asked about together, and try to prove it if it isn't proven."""
        able = [part.question for part in parts.values() if self._may_join(part.question)]
        if len(able) < 2 or all(map(self._is_proven, able)):  # noqa: PLR2004  one alone is not several
            yield from self._read(parts, tries=False)
            return
        claims = frozenset().union(*map(self._report.claims, able))
        self._report.context.client.gate.leave()  # those who try a proof need a place, which no waiting one may hold
        with self._proofs.attempt(self._report.shape, claims) as tries:
            yield from self._read(parts, tries=tries)

    def with_rows(self, questions: Sequence[Question], likely: Sequence[Question]) -> tuple[set[str], set[str]]:
        """Ask for accounts together; return those whose answer is believed, and those that have rows.

        No row is believed here of accounts that were answered rows together before. The `likely` questions, of which
        TikTok probably has rows, are asked to find that out, once for each account.
        """
        parts = {part.advertiser_id: part for part in (Part(question, None) for question in questions)}
        if not self._tried.issuperset(parts):
            self._tried.update(parts)
            self._proofs.plan(self._report.shape, requests=2)  # this one, and those that follow
            for _ in self.read([Part(question, None) for question in likely]):
                pass
        asked, found = set[str](), set[str]()
        for ids in self._batches([id_ for id_ in parts if id_ in self._answered]):
            together, way = self._trusted({id_: parts[id_] for id_ in ids})
            if not together:
                continue
            try:
                pages = asked_together(self._report, {id_: parts[id_].question for id_ in together}, way)
                found.update(page.advertiser_id for page in pages)
            except Failure as failure:
                logger.info("%s: asking about each of %d ad accounts. %s", self._report.name, len(together), failure)
            else:
                asked.update(together)
        return asked, found

    def _read(self, parts: Parts, *, tries: bool) -> Iterator[Event]:
        """Read together what is proven; compare both ways what isn't, if it `tries`, and what was left out."""
        together, way = self._trusted(parts)
        found, failure = yield from self._ask_together(parts, together, way)
        alone = {}
        for advertiser_id, part in parts.items():
            if advertiser_id not in found:
                is_doubted = advertiser_id in together or (tries and not self._is_proven(part.question))
                alone[advertiser_id] = Fingerprints(self._report.page_size if is_doubted else 0)
                yield from self._ask_alone(part, alone[advertiser_id])
        if failure is not None:
            self._learn(parts, together, way, failure)
        else:
            comparable = {id_ for id_ in alone if alone[id_].are_comparable and id_ not in self._left_out}
            self._compare(parts, together, way, {id_: alone[id_] for id_ in comparable})

    def _may_join(self, question: Question) -> bool:
        """Whether asking about the account together with others saves a request.

        It doesn't if there were no rows of it, or more than a page. Without a time zone its days are unknown.
        """
        advertiser_id = question.advertiser.advertiser_id
        is_known = question.advertiser.zone is not None and advertiser_id not in self._left_out
        is_allowed = self._proofs.may_join(advertiser_id) and advertiser_id not in self._apart
        return is_known and is_allowed and 0 < self._rows.get(advertiser_id, 1) <= self._report.page_size

    def _is_proven(self, question: Question) -> bool:
        return self._proofs.holds(self._report.claims(question))

    def _trusted(self, parts: Parts) -> tuple[tuple[str, ...], Way]:
        """Return the accounts to ask about together, two at least or none, and how all of them are asked."""
        able = [part.question for part in parts.values() if self._may_join(part.question)]
        return self._alike([question for question in able if self._is_proven(question)])

    def _alike(self, questions: Sequence[Question]) -> tuple[tuple[str, ...], Way]:
        """Return the most accounts that are asked in the same way, none if it is a single one, and the way."""
        ways = {question.advertiser.advertiser_id: self._report.way(question) for question in questions}
        for way, number in Counter(ways.values()).most_common(1):
            if number > 1:
                return tuple(id_ for id_ in ways if ways[id_] == way), way
        return _NOBODY

    def _ask_together(
        self, parts: Parts, together: tuple[str, ...], way: Way
    ) -> Generator[Event, None, tuple[set[str], Failure | None]]:
        """Yield the records of these accounts; return those that are finished, and the failure if there was one."""
        found: Counter[str] = Counter()
        if not together:
            return set(), None
        try:
            for page in asked_together(self._report, {id_: parts[id_].question for id_ in together}, way):
                found[page.advertiser_id] += len(page.records)
                yield page
                del page  # it is let go before the next is awaited
        except Failure as failure:
            logger.info("%s: asking about each of %d ad accounts. %s", self._report.name, len(together), failure)
            return set(), failure
        self._rows |= found
        self._answered |= set(found)
        for advertiser_id in found:
            self._report.learn(parts[advertiser_id].question, delivers=True)
        for advertiser_id in found:
            if (planned := parts[advertiser_id].planned) is not None:
                yield Reached(planned)
        return set(found), None

    def _ask_alone(self, part: Part, fingerprints: Fingerprints) -> Iterator[Event]:
        """Yield the records of one account; a failure costs the rest of this account and no other."""
        try:
            for event in self._report.read_window(part.question, part.planned):
                if isinstance(event, Page):
                    fingerprints.add(event.records)
                    event = Page(event.records, part.advertiser_id)  # noqa: PLW2901  no second reference to the page
                yield event
                del event
        except Failure as failure:
            self._left_out.add(part.advertiser_id)
            if isinstance(failure, AdvertiserUnavailable):
                self._proofs.leave_apart(part.advertiser_id)
            yield Skipped(part.advertiser_id, failure)
        else:
            self._rows[part.advertiser_id] = fingerprints.number
            self._report.learn(part.question, delivers=fingerprints.number > 0)

    def _learn(self, parts: Parts, together: tuple[str, ...], way: Way, failure: Failure) -> None:
        """Draw conclusions from a joint request that failed, now that each of its accounts was asked about alone."""
        if isinstance(failure, NotAsDocumented):
            self._proofs.disprove(f"{self._report.name}: {failure.message}")
        elif any(id_ in self._left_out or self._report.way(parts[id_].question) != way for id_ in together):
            return  # it was about one of them, who is asked otherwise or not at all from now on
        elif not isinstance(failure, TooLarge | TransientFailure):
            self._refuse(together, failure)
        elif not isinstance(failure, RateLimited) and all(
            self._rows[id_] <= self._report.page_size for id_ in together
        ):
            self._apart.update(together)

    def _refuse(self, together: Sequence[str], failure: Failure) -> None:
        is_of_accounts = isinstance(failure, AdvertiserUnavailable | EndpointUnavailable)
        self._proofs.refuse(together, failure.message, is_of_accounts=is_of_accounts)

    def _compare(self, parts: Parts, together: tuple[str, ...], way: Way, alone: Mapping[str, Fingerprints]) -> None:
        """Ask about the accounts that were asked about `alone` once more, with each other and those before.

        If their rows are the same, they are answered together from now on.
        """
        ids, way = self._partners(parts, together, way, alone)
        compared = {id_: alone[id_] for id_ in ids if id_ in alone}
        if not compared or (not together and len(compared) < 2):  # noqa: PLR2004  one alone is not several
            return
        try:
            difference = self._difference(parts, ids, way, compared)
        except NotAsDocumented as failure:
            difference = failure.message
        except (TransientFailure, AuthorisationFailure):
            return
        except TooLarge:
            self._apart.update(compared)
            return
        except Failure as failure:
            self._refuse(ids, failure)
            return
        if difference:
            self._proofs.disprove(f"{self._report.name}: {difference}")
        else:
            rows = sum(fingerprints.number for fingerprints in compared.values())
            claims = frozenset().union(*(self._report.claims(parts[id_].question) for id_ in compared))
            self._answered |= set(compared)
            self._proofs.prove(claims, f"{self._report.name}, {rows} rows of {len(compared)} ad accounts")

    def _partners(
        self, parts: Parts, together: tuple[str, ...], way: Way, alone: Collection[str]
    ) -> tuple[tuple[str, ...], Way]:
        """Return those `together` and those of the others who are asked in the same way, and the way."""
        able = [part.question for id_, part in parts.items() if id_ in alone and self._may_join(part.question)]
        ids, way = (together, way) if together else self._alike(able)
        more = [question.advertiser.advertiser_id for question in able if self._report.way(question) == way]
        return tuple(id_ for id_ in parts if id_ in ids or id_ in more), way

    def _difference(self, parts: Parts, ids: Sequence[str], way: Way, alone: Mapping[str, Fingerprints]) -> str:
        """Return in what a joint answer differs from those `alone`, nothing if it doesn't."""
        joint = {id_: Fingerprints(self._report.page_size) for id_ in ids}
        for page in asked_together(self._report, {id_: parts[id_].afresh() for id_ in ids}, way):
            joint[page.advertiser_id].add(page.records)
        for id_, before in alone.items():
            if joint[id_].equals(before):
                continue
            after = Fingerprints(self._report.page_size)
            for page in self._report.pages(parts[id_].afresh(), None):
                after.add(page.records)
            if not joint[id_].lies_between(before, after):
                return f"{joint[id_].number} rows of ad account {id_} instead of {after.number}, or other figures"
        return ""
