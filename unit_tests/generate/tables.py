"""The tables of the documentation that follow from the catalogue, the error policy and the last benchmark."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from source_tiktok_marketing.api.errors import POLICY, Action
from source_tiktok_marketing.catalog.metrics import metrics_of, requests_of
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.config import read_config
from source_tiktok_marketing.streams.directory import INFO_PATH, LISTING_PATH, MOST_IDS
from source_tiktok_marketing.streams.offer import Offer, offers
from source_tiktok_marketing.streams.reports import PATH as REPORT_PATH
from unit_tests.generate.catalog import production, sandbox
from unit_tests.generate.markdown import code, table

Json = dict[str, Any]

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results.json"


def catalogue(raw_config: Json) -> Mapping[str, Offer]:
    """Return the streams that a configuration can read."""
    return offers(read_config(raw_config, {}, datetime.now(UTC)))


def stream_table() -> str:
    """Return a row for every stream."""
    in_sandbox = catalogue(sandbox())
    rows = [
        (
            code(name),
            ", ".join(map(code, offer.primary_key)),
            code(offer.cursor_field) if offer.cursor_field else "",
            ", ".join(offer.describe()["supported_sync_modes"]),
            "production, sandbox" if name in in_sandbox else "production",
            code(endpoint(offer)),
            requests_a_sync(offer),
        )
        for name, offer in catalogue(production()).items()
    ]
    return table(("stream", "key", "cursor", "modes", "environment", "endpoint", "requests a sync"), rows)


def endpoint(offer: Offer) -> str:
    """Return where the stream is read."""
    return REPORT_PATH if isinstance(offer.row, Report) else offer.row.path


def requests_a_sync(offer: Offer) -> str:
    """Return what a first sync costs, from the facts of the row."""
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
    """Return what reading a list endpoint costs."""
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
    """Return all streams by what they are about."""
    families: dict[str, list[str]] = {}
    for name, offer in catalogue(production()).items():
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
    """Return what happens at each return code."""
    rows = [
        (str(row.code), row.meaning, row.action.value, row.advice)
        for row in sorted(POLICY.values(), key=lambda row: row.code)
        if row.action is not Action.ACCEPT
    ]
    return table(("code", "TikTok's meaning", "what the connector does", "what you can do"), rows)


def speed_table() -> str:
    """Return the figures of the last benchmark that matter most."""
    results: Json = orjson.loads(RESULTS.read_bytes())
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
    """Return a figure of ours and of theirs."""
    return result["ours"][figure], result["theirs"][figure]


def ratio(ours: float, theirs: float) -> str:
    """Return how ours relates to theirs, as people say it."""
    return f"{ours / theirs:.3g} times" if ours >= theirs else f"1/{theirs / ours:.3g}"
