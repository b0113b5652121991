"""The endpoints as rows: path, parameters, limits and where the data comes from."""

from collections.abc import Callable, Iterator
from typing import Any

from integration_tests.emulator.api.backend import PAGING, Backend, Endpoint, Reply, Row
from integration_tests.emulator.api.params import IDS, OBJECT, TEXT
from integration_tests.emulator.creatives import report as creatives
from integration_tests.emulator.creatives import smart_plus as smart_plus_creatives
from integration_tests.emulator.data.facts import LISTS
from integration_tests.emulator.gmv_max import report as gmv_max
from integration_tests.emulator.lists import pixels, smart_plus
from integration_tests.emulator.lists.account_structure import EntityList, advertiser_info, granted_advertisers
from integration_tests.emulator.lists.listing import Listing, Source
from integration_tests.emulator.reports import endpoint, query, tasks
from integration_tests.emulator.reports.engine import Reports
from integration_tests.emulator.reports.tasks import Tasks

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


_SOURCES: dict[str, Source] = {
    **smart_plus.SOURCES,
    **pixels.SOURCES,
    **gmv_max.SOURCES,
    **smart_plus_creatives.SOURCES,
    **creatives.SOURCES,
}


def _listing(path: str) -> Endpoint:
    facts, listing = LISTS[path], Listing(path, _SOURCES.get(path), gmv_max.BESIDE.get(path))
    return Endpoint(
        path,
        facts.kinds,
        listing,
        facts.required,
        sandbox=facts.sandbox,
        listed=facts.listed,
        rows=listing.rows,
    )


def _integrated_report(reports: Reports) -> Endpoint:
    answer = endpoint.IntegratedReport(reports)
    return Endpoint(endpoint.PATH, query.PARAMS, answer, sandbox=True, rows=answer.rows)


def _task_endpoints(answers: Tasks) -> Iterator[Endpoint]:
    about = {"advertiser_id": TEXT, "task_id": TEXT}
    required = ("advertiser_id", "report_type", "dimensions")
    yield Endpoint(tasks.CREATE, tasks.PARAMS, answers.create, required, "POST", lasting=False)
    yield Endpoint(tasks.CHECK, about, answers.check, tuple(about), lasting=False)
    yield Endpoint(tasks.DOWNLOAD, about, answers.download, tuple(about), lasting=False)
    yield Endpoint(tasks.CANCEL, about, answers.cancel, tuple(about), "POST", lasting=False)


def endpoints(reports: Reports, report_tasks: Tasks) -> dict[str, Endpoint]:
    """Return every endpoint by its path."""
    every = (
        _whole("oauth2/advertiser/get/", {"app_id": TEXT, "secret": TEXT}, ("app_id", "secret"), granted_advertisers),
        _whole("advertiser/info/", {"advertiser_ids": IDS, "fields": IDS}, ("advertiser_ids",), advertiser_info),
        *map(_entities, ("campaign", "adgroup", "ad")),
        _integrated_report(reports),
        *_task_endpoints(report_tasks),
        *map(_listing, LISTS),
    )
    return {each.path: each for each in every}
