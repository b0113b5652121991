"""Compares what syncs brought with what TikTok holds.

A stream is complete only if every row is there of every account it stands for: all but those that a warning names as
left out, which a fault must have been about. What nothing was wrong with is complete.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from integration_tests.harness.output import Json, Run
from integration_tests.soak.lasting import Drawn
from integration_tests.soak.truth import Held, Truth, different, grouped

_SKIPPED = re.compile(r"Stream (\S+) skips advertiser (\d+)\.")
_SKIPPED_BY_ALL = re.compile(r"Advertiser (\d+) is skipped in all streams")
_LEFT_OUT = re.compile(r"(\S+): left out for advertiser (\d+) in this run, .*: ([\w, ]+)\.$")
_CHILD_LEFT_OUT = re.compile(r"Stream (\S+) leaves out what belongs to (\w+)\.")

LOST = "lost"
"""A stream calls itself complete and lacks a row. Nobody would ever know."""
PART = "parts"
"""A stream calls itself complete, tells that it skips an account, and brings some of its rows."""
INVENTED = "invented"
"""A row that TikTok doesn't hold, or another value."""
DOUBLED = "doubled"
"""A row came more than once."""
SPREAD = "spread"
"""A stream or an account suffers from a fault that was not about it."""
DELIVERED = {"spend", "impressions", "clicks", "reach", "likes", "comments", "shares", "follows", "video_watched_2s"}
"""Metrics that stay what they are when conversions are attributed to their day."""


@dataclass(frozen=True)
class Told:
    """What the warnings of a sync say was left out."""

    skipped: frozenset[tuple[str, str]]
    """Streams and accounts."""
    named: frozenset[str]
    """Accounts that were skipped somewhere, or everywhere."""
    metrics: frozenset[tuple[str, str, str]]
    """Streams, accounts and metrics."""
    parents: frozenset[tuple[str, str]]
    """Streams and ids of the objects whose rows were left out."""

    @classmethod
    def by(cls, run: Run) -> "Told":
        """Read the warnings of a sync."""
        warnings = run.logged("WARN")
        skipped = frozenset(pair for told in warnings for pair in _SKIPPED.findall(told))
        everywhere = {account for told in warnings for account in _SKIPPED_BY_ALL.findall(told)}
        return cls(
            skipped=skipped,
            named=frozenset(everywhere | {account for _, account in skipped}),
            metrics=frozenset(
                (stream, account, metric)
                for told in warnings
                for stream, account, metrics in _LEFT_OUT.findall(told)
                for metric in metrics.split(", ")
            ),
            parents=frozenset(pair for told in warnings for pair in _CHILD_LEFT_OUT.findall(told)),
        )


