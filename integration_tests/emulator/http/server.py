"""The emulator: a server in a thread of its own, and the same data for tests to compare with."""

import asyncio
import socket
import threading
from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from integration_tests.emulator.api.backend import Backend
from integration_tests.emulator.http.application import PREFIX, Application
from integration_tests.emulator.http.control import Control
from integration_tests.emulator.http.endpoints import endpoints
from integration_tests.emulator.http.faults import Fault, Faults
from integration_tests.emulator.http.page_cache import PageCache
from integration_tests.emulator.http.rate_limit import RateLimit
from integration_tests.emulator.http.request_log import RequestLog
from integration_tests.emulator.lists.entity_filters import BUYING_TYPES, TOP_VIEW, select
from integration_tests.emulator.reports.engine import Reports
from integration_tests.emulator.reports.tasks import Tasks
from integration_tests.emulator.world.clock import Clock
from integration_tests.emulator.world.seeding import seeded_world, settle
from integration_tests.emulator.world.world import World

ACCESS_TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567"
APP_ID = "7000000000000000042"
SECRET = "e0d1c2b3a495867768594a3b2c1d0e1f23456789"


class Emulator:
    """A TikTok Marketing API on loopback. Use as a context manager, or `start` and `stop` it.

    `now` None follows the real clock. `strict` refuses what TikTok tolerates but a careful client never sends:
    unknown parameters and pages beyond the last. `sandbox` answers as the sandbox host does. `canned` keeps that many
    megabytes of finished pages to answer repeated questions without work.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        now: datetime | str | None = None,
        tier: str | None = None,
        latency: float = 0.0,
        strict: bool = True,
        gzip: bool = False,
        sandbox: bool = False,
        canned: int = 0,
        port: int = 0,
    ) -> None:
        self.world = world or seeded_world()
        self.clock = Clock(now)
        settle(self.world, self.clock.now().date())
        self.access_token, self.app_id, self.secret = ACCESS_TOKEN, APP_ID, SECRET
        self.log = RequestLog()
        self._faults = Faults()
        self._backend = Backend(self.world, self.clock, APP_ID, SECRET, strict, sandbox)
        reports = Reports(self.world, self.clock)
        self.report_limits = reports.limits
        self.reports_of_several = reports.several
        tasks = Tasks(reports)
        self.report_tasks = tasks.rules
        self._endpoints = endpoints(reports, tasks)
        limit = RateLimit(tier)
        self._application = Application(
            self._backend,
            self._endpoints,
            ACCESS_TOKEN,
            limit,
            self._faults,
            self.log,
            latency,
            compress=gzip,
            cache=PageCache(canned),
        )
        self._socket = socket.create_server(("127.0.0.1", port))
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}{PREFIX}"
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tiktok-emulator", daemon=True)

    def start(self) -> Self:
        """Serve until `stop`."""
        self._thread.start()
        self._ready.wait()
        return self

    def stop(self) -> None:
        """Close all connections and end the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def inject(self, fault: Fault) -> None:
        """Set a fault."""
        self._faults.add(fault)

    def clear_faults(self) -> None:
        """Forget all faults."""
        self._faults.clear()

    def report_rows(self, **request: Any) -> list[dict[str, dict[str, str]]]:
        """Return every row of a report; the keywords are the request's parameters, lists as lists."""
        return self.rows_of("report/integrated/get/", **request)

    def rows_of(self, path: str, advertiser_id: str | None = None, /, **params: Any) -> list[dict[str, Any]]:
        """Return every row TikTok has for a list or a report; the keywords are the request's parameters."""
        rows = self._endpoints[path].rows
        if rows is None:
            raise ValueError(f"{path} has no rows")
        return rows(self._backend, {"advertiser_id": advertiser_id, **params} if advertiser_id else params)

    def entities(
        self,
        level: str,
        advertiser_id: str,
        *,
        include_deleted: bool = True,
        buying_types: Iterable[str] = BUYING_TYPES,
    ) -> list[dict[str, Any]]:
        """Return the rows of "campaign", "adgroup" or "ad" as the API would list them at this moment."""
        account = self._backend.accounts[advertiser_id]
        status = "STATUS_ALL" if include_deleted else "STATUS_NOT_DELETE"
        wanted = list(buying_types)
        groups = [[item for item in wanted if item != TOP_VIEW], [item for item in wanted if item == TOP_VIEW]]
        rows = [
            row
            for group in groups
            if group
            for row in select(account, level, {"primary_status": status, "buying_types": group}, self.clock.now())
        ]
        return sorted(rows, key=lambda row: int(row[f"{level}_id"]), reverse=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner = self._loop.run_until_complete(self._serve())
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _serve(self) -> web.AppRunner:
        app = web.Application()
        Control(self.clock, self._faults, self.log).mount(app)
        app.router.add_route("*", "/{path:.*}", self._application.handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, self._socket).start()
        return runner
