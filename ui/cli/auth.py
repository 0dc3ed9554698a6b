"""`kutip auth`: who may use a server that others can reach."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kutip.ui.cli.options import messages, output

if TYPE_CHECKING:
    from kutip.ui.server.accounts import Accounts

commands = typer.Typer()
auth = typer.Typer(
    help="Make the file for --auth-file: users for the page, keys for programs.",
    no_args_is_help=True,
)
commands.add_typer(auth, name="auth")

FileArgument = Annotated[Path, typer.Argument(help="The file; made where there is none.")]
NameArgument = Annotated[str, typer.Argument(help="The name of the user or the key.")]


@auth.command()
def user(file: FileArgument, name: NameArgument) -> None:
    """Add a user, or give one a new password; it is asked for, or read from standard input."""
    accounts = _accounts(file)
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    accounts.with_user(name, password).write(file)
    messages.print(f"{name} can log in to a server with --auth-file {file}", markup=False)


@auth.command()
def key(file: FileArgument, name: NameArgument) -> None:
    """Make a key for a program and print it, once: the file holds only its hash."""
    accounts, made = _accounts(file).with_key(name)
    accounts.write(file)
    output.print(made, markup=False)


@auth.command()
def remove(file: Annotated[Path, typer.Argument(help="The file.")], name: NameArgument) -> None:
    """Remove a user or a key."""
    _accounts(file, must_exist=True).without(name).write(file)
    messages.print(f"Removed {name} from {file}", markup=False)


@auth.command("list")
def list_(file: Annotated[Path, typer.Argument(help="The file.")]) -> None:
    """List the names of users and keys."""
    accounts = _accounts(file, must_exist=True)
    for kind, names in (("user", accounts.users), ("key", accounts.keys)):
        for name in names:
            output.print(f"{kind:<6}{name}", markup=False)


def _accounts(file: Path, *, must_exist: bool = False) -> "Accounts":
    # Not above: pydantic takes its time, and other commands do without.
    from kutip.ui.server.accounts import Accounts

    return Accounts.read(file) if must_exist or file.exists() else Accounts()
