"""The whole server as one app: health, figures, the programming interface, MCP, the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from fastapi import FastAPI, Request
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kutip.ui.server import problems
from kutip.ui.server.api import NO_TELEMETRY, build_api
from kutip.ui.server.context import INTERFACE
from kutip.ui.server.late import LateApp
from kutip.ui.server.metrics import CONTENT_TYPE
from kutip.ui.server.middleware import Everywhere
from kutip.ui.server.page import build_page_app, loading_page
from kutip.ui.server.problems import RETRY_SECONDS, problem
from kutip.ui.server.services import Services
from kutip.ui.server.startup import Startup


def build_app(services: Services) -> FastAPI:
    """An app that serves at once, and loads page, MCP and model in the background."""
    options = services.options
    startup = Startup(services.assistant, bundled=options.bundled)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(startup.run)
            yield
            tasks.cancel_scope.cancel()

    app = FastAPI(
        openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan, telemetry=NO_TELEMETRY
    )
    problems.install(app)
    app.add_middleware(
        Everywhere, options=options, admission=services.admission, metrics=services.metrics
    )
    _add_health(app, services, startup)
    app.mount("/v1", build_api(services))
    page = LateApp(loading_page)
    if options.page:
        startup.add("page", page, lambda: build_page_app(services, startup.readiness))
    _add_mcp(app, services, startup)
    if options.page:
        # Last, since it takes every path that is left.
        app.mount("/", page)
    return app


def _add_health(app: FastAPI, services: Services, startup: Startup) -> None:
    def state() -> dict[str, Any]:
        stopping = services.work.stopping
        return {
            "ready": startup.ready and not stopping,
            "stopping": stopping,
            "parts": startup.states,
            "problem": startup.problem,
        }

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        """The server runs, whatever it is still loading."""
        return JSONResponse(state())

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        """The first question would be answered at once; 503 until then, and while it stops."""
        found = state()
        return JSONResponse(found, 200 if found["ready"] else 503)

    @app.get("/metrics")
    def metrics(request: Request) -> Response:
        """Figures for Prometheus."""
        services.admission.check_key(request)
        return Response(services.metrics.text(), media_type=CONTENT_TYPE)


def _add_mcp(app: FastAPI, services: Services, startup: Startup) -> None:
    from kutip.ui.mcp import build_http_app, is_installed

    if not is_installed():
        return
    place = LateApp(_not_yet)
    startup.add("mcp", place, lambda: build_http_app(services))
    # POST alone: there are no sessions, so that a GET would wait for messages that never come.
    app.add_route("/mcp", Admitted(place, services), methods=["POST"])  # type: ignore[arg-type]
    # Else the page, which takes every path that is left, would answer.
    app.add_route("/mcp", _post_alone, methods=["GET", "PUT", "PATCH", "DELETE"])


async def _post_alone(request: StarletteRequest) -> JSONResponse:
    detail = f"{request.method} /mcp: MCP is served to POST alone."
    return problem(405, detail, headers={"Allow": "POST"})


class Admitted:
    """Lets those through to an app who may ask."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._services.admission.check(StarletteRequest(scope))
        token = INTERFACE.set("mcp")
        try:
            await self._app(scope, receive, send)
        finally:
            INTERFACE.reset(token)


async def _not_yet(scope: Scope, receive: Receive, send: Send) -> None:
    response = problem(503, f"The server is starting: ask again in {RETRY_SECONDS} seconds.")
    await response(scope, receive, send)
