"""The tables of the documentation that follow from the catalogue, the error policy and the last benchmark."""

from pathlib import Path
from typing import Any

import orjson

from source_tiktok_marketing.api.return_codes import POLICY, Action
from source_tiktok_marketing.catalog.creatives import CreativeReport, SmartPlusCreativeReport
from source_tiktok_marketing.catalog.endpoints import (
    ADVERTISER_INFO_PATH,
    ADVERTISERS_PATH,
    ChildList,
    CombinationList,
    ListEndpoint,
)
from source_tiktok_marketing.catalog.gmv_max import GmvMaxLevel, GmvMaxReport
from source_tiktok_marketing.catalog.metrics import CORE
from source_tiktok_marketing.catalog.reports import Report
from source_tiktok_marketing.catalog.streams import Row, available_streams, described
from source_tiktok_marketing.streams.advertisers import MOST_IDS
from unit_tests.generate.markdown import code, table

Json = dict[str, Any]

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results.json"


def stream_table() -> str:
    """Return a row for every stream."""
    in_sandbox = available_streams(is_sandbox=True)
    rows = [
        (
            code(name),
            ", ".join(map(code, row.primary_key)),
            code(row.cursor_field) if row.cursor_field else "",
            ", ".join(described(row)["supported_sync_modes"]),
            "production, sandbox" if name in in_sandbox else "production",
            code(row.path),
            requests_a_sync(row),
        )
        for name, row in available_streams().items()
    ]
    return table(("stream", "key", "cursor", "modes", "environment", "endpoint", "requests a sync"), rows)


def requests_a_sync(row: Row) -> str:
    """Return what a first sync costs, from the facts of the row."""
    if isinstance(row, ListEndpoint):
        return requests_of_a_list(row)
    target = "store" if isinstance(row, GmvMaxReport) else "account"
    days = row.grain.widest_window if isinstance(row, Report | GmvMaxReport | SmartPlusCreativeReport) else None
    more = f", more beyond {row.page_size} rows" if isinstance(row, SmartPlusCreativeReport) else ""
    if days is None:
        if isinstance(row, GmvMaxReport):
            return gmv_max_requests(row.level, "a store")
        return f"1 an {target}{more}"
    span = f"for each {'day' if days == 1 else f'{days} days'} of each {target}"
    if isinstance(row, GmvMaxReport):
        return gmv_max_requests(row.level, span)
    return f"1 {span}{more}"


def gmv_max_requests(level: GmvMaxLevel, span: str) -> str:
    """Return what reading a GMV Max report costs for a span, with the look-ups of its ids."""
    looked_up = levels_looked_up(level)
    if level.is_asked_alone:
        return f"{looked_up} {span}, and 1 for each of its {'products' if looked_up > 1 else 'campaigns'}"
    return f"{1 + looked_up} {span}" + (", more beyond 100 campaigns or products" if looked_up else "")


def levels_looked_up(level: GmvMaxLevel) -> int:
    """Return how many coarser levels are asked for ids first."""
    return 0 if level.of_each is None else 1 + levels_looked_up(level.of_each)


def requests_of_a_list(endpoint: ListEndpoint) -> str:
    """Return what reading a list endpoint costs."""
    shared = {ADVERTISERS_PATH: "1", ADVERTISER_INFO_PATH: f"1 for {MOST_IDS} accounts"}
    if endpoint.path in shared:
        return f"{shared[endpoint.path]}, shared by all streams"
    if endpoint.same_for_all:
        return "1"
    match endpoint:
        case ChildList():
            return f"1 for {endpoint.parents_per_request} {endpoint.parent}"
        case CombinationList():
            return f"at most {len(endpoint.outer_values) * len(endpoint.inner_values)} an account"
    first = [sweep for sweep in endpoint.sweeps if not (sweep.finds_unmodified or sweep.is_for_ids_only)]
    sweeps = sum(len(sweep.apart) or 1 for sweep in first)
    whole = f"{sweeps} an account"
    return f"{whole}, more beyond {endpoint.page_size:,} objects" if endpoint.page_size else whole


def family_table() -> str:
    """Return all streams by what they are about."""
    families: dict[str, list[str]] = {}
    for name, row in available_streams().items():
        families.setdefault(family_of(row), []).append(code(name))
    return table(("what", "streams"), [(family, ", ".join(names)) for family, names in families.items()])


def family_of(row: Row) -> str:
    """Return what a stream is about."""
    if isinstance(row, SmartPlusCreativeReport | CreativeReport):
        return "reports of creatives"
    if not isinstance(row, Report):
        return "GMV Max reports" if isinstance(row, GmvMaxReport) else "lists"
    if row.metric_set is not CORE:
        return f"reports of {row.metric_set.infix.strip('_')} metrics"
    by = row.breakdown.suffix.removeprefix("_by_").replace("_", " ") or ", ".join(row.breakdown.dimensions)
    return f"reports by {by}" if by else "reports"


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
        *in_several(requests, "first"),
        ("requests a day later", requests["incremental"]["ours"], requests["incremental"]["theirs"], ",d"),
        *in_several(requests, "incremental"),
        *(
            (f"seconds for the sync of another day of {what}", *both(results["daily"][part], "wall"), ",.0f")
            for part, what in DAILY.items()
        ),
        *(
            (f"requests for {what}", *both(results["report_requests"][part], "requests"), ",d")
            for part, what in REPORT_REQUESTS.items()
        ),
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
DAILY = {
    "all": "all shared streams, where 10 requests a second are granted and a reply takes 300 ms",
    "finished": "those of them that 4.7.0 finishes",
}
REPORT_REQUESTS = {
    "daily": "daily reports of 13 months, of accounts that are as old",
    "daily_resumed": "the same a day later",
    "hourly": "hourly reports of 14 days, of accounts that are as old",
}


def in_several(requests: Json, part: str) -> list[tuple[str, float, float, str]]:
    """Return the requests with several ad accounts in each, if they were counted."""
    if (several := requests.get("several")) is None:
        return []
    what = f"- with `accounts_per_request` {several['accounts_per_request']}"
    return [(what, several[part]["requests"], requests[part]["theirs"], ",d")]


def both(result: Json, figure: str) -> tuple[float, float]:
    """Return a figure of ours and of theirs."""
    return result["ours"][figure], result["theirs"][figure]


def ratio(ours: float, theirs: float) -> str:
    """Return how ours relates to theirs, as people say it."""
    return f"{ours / theirs:.3g} times" if ours >= theirs else f"1/{theirs / ours:.3g}"
