"""Runs the server until it is told to stop, and lets it finish what is under way."""

import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from time import monotonic

import anyio
import uvicorn
from fastapi import FastAPI

from kutip.ui.server.options import ServerOptions
from kutip.ui.server.work import Work

logger = logging.getLogger("kutip.server")

FINISH_SECONDS = 30.0
"""How long answers and additions under way may take after the server was told to stop."""
DELIVER_SECONDS = 2
"""How long connections are kept after the last answer; a page keeps one open all the time."""


def run(app: FastAPI, options: ServerOptions, work: Work, listening: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM; a second Ctrl-C does not wait for what is under way."""
    config = uvicorn.Config(
        app,
        root_path=options.root_path,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DELIVER_SECONDS,
    )
    _Server(config, work).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Finishes answers under way before it closes connections."""

    def __init__(self, config: uvicorn.Config, work: Work) -> None:
        super().__init__(config)
        self._work = work

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As the base, which raises the signal once more at the end: the library is to be closed
        after the server, and the program ends well.
        """
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing new, finish what is under way, then stop as the base does.

        What is not finished in time ends with the program, whose exit code is 1 then.
        """
        self._work.stop()
        logger.info("Stopping", extra={"event": "stopping"})
        until = monotonic() + FINISH_SECONDS
        while not self._work.idle and not self.force_exit and monotonic() < until:
            await anyio.sleep(0.05)
        if self._work.idle:
            await super().shutdown(sockets)
            return
        logger.warning(
            "Stopped before all that was under way was done", extra={"event": "unfinished"}
        )
        with anyio.move_on_after(2 * DELIVER_SECONDS):
            await super().shutdown(sockets)
        # Python would wait for the threads that are left, however long they take. The library stays
        # whole: an article is one transaction, and the vectors are made of what the database has.
        sys.stdout.flush()
        logging.shutdown()
        os._exit(1)
