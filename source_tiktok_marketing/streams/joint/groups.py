"""Who is asked together: accounts that end on the same day and begin at the same place, window by window."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import islice
from typing import Protocol

from source_tiktok_marketing.engine.cost import Cost
from source_tiktok_marketing.engine.cursor import PlannedWindow
from source_tiktok_marketing.engine.stream import Slice, interleaved
from source_tiktok_marketing.streams.advertisers import Advertiser
from source_tiktok_marketing.streams.joint.answers import SeveralAccountsReport
from source_tiktok_marketing.streams.joint.reader import JointReader, Part
from source_tiktok_marketing.streams.reports.question import Question
from source_tiktok_marketing.streams.windows import Window, WindowPlan

_REQUESTS = 5
"""Of a slice with as many accounts as it can have, which all begin at the same place: of these, those that delivered
are asked about together."""


class WindowedReport(SeveralAccountsReport, Protocol):
    """A report whose windows can be those of several accounts."""

    plan: WindowPlan

    def windows(self, advertiser: Advertiser, seam: date | None = None) -> Iterator[Window | None]:
        """Yield the account's windows in order of time, along the seam; None is a question without dates."""

    def settled(self, advertiser: Advertiser) -> Window | None:
        """Return the days of which some may be left out, to be asked before any window is planned; None: all count."""

    def cost(self, advertiser: Advertiser) -> Cost:
        """Count what the account costs alone."""

    def planned(self, advertiser: Advertiser, window: Window | None) -> PlannedWindow | None:
        """Announce a window of the account; None if there is no cursor that follows."""


def joint_slices(report: WindowedReport, advertisers: Sequence[Advertiser], size: int) -> Iterator[Slice]:
    """Plan slices of several accounts, up to `size` of them in each request; a group's slices are in order of time.

    Each is planned when the one before is taken, so that a proof is tried only if there is a slice that it can serve.
    """
    reader = JointReader(report, size)
    waiting: Slice | None = None
    for planned in interleaved(
        _slices_of(report, reader, group, size) for group in _groups(report.plan, advertisers, size)
    ):
        if waiting is not None:
            yield waiting
        waiting = planned
    if waiting is not None:
        yield waiting


def joint_costs(report: WindowedReport, advertisers: Sequence[Advertiser], size: int) -> Iterator[Cost]:
    """Yield what each account costs alone, since nobody knows yet what will be answered together.

    The slices of a group are about those of the account with most windows, and count for it.
    """
    for group in _groups(report.plan, advertisers, size):
        costs = [report.cost(advertiser) for advertiser in group]
        longest = max(costs, key=lambda cost: cost.slices)
        yield from (cost if cost is longest else replace(cost, slices=0) for cost in costs)


def _groups(plan: WindowPlan, advertisers: Sequence[Advertiser], size: int) -> Iterator[Sequence[Advertiser]]:
    """Yield groups of accounts that have as many windows in common as possible.

    An account without a known time zone is a group of its own: nobody knows which days it has in common with others.
    """
    zoned = [advertiser for advertiser in advertisers if advertiser.zone is not None]
    places = {advertiser.advertiser_id: (plan.last_day(advertiser), plan.start(advertiser)) for advertiser in zoned}
    group: list[Advertiser] = []
    for advertiser in sorted(zoned, key=lambda advertiser: places[advertiser.advertiser_id]):
        is_alike = not group or places[advertiser.advertiser_id] == places[group[0].advertiser_id]
        if len(group) >= (_REQUESTS * size if is_alike else size):
            yield group
            group = []
        group.append(advertiser)
    if group:
        yield group
    for advertiser in advertisers:
        if advertiser.zone is None:
            yield [advertiser]


def _slices_of(report: WindowedReport, reader: JointReader, group: Sequence[Advertiser], size: int) -> Iterator[Slice]:
    """Yield a slice for each window, with the accounts that have it."""
    by_id = {advertiser.advertiser_id: advertiser for advertiser in group}
    settled = {id_: report.settled(advertiser) for id_, advertiser in by_id.items()}
    seam = max(map(report.plan.start, group)) if len(group) > 1 else None
    for window, ids in in_common({id_: report.windows(advertiser, seam) for id_, advertiser in by_id.items()}):
        parts = [
            Part(Question(by_id[id_], window=window), report.planned(by_id[id_], window), settled[id_]) for id_ in ids
        ]
        if len(parts) > 1:
            report.context.proofs.plan(report.shape, -(-len(parts) // size))
        read = partial(reader.read, parts)
        yield Slice("", read, tuple(ids)) if len(ids) > 1 else Slice(ids[0], read)


def in_common(
    windows: Mapping[str, Iterator[Window | None]],
) -> Iterator[tuple[Window | None, list[str]]]:
    """Yield each window once, in order of time, and who has it; each of `windows` is in order of time itself."""
    rest = {id_: iter(own) for id_, own in windows.items()}
    heads = {id_: head for id_, own in rest.items() for head in islice(own, 1)}
    while heads:
        earliest = min(heads.values(), key=lambda window: (window is not None, window))
        ids = [id_ for id_ in rest if id_ in heads and heads[id_] == earliest]
        yield earliest, ids
        for id_ in ids:
            del heads[id_]
            heads.update((id_, head) for head in islice(rest[id_], 1))
