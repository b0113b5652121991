"""The lists of the account structure: granted accounts, their details, campaigns, ad groups and ads."""

from dataclasses import dataclass
from typing import Any

from integration_tests.emulator.api.backend import Backend, Reply, Row, page_of
from integration_tests.emulator.api.errors import BAD_SECRET, TOO_MANY_IDS, WRONG_APP, ApiError, refuse
from integration_tests.emulator.api.params import MAX_IDS, one_of
from integration_tests.emulator.data.facts import FIELDS
from integration_tests.emulator.lists.entity_filters import TOP_VIEW, buying_types, select


@dataclass(frozen=True)
class EntityList:
    """Answers the list of one level of the account structure."""

    level: str
    largest: int = 1000

    def __call__(self, backend: Backend, typed: dict[str, Any]) -> Reply:
        """Return one page of the rows the filtering keeps."""
        rows = self._selected(backend, typed)
        top_view = self.level == "adgroup" and TOP_VIEW in buying_types(typed.get("filtering", {}))
        part, info = page_of(len(rows), typed, largest=100 if top_view else self.largest, strict=backend.strict)
        return Reply({"list": [self._shown(row, typed, backend) for row in rows[part]], "page_info": info})

    def rows(self, backend: Backend, typed: dict[str, Any]) -> list[Row]:
        """Return the rows of all pages."""
        return [self._shown(row, typed, backend) for row in self._selected(backend, typed)]

    def _selected(self, backend: Backend, typed: dict[str, Any]) -> list[Row]:
        advertiser = backend.advertiser(typed["advertiser_id"], f"{self.level}/get/")
        filtering = typed.get("filtering", {})
        return select(backend.accounts[advertiser.id], self.level, filtering, backend.clock.now())

    def _shown(self, row: Row, typed: dict[str, Any], backend: Backend) -> Row:
        if backend.sandbox:
            row = {name: value for name, value in row.items() if name != "secondary_status"}
        return cut(row, self.level, typed)


def cut(row: Row, level: str, typed: dict[str, Any]) -> Row:
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


def granted_advertisers(backend: Backend, typed: dict[str, Any]) -> list[Row]:
    """Return the accounts the token was granted, to a caller who knows the app's secret."""
    if typed["app_id"] != backend.app_id:
        message = "The app_id is inconsistent with the token's app information. Please retry after correcting it."
        raise ApiError(WRONG_APP, message)
    if typed["secret"] != backend.secret:
        raise ApiError(BAD_SECRET, "The secret does not match the app_id.")
    granted = [item for item in backend.world.advertisers if item.granted]
    return [{"advertiser_id": item.id, "advertiser_name": item.row["name"]} for item in granted]


def advertiser_info(backend: Backend, typed: dict[str, Any]) -> list[Row]:
    """Return the details of up to 100 accounts."""
    ids = typed["advertiser_ids"]
    if len(ids) > MAX_IDS:
        raise ApiError(TOO_MANY_IDS, f"advertiser_ids: at most {MAX_IDS} ids.")
    now = backend.clock.now()
    rows = [backend.advertiser(item, "advertiser/info/").row_at(now) for item in dict.fromkeys(ids)]
    return [cut(row, "advertiser", typed) for row in rows]
