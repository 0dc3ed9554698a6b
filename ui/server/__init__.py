"""The server that the chat, the programming interface and MCP share."""

from kutip.ui.server.accounts import Accounts
from kutip.ui.server.options import ServerOptions

__all__ = ["Accounts", "ServerOptions"]
