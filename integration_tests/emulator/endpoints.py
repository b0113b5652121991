"""The endpoints as rows: path, parameters, limits and where the data comes from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integration_tests.emulator import entities, report_query
from integration_tests.emulator.account import Accounts
from integration_tests.emulator.clock import Clock
from integration_tests.emulator.errors import (
    BAD_SECRET,
    NO_PERMISSION,
    NO_SUCH_ADVERTISER,
    TOO_MANY_IDS,
    WRONG_APP,
    ApiError,
    refuse,
)
from integration_tests.emulator.facts import FIELDS
from integration_tests.emulator.params import IDS, INTEGER, OBJECT, TEXT, one_of, require, within
from integration_tests.emulator.reports import Reports
from integration_tests.emulator.world import Advertiser, World

THROTTLED = (
    "Number of ad ids is equal or more than 20k, only return the top 20k id's results, "
    "sorting by create time desc order."
)
PAGING = {"page": INTEGER, "page_size": INTEGER}
DEFAULT_PAGE_SIZE = 10


@dataclass
class Backend:
    """What endpoints answer from."""

    world: World
    clock: Clock
    app_id: str
    secret: str
    strict: bool
    accounts: Accounts = field(init=False)
    reports: Reports = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.world)
        self.reports = Reports(self.world, self.clock)

    def advertiser(self, advertiser_id: str) -> Advertiser:
        """Return an account the token has permission for, or refuse."""
        found = next((item for item in self.world.advertisers if item.id == advertiser_id), None)
        if found is None:
            raise ApiError(NO_SUCH_ADVERTISER, f"Advertiser {advertiser_id} does not exist.")
        if not found.granted:
            raise ApiError(NO_PERMISSION, f"No permission to operate advertiser {advertiser_id}")
        return found


@dataclass
class Reply:
    """The data of a successful answer, and headers that come with it."""

    data: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    """A path below the version prefix, the parameters it knows, and the function that answers."""

    path: str
    params: Mapping[str, str]
    answer: Callable[[Backend, dict[str, Any]], Reply]
    required: tuple[str, ...] = ()
    method: str = "GET"


def page_of(
    rows: int, typed: dict[str, Any], *, largest: int, default: int = DEFAULT_PAGE_SIZE, strict: bool
) -> tuple[slice, dict[str, int]]:
    """Return the slice a page stands for and its page_info; an empty result has no pages."""
    number = within("page", typed.get("page", 1), 1, None)
    size = within("page_size", typed.get("page_size", default), 1, largest)
    pages = -(-rows // size)
    if strict and number > max(pages, 1):
        raise refuse(f"page: {number} is beyond the last page {pages}.")
    info = {"page": number, "page_size": size, "total_number": rows, "total_page": pages}
    return slice((number - 1) * size, number * size), info


@dataclass(frozen=True)
class EntityList:
    """Answers the list of one level of the account structure."""

    level: str
    largest: int = 1000

    def __call__(self, backend: Backend, typed: dict[str, Any]) -> Reply:
        """Return one page of the rows the filtering keeps."""
        advertiser = backend.advertiser(typed["advertiser_id"])
        filtering = typed.get("filtering", {})
        top_view = self.level == "adgroup" and entities.TOP_VIEW in entities.buying_types(filtering)
        rows = entities.select(backend.accounts[advertiser.id], self.level, filtering, backend.clock.now())
        part, info = page_of(len(rows), typed, largest=100 if top_view else self.largest, strict=backend.strict)
        return Reply({"list": [_shown(row, self.level, typed) for row in rows[part]], "page_info": info})


def _shown(row: dict[str, Any], level: str, typed: dict[str, Any]) -> dict[str, Any]:
    """Return the row cut to the fields asked for, without nulls when the request excludes them."""
    names = typed.get("fields")
    if names is not None:
        unknown = [name for name in names if name not in FIELDS[level]]
        if unknown:
            raise refuse(f"fields: unknown field(s) {unknown}.")
        row = {name: row[name] for name in row if name in names}
    for excluded in typed.get("exclude_field_types_in_response", []):
        one_of("exclude_field_types_in_response", excluded, ("NULL_FIELD",))
        row = {name: value for name, value in row.items() if value is not None}
    return row


def granted_advertisers(backend: Backend, typed: dict[str, Any]) -> Reply:
    """Answer the accounts the token was granted, to a caller who knows the app's secret."""
    if typed["app_id"] != backend.app_id:
        message = "The app_id is inconsistent with the token's app information. Please retry after correcting it."
        raise ApiError(WRONG_APP, message)
    if typed["secret"] != backend.secret:
        raise ApiError(BAD_SECRET, "The secret does not match the app_id.")
    granted = [item for item in backend.world.advertisers if item.granted]
    return Reply({"list": [{"advertiser_id": item.id, "advertiser_name": item.row["name"]} for item in granted]})


def advertiser_info(backend: Backend, typed: dict[str, Any]) -> Reply:
    """Answer the details of up to 100 accounts."""
    ids = typed["advertiser_ids"]
    if len(ids) > entities.MAX_IDS:
        raise ApiError(TOO_MANY_IDS, f"advertiser_ids: at most {entities.MAX_IDS} ids.")
    now = backend.clock.now()
    rows = [backend.advertiser(item).row_at(now) for item in dict.fromkeys(ids)]
    return Reply({"list": [_shown(row, "advertiser", typed) for row in rows]})


def integrated_report(backend: Backend, typed: dict[str, Any]) -> Reply:
    """Answer one page of a report."""
    if "advertiser_ids" not in typed:
        require(typed, ("advertiser_id",))
    ids = typed.get("advertiser_ids") or [typed["advertiser_id"]]
    within("advertiser_ids", len(ids), 1, report_query.MAX_ADVERTISERS)
    for advertiser_id in ids:
        backend.advertiser(advertiser_id)
    query = report_query.read_query(typed)
    key = str(sorted((name, str(value)) for name, value in typed.items() if name not in PAGING))
    report = backend.reports.report(query, key)
    part, info = page_of(len(report.cells), typed, largest=1000, strict=backend.strict)
    data: dict[str, Any] = {"list": backend.reports.render(report, part), "page_info": info}
    if query.several:
        info["page_size"] = len(data["list"])
    if query.totals:
        data["total_metrics"] = backend.reports.totals(report)
    return Reply(data, {"X-Tt-Ads-Throttle": THROTTLED} if report.truncated else {})


_LIST = {
    "advertiser_id": TEXT,
    "fields": IDS,
    "exclude_field_types_in_response": IDS,
    "filtering": OBJECT,
} | PAGING

ENDPOINTS = {
    endpoint.path: endpoint
    for endpoint in (
        Endpoint("oauth2/advertiser/get/", {"app_id": TEXT, "secret": TEXT}, granted_advertisers, ("app_id", "secret")),
        Endpoint("advertiser/info/", {"advertiser_ids": IDS, "fields": IDS}, advertiser_info, ("advertiser_ids",)),
        Endpoint("campaign/get/", _LIST, EntityList("campaign"), ("advertiser_id",)),
        Endpoint("adgroup/get/", _LIST, EntityList("adgroup"), ("advertiser_id",)),
        Endpoint("ad/get/", _LIST, EntityList("ad"), ("advertiser_id",)),
        Endpoint("report/integrated/get/", report_query.PARAMS, integrated_report),
    )
}
