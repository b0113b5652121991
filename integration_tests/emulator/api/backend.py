"""What every endpoint is made of: the state it answers from, its parameters, its reply and its pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integration_tests.emulator.api.errors import (
    NO_PERMISSION,
    NO_SANDBOX_ADVERTISER,
    NO_SUCH_ADVERTISER,
    NOT_IN_SANDBOX,
    ApiError,
    refuse,
)
from integration_tests.emulator.api.params import INTEGER, within
from integration_tests.emulator.world.account import Accounts
from integration_tests.emulator.world.clock import Clock
from integration_tests.emulator.world.entities import Advertiser
from integration_tests.emulator.world.world import World

PAGING = {"page": INTEGER, "page_size": INTEGER}
DEFAULT_PAGE_SIZE = 10
Row = dict[str, Any]


@dataclass
class Backend:
    """What endpoints answer from: the world at the moment of the clock, and who may ask."""

    world: World
    clock: Clock
    app_id: str
    secret: str
    strict: bool
    sandbox: bool = False
    accounts: Accounts = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.world)

    def advertiser(self, advertiser_id: str, path: str) -> Advertiser:
        """Return an account whose `path` the token may use, or refuse."""
        found = next((item for item in self.world.advertisers if item.id == advertiser_id), None)
        if found is None:
            code = NO_SANDBOX_ADVERTISER if self.sandbox else NO_SUCH_ADVERTISER
            raise ApiError(code, f"Advertiser {advertiser_id} does not exist.")
        if not found.granted:
            raise ApiError(NO_PERMISSION, f"No permission to operate advertiser {advertiser_id}")
        if found.denies(path):
            raise ApiError(NO_PERMISSION, f"Advertiser {advertiser_id} does not grant you /{path}:GET")
        return found


@dataclass
class Reply:
    """The data of a successful answer, and headers that come with it; a `file` goes out without an envelope."""

    data: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    file: str | None = None


@dataclass(frozen=True)
class Endpoint:
    """A path below the version prefix, the parameters it knows, and the function that answers.

    `rows` returns everything the pages of the answer add up to; `listed` is where they are in the data. Answers that
    depend on more than the world and the minute aren't `lasting`.
    """

    path: str
    params: Mapping[str, str]
    answer: Callable[[Backend, dict[str, Any]], Reply]
    required: tuple[str, ...] = ()
    method: str = "GET"
    sandbox: bool = False
    listed: str = "list"
    rows: Callable[[Backend, dict[str, Any]], list[Row]] | None = None
    lasting: bool = True

    def check_host(self, *, sandbox: bool) -> None:
        """Refuse an endpoint that the sandbox lacks."""
        if sandbox and not self.sandbox:
            raise ApiError(NOT_IN_SANDBOX, f"/{self.path} is not supported in sandbox environment.")


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
