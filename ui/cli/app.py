"""The program `kutip`: its commands, and what it says when something goes wrong."""

import logging
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from kutip.index.errors import KutipError
from kutip.ui.cli import ask, auth, chat, evaluate, library, mcp, serve

ERROR = 1

app = typer.Typer(
    help="Ask news articles in Indonesian or English, and get the exact words that answer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for group in (ask, library, chat, serve, mcp, auth, evaluate):
    app.add_typer(group.commands)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kutip {version('kutip')}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an error, and what is logged.")
    ] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    logging.basicConfig(format="%(message)s", level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("kutip").setLevel(logging.DEBUG if debug else logging.INFO)


def main() -> None:
    """Run the program; exit codes are 0, 1 for an error, 2 for wrong usage, 3 for not found."""
    if "--debug" in sys.argv:
        app()
    try:
        app()
    except KutipError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("Stopped.", code=130)
    except BrokenPipeError:
        # The reader of the pipe has seen enough; closing here keeps Python from saying so too.
        sys.stderr.close()
        sys.exit(ERROR)
    except Exception as error:  # noqa: BLE001 - the last resort, so that no one sees a traceback
        _fail(f"{type(error).__name__}: {error}. Run again as `kutip --debug …` to see where.")


def _fail(message: str, code: int = ERROR) -> None:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(Text.assemble(("Error: ", "bold red"), message))
    sys.exit(code)
