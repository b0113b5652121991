"""The endpoints as rows: path, parameters, limits and where the data comes from."""

from collections.abc import Callable
from typing import Any

from integration_tests.emulator import account_lists, gmv_report, pixels, report_endpoint, report_query
from integration_tests.emulator.account_lists import EntityList
from integration_tests.emulator.backend import PAGING, Backend, Endpoint, Reply, Row
from integration_tests.emulator.facts import LISTS
from integration_tests.emulator.listing import Listing
from integration_tests.emulator.params import IDS, OBJECT, TEXT
from integration_tests.emulator.smart_plus import SOURCES

_ENTITIES = {
    "advertiser_id": TEXT,
    "fields": IDS,
    "exclude_field_types_in_response": IDS,
    "filtering": OBJECT,
} | PAGING


def _entities(level: str) -> Endpoint:
    answer = EntityList(level)
    return Endpoint(f"{level}/get/", _ENTITIES, answer, ("advertiser_id",), sandbox=True, rows=answer.rows)


def _whole(
    path: str, params: dict[str, str], required: tuple[str, ...], rows: Callable[[Backend, dict[str, Any]], list[Row]]
) -> Endpoint:
    """Return an endpoint that answers all of its rows at once."""
    return Endpoint(path, params, lambda backend, typed: Reply({"list": rows(backend, typed)}), required, rows=rows)


def _listing(path: str) -> Endpoint:
    facts = LISTS[path]
    listing = Listing(
        path, SOURCES.get(path) or pixels.SOURCES.get(path) or gmv_report.SOURCES.get(path), gmv_report.BESIDE.get(path)
    )
    return Endpoint(
        path,
        facts.kinds,
        listing,
        facts.required,
        sandbox=facts.sandbox,
        listed=facts.listed,
        rows=listing.rows,
    )


ENDPOINTS = {
    endpoint.path: endpoint
    for endpoint in (
        _whole(
            "oauth2/advertiser/get/",
            {"app_id": TEXT, "secret": TEXT},
            ("app_id", "secret"),
            account_lists.granted_advertisers,
        ),
        _whole(
            "advertiser/info/",
            {"advertiser_ids": IDS, "fields": IDS},
            ("advertiser_ids",),
            account_lists.advertiser_info,
        ),
        *map(_entities, ("campaign", "adgroup", "ad")),
        Endpoint(
            report_endpoint.PATH,
            report_query.PARAMS,
            report_endpoint.integrated_report,
            sandbox=True,
            rows=report_endpoint.report_rows,
        ),
        *map(_listing, LISTS),
    )
}
