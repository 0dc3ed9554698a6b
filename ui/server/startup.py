"""What is loaded after the server is up: page, articles, model, each when the one before is there.

Importing Gradio takes seconds, importing torch more: no one should wait for them to see a page.
"""

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Literal, TypeVar

from anyio import sleep_forever, to_thread
from starlette.applications import Starlette

from kutip.index.bundled import bundled_article
from kutip.index.errors import KutipError
from kutip.rag.assistant import Assistant
from kutip.ui.chat.readiness import Readiness
from kutip.ui.server.late import LateApp

logger = logging.getLogger("kutip.server")

Result = TypeVar("Result")
State = Literal["waiting", "loading", "ready", "failed"]


class Startup:
    """Fills a server's late apps in order, then loads what the first question needs."""

    def __init__(self, assistant: Assistant, *, bundled: bool) -> None:
        """With `bundled`, a new library gets the article that comes with Kutip."""
        self._library = assistant.library
        self.readiness = Readiness(assistant)
        self._bundled = bundled
        self._parts: list[tuple[str, LateApp, Callable[[], Starlette]]] = []
        self.states: dict[str, State] = {"model": "waiting"}
        self.problem: str | None = None

    def add(self, name: str, place: LateApp, build: Callable[[], Starlette]) -> None:
        """Let `build` make, in a thread, the app that is to take this place."""
        self._parts.append((name, place, build))
        self.states = {**self.states, name: "waiting"}

    @property
    def ready(self) -> bool:
        """Whether everything is there."""
        return all(state == "ready" for state in self.states.values())

    async def run(self) -> None:
        """Load everything, and keep the apps until this is cancelled."""
        async with AsyncExitStack() as stack:
            for name, place, build in self._parts:
                app = await self._step(name, build)
                if app is not None:
                    await stack.enter_async_context(place.filled(app))
                    self.states[name] = "ready"
            if await self._step("model", self._load):
                self.states["model"] = "ready"
                logger.info("Ready for questions", extra={"event": "ready"})
            await sleep_forever()

    async def _step(self, name: str, work: Callable[[], Result]) -> Result | None:
        """What the work gives; None where it failed, which is kept to be shown."""
        self.states[name] = "loading"
        try:
            # Whoever stops the server need not wait for an import to end.
            return await to_thread.run_sync(work, abandon_on_cancel=True)
        except KutipError as error:
            self.problem = str(error)
            logger.error("The %s cannot be loaded: %s", name, error)
        except Exception:
            self.problem = f"The {name} cannot be loaded: the reason is in the server's log."
            logger.exception("The %s cannot be loaded", name)
        self.states[name] = "failed"
        return None

    def _load(self) -> bool:
        """Add the bundled article where it is wanted; load the model and the reader."""
        try:
            if self._bundled and self._library.stats().revision == 0:
                self._library.add(bundled_article())
        finally:
            # Whoever waits for the model must hear why it cannot be loaded.
            self.readiness.start()
        self.readiness.wait()
        if self.readiness.problem:
            raise self.readiness.problem
        return True
