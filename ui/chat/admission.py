"""How many questions are answered at once, and how many may wait.

Gradio's own queue can refuse too, but in English alone and without a word on the page.
"""

import asyncio
from collections.abc import AsyncGenerator


class QueueFullError(Exception):
    """As many questions are waiting as may wait."""


class Admission:
    """A line of questions in front of a few places. For one event loop."""

    def __init__(self, places: int, longest_line: int) -> None:
        self._places = places
        self._longest_line = longest_line
        self._line: list[object] = []
        self._inside = 0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._line)

    @property
    def inside(self) -> int:
        """How many are being answered."""
        return self._inside

    async def queue(self) -> AsyncGenerator[int, None]:
        """Wait for a place, which `leave` must give back; yields the position in line, from 1,
        whenever it changes.

        Raises `QueueFullError` at once where the line is full.
        """
        if not self._line and self._inside < self._places:
            self._inside += 1
            return
        if len(self._line) >= self._longest_line:
            raise QueueFullError
        ticket = object()
        self._line.append(ticket)
        told = 0
        try:
            while self._line[0] is not ticket or self._inside >= self._places:
                position = self._line.index(ticket) + 1
                if position != told:
                    told = position
                    yield position
                # Some dozens of waiting questions that look twenty times a second cost nothing.
                await asyncio.sleep(0.05)
        finally:
            self._line.remove(ticket)
        self._inside += 1

    def leave(self) -> None:
        """Give the place back to the next in line."""
        self._inside -= 1
