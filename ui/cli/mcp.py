"""`kutip mcp`."""

import typer

from kutip.ui.cli.options import LibraryOption, ModelOption, opened

commands = typer.Typer()


@commands.command()
def mcp(library: LibraryOption = None, model: ModelOption = None) -> None:
    """Serve MCP on standard input and output; `kutip serve` has it at /mcp, over HTTP."""
    from kutip.ui.mcp.stdio import serve_stdio

    with opened(library, model) as opened_library:
        serve_stdio(opened_library)
