"""The web chat."""

from kutip.ui.chat.page import serve

__all__ = ["serve"]
