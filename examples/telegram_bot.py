"""A bot that answers in Telegram chats, each of which is a conversation of its own.

    pip install kutip
    TELEGRAM_TOKEN=… python examples/telegram_bot.py

It asks Telegram for new messages again and again, so that it needs no address of its own.
"""

import json
import os
import urllib.request
from collections import defaultdict, deque
from collections.abc import Callable
from html import escape
from typing import Any

from kutip import Answer, Assistant, KutipError, Library, Turn

Call = Callable[..., Any]
"""Calls a method of Telegram's by its name, with its parameters, and gives its result."""

WELCOME = "Tanyakan sesuatu tentang artikel saya. · Ask me about my articles."
REMEMBERED = 3
WAIT_SECONDS = 50
LONGEST_MESSAGE = 4_096


class Bot:
    """Answers what comes in, and remembers the last turns of each chat."""

    def __init__(self, assistant: Assistant, call: Call) -> None:
        self._assistant = assistant
        self._call = call
        self._turns: defaultdict[int, deque[Turn]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        self._next = 0

    def step(self) -> int:
        """Wait for messages, answer them, and give how many updates there were."""
        updates = self._call("getUpdates", offset=self._next, timeout=WAIT_SECONDS)
        for update in updates:
            # First, so that a message that cannot be answered is not asked for for ever.
            self._next = update["update_id"] + 1
            message = update.get("message", {})
            if "text" in message:
                self._reply(message["chat"]["id"], message["text"])
        return len(updates)

    def _reply(self, chat: int, text: str) -> None:
        if text.startswith("/start"):
            self._turns.pop(chat, None)
            self._send(chat, WELCOME)
            return
        try:
            answer = self._assistant.ask(text, list(self._turns[chat]))
        except KutipError as error:
            self._send(chat, escape(str(error)))
            return
        self._turns[chat].append(answer.as_turn())
        self._send(chat, as_message(answer))

    def _send(self, chat: int, html: str) -> None:
        self._call("sendMessage", chat_id=chat, text=html, parse_mode="HTML")


def as_message(answer: Answer) -> str:
    """The answer in Telegram's HTML, with as many quotes as a message holds."""
    message = f"<b>{escape(answer.message)}</b>"
    for quote in answer.quotes:
        before, words, after = map(escape, quote.parts())
        marked = f"<u>{words}</u>" if words else ""
        more = f"\n\n<blockquote>{before}{marked}{after}</blockquote>{escape(quote.title)}"
        # A quote is shown whole or not at all.
        if len(message) + len(more) <= LONGEST_MESSAGE:
            message += more
    return message


def telegram(token: str) -> Call:
    """Calls Telegram itself."""

    def call(method: str, **parameters: object) -> Any:
        request = urllib.request.Request(
            f"https://api.telegram.org/bot{token}/{method}",
            json.dumps(parameters).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=WAIT_SECONDS + 10) as response:
            return json.load(response)["result"]

    return call


if __name__ == "__main__":
    with Library.open() as opened:
        bot = Bot(Assistant(opened), telegram(os.environ["TELEGRAM_TOKEN"]))
        while True:
            bot.step()
