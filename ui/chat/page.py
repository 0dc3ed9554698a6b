"""The chat page: a conversation on the left, its evidence on the right."""

import logging
import os
import threading
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from kutip.index.errors import KutipError
from kutip.index.language import detect_language
from kutip.index.library import Library
from kutip.rag.answer import Turn
from kutip.rag.assistant import Assistant
from kutip.ui.chat.render import (
    answer_html,
    checked_quotes,
    evidence_html,
    notice_html,
    question_html,
)
from kutip.ui.chat.words import word

if TYPE_CHECKING:
    from gradio import Blocks

logger = logging.getLogger(__name__)

EXAMPLES = (
    "What did the 2000 treaty replace?",
    "Apa yang digantikan oleh perjanjian tahun 2000?",
    "Why is the West worried about the deal?",
    "Berapa tahun Putin tidak berkunjung ke Korea Utara?",
)
Message = dict[str, str]


def serve(library: Library, *, host: str, port: int) -> None:
    """Serve the page until the program is stopped. Raises `KutipError` where the port is taken."""
    page = build_page(Assistant(library))
    threading.Thread(target=_warm_up, args=(library,), daemon=True).start()
    try:
        launch(page, host=host, port=port)
    except OSError as error:
        raise KutipError(
            f"The chat cannot be served on {host}:{port}: {error}. Choose another --port."
        ) from error


def launch(page: "Blocks", *, host: str, port: int, block: bool = True) -> None:
    """Start the page's server; with `block`, until it is stopped."""
    page.queue(max_size=64, default_concurrency_limit=2).launch(
        server_name=host,
        server_port=port,
        quiet=True,
        footer_links=[],
        run_history=False,
        css=files("kutip.ui.chat").joinpath("style.css").read_text("utf-8"),
        prevent_thread_lock=not block,
    )


def build_page(assistant: Assistant) -> "Blocks":
    """The page for an assistant, not yet served."""
    # Before the import: Gradio would look up two outside hosts at its start.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("NO_PROXY", "127.0.0.1,localhost")
    import gradio as gr

    def ask(
        question: str, messages: list[Message], turns: list[Turn]
    ) -> tuple[str, list[Message], list[Turn], str]:
        return _ask(assistant, question, messages, turns)

    page: Blocks
    with gr.Blocks(title="Kutip", analytics_enabled=False, fill_width=True) as page:
        turns = gr.State([])
        gr.Markdown("# Kutip\nTanya artikelnya, dapat kutipannya · Ask the article, get the quote")
        with gr.Row():
            with gr.Column(scale=3):
                chatbot = gr.Chatbot(
                    elem_id="conversation",
                    label="Percakapan · Conversation",
                    height=520,
                    latex_delimiters=[],
                    allow_tags=False,
                    buttons=["copy"],
                    feedback_options=None,
                )
                question = gr.Textbox(
                    elem_id="question",
                    label="Pertanyaan · Question",
                    placeholder=word("placeholder", "id") + " · " + word("placeholder", "en"),
                    submit_btn=True,
                    max_length=2_000,
                    autofocus=True,
                )
                with gr.Row():
                    examples = [gr.Button(text, size="sm") for text in EXAMPLES]
            with gr.Column(scale=2):
                gr.Markdown("## Bukti · Evidence")
                evidence = gr.HTML(evidence_html([], "id"), elem_id="evidence")
        outputs: list[Any] = [question, chatbot, turns, evidence]
        question.submit(ask, [question, chatbot, turns], outputs, api_name="ask")
        for button in examples:
            button.click(ask, [button, chatbot, turns], outputs, api_visibility="private")
    return page


def _ask(
    assistant: Assistant, question: str, messages: list[Message], turns: list[Turn]
) -> tuple[str, list[Message], list[Turn], str]:
    """One turn of the conversation: the emptied box, the messages, the history, the evidence."""
    language = detect_language(question)
    evidence = evidence_html([], language)
    try:
        answer = assistant.ask(question, turns)
        quotes = checked_quotes(answer, assistant.library)
        reply = answer_html(answer, quotes)
        evidence = evidence_html(quotes, answer.language)
        turns = [*turns, answer.as_turn()]
    except KutipError as error:
        reply = notice_html(str(error))
    except Exception:
        # An exception that leaves this function would lock the page until it is loaded again.
        logger.exception("A question failed")
        reply = notice_html(word("failed", language))
    messages = [
        *messages,
        {"role": "user", "content": question_html(question)},
        {"role": "assistant", "content": reply},
    ]
    return "", messages, turns, evidence


def _warm_up(library: Library) -> None:
    """Load the model while the page is being opened; a failure shows with the first question."""
    try:
        library.embedder.embed_questions(["?"])
    except KutipError as error:
        logger.warning("%s", error)
