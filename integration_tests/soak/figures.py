"""The figures of a seed, and their table."""

import resource
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random

from integration_tests.emulator import Emulator, seeded_world
from integration_tests.harness.accounts import NOW
from integration_tests.soak.crowd import crowd
from integration_tests.soak.ledger import DOUBLED, INVENTED, LOST, PART, SPREAD
from integration_tests.soak.syncs import Soak

MEGABYTE = 1024.0


@dataclass
class Figures:
    """What one seed did."""

    seed: int
    syncs: int
    records: int
    requests: int
    faults: int
    waited: float
    lost: int
    parts: int
    invented: int
    doubled: int
    spread: int
    megabytes: float
    seconds: float
    findings: list[tuple[str, str]]
    storms: list[str]

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong."""
        return not self.findings


def soak(seed: int) -> Figures:
    """Soak one seed: its accounts, what they hold, every fault and every cut follow from it."""
    began = time.monotonic()
    with Emulator(seeded_world(seed), now=NOW) as tiktok, tempfile.TemporaryDirectory() as folder:
        crowd(tiktok, Random(seed))
        syncs = Soak(tiktok, Path(folder), seed)
        syncs.run()
        found = Counter(kind for kind, _ in syncs.findings)
        return Figures(
            seed=seed,
            syncs=syncs.syncs,
            records=syncs.records,
            requests=len(tiktok.log),
            faults=syncs.hits,
            waited=round(syncs.waited),
            lost=found[LOST],
            parts=found[PART],
            invented=found[INVENTED],
            doubled=found[DOUBLED],
            spread=found[SPREAD],
            megabytes=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE),
            seconds=round(time.monotonic() - began, 1),
            findings=syncs.findings,
            storms=syncs.storms,
        )


def table(results: list[Figures]) -> str:
    """The figures, a line a seed, with the totals and the number of silent losses."""
    names = [field.name for field in fields(Figures) if field.name not in ("findings", "storms")]
    most = {"seed", "waited", "megabytes"}
    totals = [
        max(values) if name in most else round(sum(values), 1)
        for name in names
        for values in [[getattr(result, name) for result in results]]
    ]
    rows = [[getattr(result, name) for name in names] for result in results]
    lines = ["  ".join(f"{value!s:>9}" for value in line) for line in (names, *rows, ["all", *totals[1:]])]
    return "\n".join([*lines, f"silent losses: {sum(result.lost for result in results)}"])
