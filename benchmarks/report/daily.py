"""The section on the daily job."""

from typing import Any

from benchmarks.report.requests import WHO, failures, outcomes
from benchmarks.report.table import OURS_AND_THEIRS, Row, pair, table

Json = dict[str, Any]

PARTS = {"all": "all shared streams", "finished": "those that theirs finishes"}


def daily(result: Json) -> str:
    """Return the section on the sync of another day."""
    rows = [row for part, name in PARTS.items() for row in _rows(name, result[part])]
    ours, theirs = (result["all"][who]["by_path"] for who in WHO)
    asked = [pair(f"`{path}`", ours.get(path, 0), theirs.get(path, 0), ",d") for path in ours | theirs]
    syncs = {f"{who}, {name}": result[part][who]["outcome"] for part, name in PARTS.items() for who in WHO}
    conditions = f"{result['seconds_a_reply'] * 1000:.0f} ms a reply, {result['tier'].title()} tier"
    header = ("requests, all shared streams", *OURS_AND_THEIRS[1:])
    return (
        f"## Daily job\n\nThe sync of another day of {result['advertisers']} advertisers, on from a first sync of the "
        f"last ten days. {conditions} ({result['granted']} a second). "
        f"Once with the {result['all']['streams']} streams that both have, and once with the "
        f"{result['finished']['streams']} of them that theirs finishes.\n\n{table(OURS_AND_THEIRS, rows)}\n\n"
        f"{table(header, asked)}\n\n{outcomes(syncs)}\n\n{failures(syncs)}"
    ).rstrip()


def _rows(name: str, part: Json) -> list[Row]:
    forms = {"requests": ",d", "requests_per_second": ".2f", "records": ",d"}
    ours, theirs = (part[who] for who in WHO)
    return [pair(f"wall seconds, {name}", ours["wall"], theirs["wall"], ",.0f")] + [
        pair(f"- {key.replace('_', ' ')}", ours[key], theirs[key], form) for key, form in forms.items()
    ]
