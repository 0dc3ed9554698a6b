"""`kutip chat`."""

from typing import Annotated

import typer

from kutip.ui.cli.options import LibraryOption, ModelOption, messages, opened

commands = typer.Typer()


@commands.command()
def chat(
    library: LibraryOption = None,
    model: ModelOption = None,
    host: Annotated[str, typer.Option(help="The address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to serve on.", min=1, max=65535)] = 7860,
) -> None:
    """Open the web chat."""
    from kutip.ui.chat import serve

    with opened(library, model, ask=True) as opened_library:
        messages.print(f"Opening the chat on http://{host}:{port} (Ctrl-C ends it)")
        serve(opened_library, host=host, port=port)
