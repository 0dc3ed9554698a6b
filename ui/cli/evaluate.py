"""`kutip eval`."""

import typer

commands = typer.Typer()