class Ledger:
    """What a destination holds after each sync of a sequence, and what was wrong with them."""

    def __init__(self, truth: Truth, *, is_attributed: bool = True) -> None:
        """Compare with the `truth`; conversions only if they are read again until all are attributed."""
        self._is_attributed = is_attributed
        self.findings: list[tuple[str, str]] = []
        self._truth = truth
        self._rows: dict[str, dict[str, dict[str, list[Json]]]] = {}
        self._lacking: set[tuple[str, str, str]] = set()

    def enter(self, run: Run, streams: Iterable[str], faults: Sequence[Drawn], *, is_cut_off: bool) -> None:
        """Take the rows of a sync over some streams, and hold them against what TikTok holds now."""
        told = Told.by(run)
        for stream in streams:
            held, found = self._truth.held(stream), grouped(run.records(stream), self._truth.keys[stream])
            self.findings += _untrue(stream, held, found, faults)
            self.findings += self._unjustly_lacking(stream, told, faults)
            self._merge(stream, held, found)
            if run.statuses(stream)[-1:] == ["COMPLETE"]:
                self.findings += self._incomplete(stream, held, found, told, faults)
            elif not is_cut_off and not any(drawn.may_fail(stream) for drawn in faults):
                why = next((error["message"] for error in run.errors if error["message"]), "")
                self.findings.append((SPREAD, f"{stream} is not complete: {why:.200}"))

    def _merge(self, stream: str, held: Held, found: Held) -> None:
        """Let the rows replace those with their keys, unless TikTok holds several of a key."""
        for account, by_key in found.items():
            rows = self._rows.setdefault(stream, {}).setdefault(account, {})
            for key, new in by_key.items():
                is_shared = len(held.get(account, {}).get(key, ())) > 1
                rows[key] = different([*rows.get(key, ()), *new]) if is_shared else new

    def _incomplete(
        self, stream: str, held: Held, found: Held, told: Told, faults: Sequence[Drawn]
    ) -> Iterator[tuple[str, str]]:
        """Yield what is missing in a stream that calls itself complete."""
        for account, by_key in held.items():
            rows = self._rows.get(stream, {}).get(account, {})
            missing = [key for key, each in by_key.items() if not self._has(stream, account, rows.get(key, []), each)]
            may_skip = any(drawn.may_skip(stream, account) for drawn in faults)
            if may_skip:
                missing = [key for key in missing if not any((stream, id_) in told.parents for id_ in _ids(key))]
            if not missing:
                continue
            is_withdrawn = any(drawn.cost.withdraws and drawn.aim.account == account for drawn in faults)
            if (stream, account) in told.skipped or (is_withdrawn and account in told.named):
                if not may_skip:
                    yield SPREAD, f"{stream} skips {account}, about which nothing was refused"
                if found.get(account):
                    yield PART, f"{stream} of {account} lacks {len(missing)} of {len(by_key)} rows"
            else:
                yield LOST, f"{stream} of {account} lacks {len(missing)} of {len(by_key)} rows, such as {missing[0]}"

    def _unjustly_lacking(self, stream: str, told: Told, faults: Sequence[Drawn]) -> Iterator[tuple[str, str]]:
        """Take note of metrics that were left out of the rows of a sync; yield those that nothing refused."""
        for name, account, metric in told.metrics:
            if name == stream:
                self._lacking.add((name, account, metric))
                if not any(drawn.may_lack(stream, account, metric) for drawn in faults):
                    yield SPREAD, f"{stream} leaves out {metric} of {account}, which nothing refused"

    def _has(self, stream: str, account: str, rows: list[Json], wanted: list[Json]) -> bool:
        """Whether the `rows` hold all that is `wanted`, less metrics that a warning named."""
        lacking = {metric for name, about, metric in self._lacking if (name, about) == (stream, account)}
        if not self._is_attributed:
            rows, wanted = [_delivered(row) for row in rows], [_delivered(each) for each in wanted]
        return all(any(_is_same(row, each, lacking) for row in rows) for each in wanted)


def _untrue(stream: str, held: Held, found: Held, faults: Sequence[Drawn]) -> Iterator[tuple[str, str]]:
    """Yield what TikTok doesn't hold, and what came too often."""
    for account, by_key in found.items():
        may_lack = {drawn.aim.metric for drawn in faults if drawn.may_lack(stream, account, drawn.aim.metric)}
        invented, doubled = [], []
        for key, rows in by_key.items():
            known = held.get(account, {}).get(key, [])
            if len(different(rows)) < len(rows) or len(rows) > max(len(known), 1):
                doubled.append(key)
            if not all(any(_is_same(row, each, may_lack) for each in known) for row in rows):
                invented.append(key)
        for kind, keys in ((INVENTED, invented), (DOUBLED, doubled)):
            if keys:
                yield kind, f"{stream} of {account}: {len(keys)} of {len(by_key)} keys, such as {keys[0]}"


def _is_same(row: Json, wanted: Json, may_lack: set[str]) -> bool:
    """Whether a row is the one that is wanted, but for metrics that it may lack."""
    if row == wanted:
        return True
    if not may_lack or "metrics" not in row:
        return False
    metrics = {
        name: value for name, value in wanted["metrics"].items() if name not in may_lack or name in row["metrics"]
    }
    return row == {**wanted, "metrics": metrics}


def _delivered(row: Json) -> Json:
    return {**row, "metrics": {name: value for name, value in row["metrics"].items() if name in DELIVERED}}


def _ids(key: str) -> list[str]:
    return re.findall(r"\w+", key)
