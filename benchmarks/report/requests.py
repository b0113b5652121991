"""The sections on requests."""

from typing import Any

from benchmarks.report.table import OURS_AND_THEIRS, Row, pair, table
from benchmarks.service.worlds import STEP_DAYS, YOUNGEST_DAYS

Json = dict[str, Any]

PARTS = {
    "daily": "daily reports, first sync",
    "daily_resumed": "daily reports, a day later",
    "hourly": "hourly reports, first sync",
}
WHO = ("ours", "theirs")


def report_requests(result: Json) -> str:
    """Return the section on reports of accounts that are as old as the sync."""
    daily, hourly = result["daily"], result["hourly"]
    rows = [row for part, name in PARTS.items() for row in _asked(name, result[part])]
    return (
        f"## Requests of reports\n\n{result['advertisers']} advertisers with {result['ads']} ads in all, created on "
        f"the start date: {daily['start_date']} for the daily reports of ads, ad groups, campaigns and advertisers, "
        f"{hourly['start_date']} for the hourly ones, both read on {daily['now'][:10]}. The daily ones are read again "
        "a day later from the state of the first sync. Both have their own default windows and attribution window.\n\n"
        f"{table(OURS_AND_THEIRS, rows)}\n\n{table(_READ, _read(result))}\n\n"
        f"{table(_ROWS, [_rows(name, result[part]['rows']) for part, name in PARTS.items()])}"
    )


_READ = ("sync", "exit status", "refused", "pages", "metrics", "requests a page", "records", "days", "spend")
_ROWS = ("rows of reports", "read by both", "of these with another spend", "only by ours", "only by theirs")


def _rows(name: str, rows: Json) -> Row:
    return name, *(f"{rows[key]:,d}" for key in ("both", "spend_differs", "only_ours", "only_theirs"))


def _asked(name: str, part: Json) -> list[Row]:
    """Return the requests of a sync, and those to each endpoint."""
    ours, theirs = (part[who]["by_path"] for who in WHO)
    rows = [pair(f"requests, {name}", part["ours"]["requests"], part["theirs"]["requests"], ",d")]
    rows += [pair(f"- `{path}`", ours.get(path, 0), theirs.get(path, 0), ",d") for path in ours | theirs]
    return rows


def _read(result: Json) -> list[Row]:
    """Return what each read."""
    rows: list[Row] = []
    for part, name in PARTS.items():
        rows += [_read_by(f"{who}, {name}", result[part][who]) for who in WHO]
    return rows


def _read_by(name: str, sync: Json) -> Row:
    return (
        name,
        str(sync["status"]),
        _counts(sync["refused"]),
        f"{sync['pages']:,d}",
        str(sync["metrics"]),
        f"{sync['requests_per_page']:.3g}",
        f"{sync['records']:,d}",
        f"{sync['from']} to {sync['to']}",
        f"{sync['spend']:,.2f}",
    )


def requests(result: Json) -> str:
    """Return the section on all streams."""
    first, second = result["first"], result["incremental"]
    rows = [
        pair("requests, first sync", first["ours"], first["theirs"], ",d"),
        *_asked_in_several(result, "first", "requests, first sync"),
        pair("requests, a day later", second["ours"], second["theirs"], ",d"),
        *_asked_in_several(result, "incremental", "requests, a day later"),
        pair("records, first sync, where both were read", first["records"]["ours"], first["records"]["theirs"], ",d"),
        pair("records, a day later", second["records"]["ours"], second["records"]["theirs"], ",d"),
    ]
    measured = "; ".join(f"{name}: {number:,d}" for name, number in first["measured"].items())
    fewer = {**first["fewer"], **second["fewer"]}
    accounts = result["advertisers"]
    less = ", ".join(f"{name} ({ours} to {theirs})" for name, (ours, theirs) in fewer.items()) or "none"
    return (
        f"## Requests of all streams\n\nThe {result['streams']} streams that both have, {accounts} advertisers of "
        f"{_ages(accounts)} days, default `start_date`.\n\n{table(OURS_AND_THEIRS, rows)}\n\n"
        f"Their first sync is worked out from what was measured ({measured}): windows of one advertiser times "
        f"{accounts}, of one hourly stream times the number of them. Their later sync goes on from one that began ten "
        f"days earlier. Streams of which ours has fewer records: {less}.\n\n{_in_several(result)}"
        f"{outcomes(result['syncs'])}\n\n{failures(result['syncs'])}"
    ).rstrip()


def _ages(advertisers: int) -> str:
    return f"{YOUNGEST_DAYS} to {YOUNGEST_DAYS + STEP_DAYS * (advertisers - 1)}"


def _asked_in_several(result: Json, part: str, name: str) -> list[Row]:
    """Return the requests of ours with several accounts in each, if they were counted."""
    if (several := result.get("several")) is None:
        return []
    at_once = f"{name}, ours with {several['accounts_per_request']} accounts a request"
    return [pair(at_once, several[part]["requests"], result[part]["theirs"], ",d")]


def _in_several(result: Json) -> str:
    """Compare the records that ours reads with several accounts in a request with those it reads of each alone."""
    if (several := result.get("several")) is None:
        return ""
    parts = {"first": "first sync", "incremental": "a day later"}
    rows = [
        (
            name,
            f"{part['records_alone']:,d}",
            f"{part['records']:,d}",
            ", ".join(f"`{stream}` ({one} to {other})" for stream, (one, other) in part["unlike"].items()) or "none",
            f"{part['about_several']:,d}",
            str(part["outcome"]["status"]),
        )
        for part, name in ((several[key], name) for key, name in parts.items())
    ]
    compared = table(
        (
            "records of ours",
            "1 account a request",
            f"{several['accounts_per_request']} accounts a request",
            "streams with other records",
            "requests about several",
            "exit status",
        ),
        rows,
    )
    return f"{compared}\n\n"


def outcomes(syncs: Json) -> str:
    """Say whether the syncs that were counted did their work: one that fails asks less."""
    rows = [(name, str(sync["status"]), _counts(sync["refusals"])) for name, sync in syncs.items()]
    return table(("sync", "exit status", "refused requests"), rows)


def failures(syncs: Json) -> str:
    """Return the streams that failed, each with the beginning of its first error."""
    rows = [
        (name, f"`{stream}`" if stream else "the whole sync", f"{failure['count']:,d}", _cell(failure["message"]))
        for name, sync in syncs.items()
        for stream, failure in sync["failures"].items()
    ]
    return table(("sync", "stream that failed", "errors", "the first of them"), rows) if rows else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _counts(counted: Json) -> str:
    return ", ".join(f"{number} x {what}" for what, number in counted.items()) or "-"
