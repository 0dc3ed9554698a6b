"""An app that takes its place after the server has started, because its import takes seconds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send


class LateApp:
    """Serves a placeholder until the app itself is there."""

    def __init__(self, placeholder: ASGIApp) -> None:
        self._app = placeholder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    @asynccontextmanager
    async def filled(self, app: Starlette) -> AsyncIterator[None]:
        """Serve `app` from now on, started before and ended after.

        The server's own start is over by then, so it would not start the app.
        """
        async with app.router.lifespan_context(app):
            self._app = app
            yield
