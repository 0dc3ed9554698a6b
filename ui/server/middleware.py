"""What happens to every request, whatever it is for: headers, host, origin, log and figures.

Plain ASGI, so that streams pass through as they come.
"""

import logging
import re
import secrets
from time import perf_counter
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kutip.ui.server.admission import Admission
from kutip.ui.server.context import REQUEST_ID
from kutip.ui.server.metrics import Metrics
from kutip.ui.server.options import LOOPBACK_NAMES, ServerOptions
from kutip.ui.server.problems import problem

logger = logging.getLogger("kutip.http")

# Gradio needs eval for its templates, and inline scripts and styles; nothing may come from, or go
# to, another host.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; "
    "form-action 'self'; frame-src 'none'; frame-ancestors 'none'; base-uri 'self'; "
    "object-src 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SAFE = ("GET", "HEAD", "OPTIONS")
OWN_PATHS = re.compile(r"^/(v1(/|$)|mcp$|healthz$|readyz$|metrics$)")
UPLOAD = "/gradio_api/upload"
REQUEST_NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)


class Everywhere:
    """The outermost layer of a server's app."""

    def __init__(
        self, app: ASGIApp, options: ServerOptions, admission: Admission, metrics: Metrics
    ) -> None:
        self._app = app
        self._hosts = {*LOOPBACK_NAMES, options.host} if options.is_private else None
        self._known = frozenset(map(_host_name, options.allowed_hosts))
        self._read_only = options.read_only
        self._admission = admission
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        own = bool(OWN_PATHS.match(path))
        given = request.headers.get("x-request-id", "")
        name = given if REQUEST_NAME.fullmatch(given) else secrets.token_hex(8)
        token = REQUEST_ID.set(name)
        started, code = perf_counter(), 500

        async def send_with_headers(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = name
                headers["Content-Security-Policy"] = DATA_POLICY if own else PAGE_POLICY
                for header, value in HEADERS.items():
                    headers[header] = value
                if own:
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            refusal = self._refusal(request, path)
            await (refusal or self._app)(scope, receive, send_with_headers)
        finally:
            REQUEST_ID.reset(token)
            self._record(scope, own, code, perf_counter() - started, name)

    def _refusal(self, request: Request, path: str) -> ASGIApp | None:
        """What to answer instead, where the request must not be served."""
        host = _host_name(request.headers.get("host", ""))
        if self._hosts is not None and host not in self._hosts:
            # Another site's name that points here would let that site read the library.
            return problem(
                421,
                f"This server is not known as {host!r}: open it on 127.0.0.1, or start it with "
                "--allow-host.",
            )
        origin = request.headers.get("origin")
        if request.method not in SAFE and origin is not None:
            from_host = _host_name(urlsplit(origin).netloc)
            if not from_host or from_host not in {host, *self._known}:
                return problem(
                    403,
                    f"The request comes from a page of {origin!r}, expected one of this server's "
                    "own: behind a proxy, name its host with --allow-host.",
                )
        if self._read_only and path.rstrip("/") == UPLOAD:
            return problem(403, "This server only reads its library: it takes no files.")
        if path.rstrip("/") == "/login" and request.method == "POST":
            try:
                self._admission.check_login(request)
            except HTTPException as error:
                return problem(error.status_code, error.detail, headers=dict(error.headers or {}))
        return None

    def _record(self, scope: Scope, own: bool, code: int, seconds: float, name: str) -> None:
        route = _route(scope) if own else "page"
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.requests.labels(method, route, str(code)).inc()
        if own:
            self._metrics.request_seconds.labels(route).observe(seconds)
        # The files of a page and the questions of a monitor interest no one but a developer.
        quiet = route in ("page", *MONITORED)
        level = logging.DEBUG if quiet else logging.INFO
        fields = {
            "event": "request",
            "request_id": name,
            "method": method,
            "route": route,
            "code": code,
            "milliseconds": round(1000 * seconds, 1),
        }
        logger.log(level, "%s %s %d in %.0f ms", method, route, code, 1000 * seconds, extra=fields)


MONITORED = ("/healthz", "/readyz", "/metrics")
METHODS = frozenset({*SAFE, "DELETE", "PATCH", "POST", "PUT"})


def _route(scope: Scope) -> str:
    """The route that was taken, without what stands for its parameters; few, for the figures."""
    path = getattr(scope.get("route"), "path", None)
    if path is None:
        return "unknown"
    within = scope["path"].removeprefix(scope["root_path"].removesuffix("/v1"))
    return f"/v1{path}" if within.startswith("/v1/") else str(path)


def _host_name(netloc: str) -> str:
    """A host without its port, and without the brackets of IPv6; "" where it is none."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""
