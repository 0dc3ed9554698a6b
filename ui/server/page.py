"""The chat page as an app to be mounted, and what is shown until it is there."""

import os
from collections.abc import Awaitable, Callable
from importlib.resources import files

from anyio import to_thread
from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from kutip.ui.chat.admission import Admission
from kutip.ui.chat.options import ChatOptions
from kutip.ui.chat.readiness import Readiness
from kutip.ui.server.accounts import Accounts
from kutip.ui.server.api import NO_TELEMETRY
from kutip.ui.server.endpoints import add_endpoints
from kutip.ui.server.services import Services

LOGIN = "Masuk untuk bertanya · Log in to ask"


async def loading_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Says that the page is coming, and loads it when it is there."""
    root = scope["path"].removeprefix(scope.get("root_path", "")) in ("", "/")
    if root and scope["method"] in ("GET", "HEAD"):
        html = files("kutip.ui.server").joinpath("loading.html").read_text("utf-8")
        response: Response = HTMLResponse(html, headers={"Cache-Control": "no-store"})
    else:
        response = Response(status_code=503, headers={"Retry-After": "2"})
    await response(scope, receive, send)


def build_page_app(services: Services, readiness: Readiness) -> FastAPI:
    """The page in an app of its own; importing Gradio takes seconds."""
    # Before the import: Gradio would look up two outside hosts at its start.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr

    from kutip.ui.chat.page import build_page, page_head

    options = services.options
    wanted = ChatOptions(
        options.read_only,
        options.feedback,
        options.max_file_bytes,
        options.concurrency,
        options.queue_size,
    )
    line = Admission(options.concurrency, options.queue_size)
    services.metrics.waiting.labels("page").set_function(lambda: line.waiting)
    page = build_page(services.assistant, wanted, readiness, line, services.work.item)
    add_endpoints(page, services)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, telemetry=NO_TELEMETRY)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        server_name=options.host,
        server_port=options.port,
        root_path=options.root_path or None,
        auth=_login(options.accounts) if options.accounts else None,
        auth_message=LOGIN,
        max_file_size=options.max_file_bytes,
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        head=page_head(),
    )
    return app


def _login(accounts: Accounts) -> Callable[[str, str], Awaitable[bool]]:
    """What Gradio asks whether name and password go together."""

    async def check(name: str, password: str) -> bool:
        # Slow on purpose, and not to be waited for by everyone else.
        return await to_thread.run_sync(accounts.has_password, name, password)

    return check
