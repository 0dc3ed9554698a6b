"""The server over standard input and output, for programs that start it themselves."""

from kutip.index.library import Library
from kutip.ui.mcp.installed import require


def serve_stdio(library: Library) -> None:
    """Serve until standard input ends. Raises `MissingExtraError` where the extra is missing."""
    require()
    from kutip.ui.chat.readiness import Readiness
    from kutip.ui.mcp.server import build_server
    from kutip.ui.server.options import ServerOptions
    from kutip.ui.server.services import Services

    services = Services.of(library, ServerOptions(read_only=True))
    # What goes wrong there goes wrong again with the first question, and is told then.
    Readiness(services.assistant).start()
    build_server(services).run("stdio")
