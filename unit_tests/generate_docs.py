"""Writes the parts of the documentation that follow from the code: `make docs`.

A generated part stands between two markers; everything around it is written by hand.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from pydantic import AliasChoices

from source_tiktok_marketing.api.errors import POLICY, Action
from source_tiktok_marketing.catalog.metrics import metrics_of, requests_of
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.config import Config, read_config
from source_tiktok_marketing.credentials import OAuth
from source_tiktok_marketing.streams.directory import INFO_PATH, LISTING_PATH, MOST_IDS
from source_tiktok_marketing.streams.offer import Offer, offers
from source_tiktok_marketing.streams.reports import PATH as REPORT_PATH
from unit_tests.generate.specification import form

Json = dict[str, Any]

ROOT = Path(__file__).parent.parent
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def code(text: object) -> str:
    """`text` as code."""
    return f"`{text}`"


def config_table() -> str:
    """Every setting of the specification."""
    properties: Mapping[str, Json] = form()["properties"]
    rows = []
    for name, setting in sorted(properties.items(), key=lambda item: item[1]["order"]):
        for kind in setting.get("oneOf", ()):
            for inner, field in kind["properties"].items():
                need = "required" if inner in kind["required"] else default(field)
                rows.append((code(f"{name}.{inner}"), accepted(field), need, meaning(field, kind["title"])))
                rows.extend(
                    (code(f"{name}.{alias}"), accepted(field), "", f"Another name of {code(inner)}.")
                    for alias in aliases(inner)
                )
        if "oneOf" not in setting:
            rows.append((code(name), accepted(setting), default(setting), meaning(setting, "")))
    return table(("setting", "accepted", "default", "meaning"), rows)


def meaning(setting: Json, kind: str) -> str:
    """What a setting does; the constant that tells kinds of credentials apart says which it is."""
    return str(setting.get("description", f"{kind}: the settings that follow belong to it."))


def aliases(name: str) -> list[str]:
    """Other names under which a setting of the credentials is read."""
    field = OAuth.model_fields.get(name)
    choices = field.validation_alias if field else None
    return [str(choice) for choice in choices.choices if choice != name] if isinstance(choices, AliasChoices) else []


def accepted(setting: Json) -> str:
    """What can be written for a setting."""
    if "const" in setting:
        return code(setting["const"])
    if "enum" in setting:
        return ", ".join(map(code, setting["enum"]))
    if "minimum" in setting:
        return f"{setting['minimum']} to {setting['maximum']}"
    kind: str = setting.get("format") or setting["type"]
    return {"string": "text", "boolean": "true or false", "array": "list"}.get(kind, kind)


def default(setting: Json) -> str:
    """What holds when the setting is absent."""
    value = setting.get("default")
    return "" if value is None else code(str(value).lower() if isinstance(value, bool) else value)


def catalogue(*, sandbox: bool = False) -> Mapping[str, Offer]:
    """The streams of a plain configuration."""
    kind = "sandbox_access_token" if sandbox else "oauth2.0"
    credentials = {"auth_type": kind, "access_token": "token", "advertiser_id": "1"}
    config: Config = read_config({"credentials": credentials}, {}, datetime.now(UTC))
    return offers(config)


def stream_table() -> str:
    """Every stream."""
    sandbox = catalogue(sandbox=True)
    rows = [
        (
            code(name),
            ", ".join(map(code, offer.primary_key)),
            code(offer.cursor_field) if offer.cursor_field else "",
            ", ".join(offer.describe()["supported_sync_modes"]),
            "production, sandbox" if name in sandbox else "production",
            code(endpoint(offer)),
            requests_a_sync(offer),
        )
        for name, offer in catalogue().items()
    ]
    return table(("stream", "key", "cursor", "modes", "environment", "endpoint", "requests a sync"), rows)


def endpoint(offer: Offer) -> str:
    """Where the stream is read."""
    return REPORT_PATH if isinstance(offer.row, Report) else offer.row.path


def requests_a_sync(offer: Offer) -> str:
    """What a whole reading costs, from the facts of the row."""
    row = offer.row
    grain = getattr(row, "grain", None)
    if grain is None:
        return requests_of_a_list(offer)
    count = len(requests_of(tuple(m.name for m in metrics_of(row)))) if isinstance(row, Report) else 1
    target = "account" if isinstance(row, Report) else "store"
    if grain.widest_window is None:
        return f"{count} an {target}"
    days = "day" if grain.widest_window == 1 else f"{grain.widest_window} days"
    return f"{count} for each {days} of each {target}"


def requests_of_a_list(offer: Offer) -> str:
    """What reading a list endpoint costs."""
    row: Any = offer.row
    shared = {LISTING_PATH: "1", INFO_PATH: f"1 for {MOST_IDS} accounts"}
    if row.path in shared:
        return f"{shared[row.path]}, shared by all streams"
    sweeps = sum(not (sweep.only_resumed or sweep.only_ids) for sweep in row.sweeps)
    parent, grid = getattr(row, "parent", None), getattr(row, "grid", None)
    if getattr(row, "same_for_all", False):
        return "1"
    if parent is not None:
        return f"1 for {parent.at_once} {parent.stream}"
    if grid is not None:
        return f"at most {len(grid.outer_values) * len(grid.inner_values)} an account"
    whole = f"{sweeps} an account"
    return f"{whole}, more beyond {row.page_size:,} objects" if row.page_size else whole


def family_table() -> str:
    """All streams by what they are about."""
    families: dict[str, list[str]] = {}
    for name, offer in catalogue().items():
        row = offer.row
        if isinstance(row, Report):
            by = ", ".join(
                dimension.removesuffix("_code").removesuffix("_id") for dimension in row.breakdown.dimensions
            )
            family = f"reports by {by}" if by else "reports"
        else:
            family = "GMV Max reports" if hasattr(row, "grain") else "lists"
        families.setdefault(family, []).append(code(name))
    return table(("what", "streams"), [(family, ", ".join(names)) for family, names in families.items()])


def error_table() -> str:
    """What happens at each return code."""
    rows = [
        (str(row.code), row.meaning, row.action.value, row.advice)
        for row in sorted(POLICY.values(), key=lambda row: row.code)
        if row.action is not Action.ACCEPT
    ]
    return table(("code", "TikTok's meaning", "what the connector does", "what you can do"), rows)


def speed_table() -> str:
    """The figures of the last benchmark that matter most."""
    results: Json = orjson.loads((ROOT / "benchmarks" / "results.json").read_bytes())
    throughput, requests, latency = (results[name] for name in ("throughput", "requests", "latency"))
    pairs = [
        ("records a second", *both(throughput, "records_per_second"), ",.0f"),
        ("processor time a record, µs", *both(throughput, "cpu_us_per_record"), ",.0f"),
        (
            "requests of a first sync of all shared streams",
            requests["first"]["ours"],
            requests["first"]["theirs"],
            ",d",
        ),
        ("requests a day later", requests["incremental"]["ours"], requests["incremental"]["theirs"], ",d"),
        (
            "requests a second where 10 are granted and a reply takes 300 ms",
            *both(latency, "requests_per_second"),
            ".1f",
        ),
        *(
            (f"seconds for `{command}`", *(results["startup"][who][command]["wall"] for who in WHO), ".1f")
            for command in ("spec", "check", "discover")
        ),
    ]
    return table(
        ("", "this connector", "Airbyte's 4.7.0", "ratio"),
        [(what, format(ours, form), format(theirs, form), ratio(ours, theirs)) for what, ours, theirs, form in pairs],
    )


WHO = ("ours", "theirs")


def both(result: Json, figure: str) -> tuple[float, float]:
    """A figure of ours and of theirs."""
    return result["ours"][figure], result["theirs"][figure]


def ratio(ours: float, theirs: float) -> str:
    """How ours relates to theirs, as people say it."""
    return f"{ours / theirs:.3g} times" if ours >= theirs else f"1/{theirs / ours:.3g}"


PARTS = {
    Path("README.md"): {"config": config_table, "families": family_table, "speed": speed_table},
    Path("docs/streams.md"): {"streams": stream_table},
    Path("docs/errors.md"): {"errors": error_table},
}


def renewed(path: Path) -> str:
    """The text of a document with its generated parts made anew."""
    parts = PARTS[path]
    text = (ROOT / path).read_text(encoding="utf-8")
    found = [name for _, name, _ in PART.findall(text)]
    if sorted(found) != sorted(parts):
        raise ValueError(f"{path} has places for {found}, and there are {sorted(parts)}")
    return PART.sub(lambda match: f"{match[1]}{parts[match[2]]()}{match[3]}", text)


def main() -> None:
    """Renew all documents."""
    for path in PARTS:
        (ROOT / path).write_text(renewed(path), encoding="utf-8")


if __name__ == "__main__":
    main()
