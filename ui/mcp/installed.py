"""Whether the extra is there, known without importing it."""

from importlib.util import find_spec

from kutip.rag.integrations.extras import MissingExtraError


def is_installed() -> bool:
    """Whether the package mcp can be imported."""
    return find_spec("mcp") is not None


def require() -> None:
    """Raise `MissingExtraError` with the line that installs what is missing."""
    if not is_installed():
        raise MissingExtraError("The package mcp is not installed: run `pip install 'kutip[mcp]'`.")
