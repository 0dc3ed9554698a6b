"""`kutip serve`: the programming interface and MCP over HTTP, without the page."""

import typer

from kutip.ui.cli import serving
from kutip.ui.cli.options import LibraryOption, ModelOption

commands = typer.Typer()


@commands.command()
def serve(
    library: LibraryOption = None,
    model: ModelOption = None,
    host: serving.HostOption = "127.0.0.1",
    port: serving.PortOption = 7860,
    read_only: serving.ReadOnlyOption = False,
    auth_file: serving.AuthFileOption = None,
    max_file_size: serving.MaxFileSizeOption = serving.DEFAULT_MEGABYTES,
    concurrency: serving.ConcurrencyOption = 2,
    queue_size: serving.QueueSizeOption = 64,
    root_path: serving.RootPathOption = "",
    allow_host: serving.AllowHostOption = None,
    rate: serving.RateOption = "120/minute",
    log_format: serving.LogFormatOption = "auto",
    log_questions: serving.LogQuestionsOption = False,
) -> None:
    """Serve the programming interface and MCP over HTTP; described at /v1/openapi.json."""
    # Each under the name that it has here.
    serving.serve(**locals(), page=False)
