"""What is known about the request that is being served, for logs and figures."""

from contextvars import ContextVar

INTERFACE: ContextVar[str] = ContextVar("kutip_interface", default="chat")
"""What asked: chat, http or mcp."""
REQUEST_ID: ContextVar[str | None] = ContextVar("kutip_request_id", default=None)
"""Given back in the header `X-Request-ID`, and found in the logs."""
