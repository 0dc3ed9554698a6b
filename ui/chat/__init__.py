"""The web chat."""

from kutip.ui.chat.options import ChatOptions
from kutip.ui.chat.page import build_page, page_head

__all__ = ["ChatOptions", "build_page", "page_head"]
