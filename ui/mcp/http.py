"""The server over streamable HTTP, to be put into the app of the chat."""

from typing import TYPE_CHECKING

from kutip.ui.mcp.installed import require

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from kutip.ui.server.services import Services


def build_http_app(services: "Services") -> "Starlette":
    """An app that serves `/mcp`. Raises `MissingExtraError` where the extra is missing."""
    require()
    from mcp.server.transport_security import TransportSecuritySettings

    from kutip.ui.mcp.server import build_server

    return build_server(services).streamable_http_app(
        # Every request stands for itself: no sessions to keep, none to lose when it restarts.
        stateless_http=True,
        json_response=True,
        # Hosts and origins were checked on the way in, as for everything else.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
