"""The HTTP application: envelope, authentication, faults and the log around the endpoints."""

import asyncio
import gzip
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import orjson
from aiohttp import web

from integration_tests.emulator.api.backend import Backend, Endpoint
from integration_tests.emulator.api.errors import EMPTY_TOKEN, PARTIAL_SUCCESS, SUCCESS, WRONG_TOKEN, ApiError
from integration_tests.emulator.api.params import Pairs, decode, decode_body, loosely, loosely_body, require
from integration_tests.emulator.http.faults import Fault, Faults
from integration_tests.emulator.http.page_cache import Page, PageCache
from integration_tests.emulator.http.rate_limit import RateLimit
from integration_tests.emulator.http.request_log import LoggedRequest, RequestLog

PREFIX = "/open_api/v1.3/"
PAGE_OF_A_GATEWAY = "<!DOCTYPE html><html><head><title>Error</title></head><body>Please try again.</body></html>"
_DRIPS = 20
_NOTHING = Page(b"{}", {}, 0)


@dataclass(frozen=True)
class Answer:
    """A finished answer before it goes over the wire. `code` is None when the body is no envelope."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    code: int | None = None
    rows: int = 0


@dataclass
class Application:
    """Answers requests below the version prefix."""

    backend: Backend
    endpoints: Mapping[str, Endpoint]
    access_token: str
    limit: RateLimit
    faults: Faults
    log: RequestLog
    latency: float = 0.0
    compress: bool = False
    cache: PageCache = field(default_factory=lambda: PageCache(0))
    _numbers: Any = field(default_factory=count)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request and log it."""
        at = time.monotonic()
        path = request.path.removeprefix(PREFIX) if request.path.startswith(PREFIX) else request.path
        pairs: Pairs = list(request.query.items())
        body = await request.read() if request.method == "POST" else b""
        params = _logged(body) if body else loosely(pairs)
        fault = self.faults.hit(path, params) or Fault()
        if pause := self.latency + fault.delay:
            await asyncio.sleep(pause)
        answer = self._faulty(fault) or self._answer(request, path, pairs, body, fault, at)
        self.log.append(
            LoggedRequest(
                method=request.method,
                path=path,
                params=params,
                query=request.rel_url.raw_query_string,
                at=at,
                code=answer.code,
                status=None if fault.drop else answer.status,
                rows=answer.rows,
            )
        )
        return await self._send(request, answer, fault)

    def _faulty(self, fault: Fault) -> Answer | None:
        if fault.code not in (None, PARTIAL_SUCCESS):
            return self._envelope(fault.code, fault.message, _NOTHING, fault.headers)
        if fault.status is not None or fault.garbage:
            page = PAGE_OF_A_GATEWAY.encode()
            return Answer(fault.status or 200, page, "text/html", fault.headers)
        return Answer(0, b"") if fault.drop else None

    def _answer(self, request: web.Request, path: str, pairs: Pairs, body: bytes, fault: Fault, at: float) -> Answer:
        endpoint = self.endpoints.get(path) if request.path.startswith(PREFIX) else None
        if endpoint is None:
            return Answer(404, b"404 page not found", "text/plain")
        if request.method != endpoint.method:
            return Answer(405, b"405 method not allowed", "text/plain")
        try:
            self.limit.admit(path, at)
            self._check_token(request)
            key = (path, request.rel_url.raw_query_string, self._minute(), self.backend.world.revision)
            page = None if fault.rewrite else self.cache.get(key)
            if page is None:
                page = self._page(endpoint, pairs, body, fault)
                if endpoint.lasting:
                    self.cache.put(key, page)
        except ApiError as error:
            return self._envelope(error.code, error.message, _NOTHING, fault.headers)
        if page.is_file:
            return Answer(200, page.data, "text/csv", {**page.headers, **fault.headers})
        if fault.code == PARTIAL_SUCCESS:
            return self._envelope(PARTIAL_SUCCESS, fault.message, page, fault.headers)
        return self._envelope(SUCCESS, "OK", page, fault.headers)

    def _minute(self) -> str:
        return f"{self.backend.clock.now():%Y%m%d%H%M}"

    def _check_token(self, request: web.Request) -> None:
        token = request.headers.get("Access-Token")
        if not token:
            message = "Access token is null, you should set it in http header with key Access-Token."
            raise ApiError(EMPTY_TOKEN, message)
        if token != self.access_token:
            raise ApiError(WRONG_TOKEN, "Access token is incorrect or has been revoked.")

    def _page(self, endpoint: Endpoint, pairs: Pairs, body: bytes, fault: Fault) -> Page:
        endpoint.check_host(sandbox=self.backend.sandbox)
        typed = self._typed(endpoint, pairs, body)
        require(typed, endpoint.required)
        reply = endpoint.answer(self.backend, typed)
        if reply.file is not None:
            file = fault.rewrite(reply.file) if fault.rewrite else reply.file
            return Page(file.encode(), reply.headers, 0, is_file=True)
        data = fault.rewrite(reply.data) if fault.rewrite else reply.data
        listed = data.get(endpoint.listed) if isinstance(data, dict) else None
        return Page(orjson.dumps(data), reply.headers, len(listed) if isinstance(listed, list) else 0)

    def _typed(self, endpoint: Endpoint, pairs: Pairs, body: bytes) -> dict[str, Any]:
        if endpoint.method == "POST":
            return decode_body(body, endpoint.params, strict=self.backend.strict)
        require(dict(pairs), endpoint.required)
        return decode(pairs, endpoint.params, strict=self.backend.strict)

    def _envelope(self, code: int, message: str, page: Page, headers: dict[str, str]) -> Answer:
        request_id = f"{self._minute()}{next(self._numbers):020X}"
        head = orjson.dumps({"code": code, "message": message, "request_id": request_id})
        body = b"".join((head[:-1], b',"data":', page.data, b"}"))
        return Answer(
            200, body, headers={"X-TT-LOGID": request_id, **page.headers, **headers}, code=code, rows=page.rows
        )

    async def _send(self, request: web.Request, answer: Answer, fault: Fault) -> web.StreamResponse:
        if fault.drop:
            _hang_up(request)
            return web.Response()
        body, headers = answer.body, {**answer.headers, "Content-Type": answer.content_type}
        if self.compress and "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
        if not (fault.truncate or fault.drip):
            return web.Response(status=answer.status, body=body, headers=headers)
        response = web.StreamResponse(status=answer.status, headers=headers)
        response.content_length = len(body)
        await response.prepare(request)
        if fault.truncate:
            await response.write(body[: len(body) // 2])
            _hang_up(request)
            return response
        step = max(1, len(body) // _DRIPS)
        for start in range(0, len(body), step):
            await response.write(body[start : start + step])
            await asyncio.sleep(fault.drip / _DRIPS)
        return response


def _logged(body: bytes) -> dict[str, Any]:
    """Return the parameters of a body for the request log; none if it holds no object."""
    try:
        return loosely_body(body)
    except ApiError:
        return {}


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.close()
