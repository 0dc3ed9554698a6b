"""The chat page: a conversation on the left, its evidence on the right.

The panes are HTML that the server makes; `script.js` holds the conversation, in the browser alone,
and sends it with each request through a channel, a component that is never seen.
"""

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kutip.rag.assistant import Assistant
from kutip.ui.chat import chrome
from kutip.ui.chat.actions import Actions, Update
from kutip.ui.chat.adding import Underway
from kutip.ui.chat.admission import Admission
from kutip.ui.chat.options import ChatOptions
from kutip.ui.chat.readiness import Readiness
from kutip.ui.chat.requests import Request

if TYPE_CHECKING:
    from gradio import Blocks

PANES = tuple(pane.name for pane in fields(Update) if pane.name != "reply")
LEFT_OVER = (3600, 24 * 3600)
"""Every hour, files that were uploaded a day ago and never added are deleted; in seconds."""
CHANNEL = (
    "kutip.channel('{name}', data => trigger('send', {{payload: data}}), props, watch, upload)"
)


def build_page(
    assistant: Assistant,
    options: ChatOptions | None = None,
    readiness: Readiness | None = None,
    admission: Admission | None = None,
    underway: Underway = nullcontext,
) -> "Blocks":
    """The page for an assistant, not yet served; pass `page_head()` on to what serves it.

    `readiness` tells the page when the model is loaded; without one, loading begins here.
    `admission` is the line of its questions, for who wants to watch it; `underway` is held while
    the library is changed, for who must wait for that.
    """
    # Before the import: Gradio would look up two outside hosts at its start.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("NO_PROXY", "127.0.0.1,localhost")
    import gradio as gr
    from gradio.utils import get_upload_folder

    options = options or ChatOptions()
    if readiness is None:
        readiness = Readiness(assistant)
        readiness.start()
    admission = admission or Admission(options.concurrency, options.queue_size)
    uploads = Path(get_upload_folder())
    actions = Actions(assistant, options, readiness, uploads, admission, underway)

    def pane(html: str = "", *, name: str) -> Any:
        # Without Gradio's styles for prose, which are not those of a newspaper.
        return gr.HTML(html, elem_id=f"kutip-{name}", apply_default_css=False, js_on_load=None)

    page: Blocks
    with gr.Blocks(
        title="Kutip", analytics_enabled=False, fill_width=True, delete_cache=LEFT_OVER
    ) as page:
        pane(chrome.header(), name="header")
        with gr.Row(elem_id="kutip-panes"):
            with gr.Column(elem_id="kutip-talk"):
                pane(chrome.talk_tools(), name="talk-tools")
                conversation = pane(name="conversation")
                examples = pane(name="examples")
                scope = pane(name="scope")
                pane(chrome.composer(), name="composer")
            with gr.Column(elem_id="kutip-side"):
                pane(chrome.tabs(), name="tabs")
                evidence = pane(name="evidence")
                with gr.Column(elem_id="kutip-library"):
                    pane(chrome.adding(options), name="add")
                    progress = pane(name="progress")
                    library = pane(name="articles")
                pane(chrome.history(), name="history")
        pane(chrome.dialogs(), name="dialogs")
        panes = {
            "conversation": conversation,
            "evidence": evidence,
            "library": library,
            "scope": scope,
            "examples": examples,
            "progress": progress,
        }

        def channel(name: str, action: Any, **settings: Any) -> Any:
            """A component through which the script calls an action; what it replies is JSON."""
            component = gr.HTML(
                html_template="", js_on_load=CHANNEL.format(name=name), visible="hidden"
            )
            return component.send(
                action,
                outputs=[component, *(panes[pane] for pane in PANES)],
                show_progress="hidden",
                trigger_mode="multiple",
                # Not its function's name, which a public endpoint may bear.
                api_name=f"channel_{name}",
                api_visibility="private",
                **settings,
            )

        def outputs(request: Request, update: Update) -> list[Any]:
            """A value for each output; the reply names the request, so that no two are equal."""
            reply = json.dumps({"request": request.id, **update.reply}) if update.reply else None
            values = [reply, *(getattr(update, pane) for pane in PANES)]
            return [gr.skip() if value is None else value for value in values]

        def plain(action: Any) -> Any:
            def run(event: gr.EventData) -> list[Any]:
                request = Request.read(event.payload)
                return outputs(request, actions.guarded(action, request))

            return run

        async def ask(event: gr.EventData) -> AsyncIterator[list[Any]]:
            request = Request.read(event.payload)
            async for update in actions.ask(request):
                yield outputs(request, update)

        def add(event: gr.EventData) -> Iterator[list[Any]]:
            request = Request.read(event.payload)
            for update in actions.add(request):
                yield outputs(request, update)

        # The line of questions is Kutip's own, which can say in two languages that it is full.
        asked = channel("ask", ask, concurrency_limit=None)
        channel("stop", plain(actions.open), cancels=[asked], queue=False)
        for name in ("open", "poll", "article", "export"):
            channel(name, plain(getattr(actions, name)), queue=False)
        if options.feedback:
            channel("verdict", plain(actions.verdict), queue=False)
        if not options.read_only:
            channel("add", add, concurrency_limit=1)
            channel("remove", plain(actions.remove), queue=False)
    page.queue(max_size=None)
    return page


def page_head() -> str:
    """Styles, words and script, for the `head` of what serves the page; nothing else is needed."""
    return chrome.head()
