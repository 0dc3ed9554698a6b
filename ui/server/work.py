"""What is under way in a server: counted, limited, and finished before it ends."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import anyio
from anyio import to_thread

from kutip.index.errors import KutipError
from kutip.ui.server.context import INTERFACE
from kutip.ui.server.metrics import Metrics

Result = TypeVar("Result")


class BusyError(KutipError):
    """The server cannot take this now; the same may work a little later."""


class Work:
    """Counts what must be finished before the server may end. Safe to share between threads."""

    def __init__(self) -> None:
        self._count = 0
        self._stopping = False
        self._guard = threading.Lock()

    @contextmanager
    def item(self) -> Iterator[None]:
        """One piece of work. Raises `BusyError` where the server is about to end."""
        with self._guard:
            if self._stopping:
                raise BusyError("The server is stopping: ask again when it is back.")
            self._count += 1
        try:
            yield
        finally:
            with self._guard:
                self._count -= 1

    def stop(self) -> None:
        """Take no new work from now on."""
        with self._guard:
            self._stopping = True

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._stopping

    @property
    def idle(self) -> bool:
        """Whether nothing is under way."""
        return self._count == 0


class Gate:
    """Runs so many functions at once in threads, lets so many wait, and refuses the rest.

    The page has a queue of its own, in Gradio; this is for HTTP and MCP.
    """

    def __init__(self, concurrency: int, queue_size: int, metrics: Metrics) -> None:
        self._limiter = anyio.CapacityLimiter(concurrency)
        self._queue_size = queue_size
        self._metrics = metrics
        self._waiting = 0

    async def run(self, function: Callable[[], Result]) -> Result:
        """What the function gives, once it had its turn. Raises `BusyError` where too many wait."""
        token = object()
        try:
            self._limiter.acquire_on_behalf_of_nowait(token)
        except anyio.WouldBlock:
            await self._wait(token)
        try:
            # A limiter of its own: the threads of other requests are not to wait for these.
            return await to_thread.run_sync(function, limiter=anyio.CapacityLimiter(1))
        finally:
            self._limiter.release_on_behalf_of(token)

    async def _wait(self, token: object) -> None:
        """Wait for a turn. Raises `BusyError` where too many do."""
        if self._waiting >= self._queue_size:
            self._metrics.refused.inc()
            raise BusyError(
                f"{self._waiting} questions are waiting already, which is all that may: ask again "
                "in some seconds."
            )
        waiting = self._metrics.waiting.labels(INTERFACE.get())
        self._waiting += 1
        waiting.inc()
        try:
            await self._limiter.acquire_on_behalf_of(token)
        finally:
            self._waiting -= 1
            waiting.dec()
