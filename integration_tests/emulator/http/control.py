"""Control endpoints for an emulator in another process."""

from dataclasses import dataclass, fields

from aiohttp import web

from integration_tests.emulator.http.faults import Fault, Faults
from integration_tests.emulator.http.request_log import RequestLog
from integration_tests.emulator.world.clock import Clock

FAULT_KEYS = {item.name for item in fields(Fault)} - {"rewrite", "seen"}
MOVES = {"days", "hours", "minutes", "seconds"}


@dataclass
class Control:
    """Reads and moves the clock, sets faults, shows the log."""

    clock: Clock
    faults: Faults
    log: RequestLog

    def mount(self, app: web.Application) -> None:
        """Add the control routes."""
        app.router.add_get("/_emulator/clock", self.show_clock)
        app.router.add_post("/_emulator/clock", self.change_clock)
        app.router.add_post("/_emulator/faults", self.add_fault)
        app.router.add_delete("/_emulator/faults", self.clear_faults)
        app.router.add_get("/_emulator/requests", self.show_requests)
        app.router.add_delete("/_emulator/requests", self.clear_requests)

    async def show_clock(self, _: web.Request) -> web.Response:
        """Answer the present moment."""
        return web.json_response({"now": self.clock.now().isoformat()})

    async def change_clock(self, request: web.Request) -> web.Response:
        """Move the clock by {days, hours, minutes, seconds}, or set it with {now}."""
        wish = await request.json()
        if set(wish) == {"now"}:
            self.clock.set(wish["now"])
        elif wish and set(wish) <= MOVES:
            self.clock.move(**wish)
        else:
            return web.json_response({"error": f"give now, or some of {sorted(MOVES)}"}, status=400)
        return await self.show_clock(request)

    async def add_fault(self, request: web.Request) -> web.Response:
        """Set a fault; a predicate or a rewrite cannot be sent."""
        wish = await request.json()
        if not set(wish) <= FAULT_KEYS:
            return web.json_response({"error": f"unknown keys {sorted(set(wish) - FAULT_KEYS)}"}, status=400)
        self.faults.add(Fault(**wish))
        return web.json_response({}, status=201)

    async def clear_faults(self, _: web.Request) -> web.Response:
        """Forget all faults."""
        self.faults.clear()
        return web.json_response({})

    async def show_requests(self, _: web.Request) -> web.Response:
        """Answer the log."""
        return web.json_response([item.as_json() for item in self.log])

    async def clear_requests(self, _: web.Request) -> web.Response:
        """Empty the log."""
        self.log.clear()
        return web.json_response({})
