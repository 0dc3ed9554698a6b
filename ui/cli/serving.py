"""What `kutip chat` and `kutip serve` have in common."""

import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kutip.index.errors import KutipError
from kutip.index.loading import MAX_BYTES
from kutip.ui.cli.options import messages, opened

if TYPE_CHECKING:
    from kutip.ui.server.accounts import Accounts

MEGABYTE = 1024 * 1024

HostOption = Annotated[str, typer.Option(help="The address to serve on.")]
PortOption = Annotated[
    int, typer.Option(help="The port to serve on; 0 takes a free one.", min=0, max=65535)
]
ReadOnlyOption = Annotated[
    bool, typer.Option("--read-only", help="No one can add or remove articles.")
]
AuthFileOption = Annotated[
    Path | None,
    typer.Option(help="Who may use it, made with `kutip auth`.", show_default=False),
]
MaxFileSizeOption = Annotated[int, typer.Option(help="Refuse larger files; in megabytes.", min=1)]
ConcurrencyOption = Annotated[
    int, typer.Option(help="How many questions are answered at once.", min=1)
]
QueueSizeOption = Annotated[int, typer.Option(help="How many more may wait.", min=1)]
RootPathOption = Annotated[
    str, typer.Option(help="The path under which a proxy shows it, as /kutip.")
]
AllowHostOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        help="A further name that it is reached by, as behind a proxy; may be repeated.",
        show_default=False,
    ),
]
RateOption = Annotated[
    str, typer.Option(help="What one client may ask over HTTP and MCP, as 120/minute.")
]
LogFormatOption = Annotated[
    str, typer.Option(help="auto | json | text; auto is text on a terminal and JSON elsewhere.")
]
LogQuestionsOption = Annotated[
    bool, typer.Option("--log-questions", help="Put the text of questions into the log.")
]

DEFAULT_MEGABYTES = MAX_BYTES // MEGABYTE


def serve(
    library: Path | None,
    model: str | None,
    *,
    host: str,
    port: int,
    read_only: bool,
    auth_file: Path | None,
    max_file_size: int,
    concurrency: int,
    queue_size: int,
    root_path: str,
    allow_host: list[str] | None,
    rate: str,
    log_format: str,
    log_questions: bool,
    page: bool,
    feedback: bool = False,
    show: bool = False,
) -> None:
    """Serve until stopped. The address is taken first, so that a browser finds it at once."""
    from kutip.ui.server.logs import FORMATS, configure_logs
    from kutip.ui.server.options import ServerOptions

    kind = next((known for known in FORMATS if known == log_format), None)
    if kind is None:
        raise KutipError(f"--log-format {log_format}: choose one of {', '.join(FORMATS)}.")
    if root_path and (not root_path.startswith("/") or root_path.endswith("/")):
        raise KutipError(
            f"--root-path {root_path}: expected a path as /kutip, with a / before and none after."
        )
    options = ServerOptions(
        host=host,
        port=port,
        root_path=root_path,
        allowed_hosts=tuple(allow_host or ()),
        accounts=_accounts(auth_file) if auth_file else None,
        read_only=read_only,
        max_file_bytes=max_file_size * MEGABYTE,
        concurrency=concurrency,
        queue_size=queue_size,
        rate=rate,
        log_questions=log_questions,
        page=page,
        feedback=feedback,
        bundled=page,
    )
    options.check()
    configure_logs(kind)
    from kutip.ui.server.listen import listen

    with listen(host, port) as listening, opened(library, model) as opened_library:
        from kutip.ui.server.app import build_app
        from kutip.ui.server.run import run
        from kutip.ui.server.services import Services

        services = Services.of(opened_library, options)
        name = f"[{host}]" if ":" in host else host
        url = f"http://{name}:{listening.getsockname()[1]}{root_path}/"
        what = "The chat is" if page else "The programming interface is"
        at = url if page else f"{url}v1"
        messages.print(f"{what} on {at} (Ctrl-C ends it)", markup=False)
        if show:
            # Some browsers, as those in a terminal, are waited for, and would wait for the page.
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        run(build_app(services), options, services.work, listening)


def _accounts(file: Path) -> "Accounts":
    from kutip.ui.server.accounts import Accounts

    accounts = Accounts.read(file)
    if not accounts.users and not accounts.keys:
        raise KutipError(
            f"{file} holds neither a user nor a key, so no one could use the server: add one with "
            f"`kutip auth user {file} NAME` or `kutip auth key {file} NAME`."
        )
    return accounts
