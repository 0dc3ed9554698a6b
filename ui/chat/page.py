"""The page."""

from kutip.index.library import Library


def serve(library: Library, *, host: str, port: int) -> None:
    """Serve."""
