"""The results as a picture: for each measure a pair of bars, the longer one filling the width."""

from typing import Any
from xml.sax.saxutils import escape

from benchmarks.report.requests import PARTS

Json = dict[str, Any]

_WIDTH, _LABEL, _BAR, _LINE, _GROUP = 760, 300, 300, 18, 56
_COLOURS = {"ours": "#0f766e", "theirs": "#9ca3af"}


def picture(results: Json) -> str:
    """Return an SVG of what was measured."""
    groups = _groups(results)
    height = 40 + _GROUP * len(groups)
    body = "".join(_group(place, *group) for place, group in enumerate(groups))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="13">'
        f'<rect width="100%" height="100%" fill="white"/>{_legend()}{body}</svg>\n'
    )


def _groups(results: Json) -> list[tuple[str, float, float]]:
    groups: list[tuple[str, float, float]] = []
    if job := results.get("throughput"):
        names = {"records_per_second": "records a second (more is better)", "cpu_us_per_record": "CPU µs a record"}
        groups += [(name, job["ours"][key], job["theirs"][key]) for key, name in names.items()]
    if job := results.get("report_requests"):
        groups += [
            (f"requests, {name}", job[part]["ours"]["requests"], job[part]["theirs"]["requests"])
            for part, name in PARTS.items()
        ]
    if job := results.get("requests"):
        names = {"first": "requests, all streams, first sync", "incremental": "requests, all streams, a day later"}
        groups += [(name, job[key]["ours"], job[key]["theirs"]) for key, name in names.items()]
    if job := results.get("daily"):
        groups.append(
            ("daily job, seconds at 10 requests a second", job["all"]["ours"]["wall"], job["all"]["theirs"]["wall"])
        )
    if job := results.get("startup"):
        groups += [(f"{name}, CPU s", job["ours"][name]["cpu"], job["theirs"][name]["cpu"]) for name in job["ours"]]
    return groups


def _legend() -> str:
    return "".join(
        f'<rect x="{_LABEL + 90 * place}" y="10" width="12" height="12" fill="{colour}"/>'
        f'<text x="{_LABEL + 18 + 90 * place}" y="21">{name}</text>'
        for place, (name, colour) in enumerate(_COLOURS.items())
    )


def _group(place: int, name: str, ours: float, theirs: float) -> str:
    top = 40 + place * _GROUP
    bars = ""
    for line, (who, value) in enumerate((("ours", ours), ("theirs", theirs))):
        width, y = max(_BAR * value / max(ours, theirs), 1), top + line * (_LINE + 2)
        bars += f'<rect x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_LINE}" fill="{_COLOURS[who]}"/>'
        bars += f'<text x="{_LABEL + width + 6:.1f}" y="{y + 14}">{_figure(value)}</text>'
    return f'<text x="{_LABEL - 12}" y="{top + 24}" text-anchor="end">{escape(name)}</text>{bars}'


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004  three digits
