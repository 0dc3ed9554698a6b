"""Kutip for the Model Context Protocol; needs the extra `mcp`."""

from kutip.ui.mcp.http import build_http_app
from kutip.ui.mcp.installed import is_installed

__all__ = ["build_http_app", "is_installed"]
