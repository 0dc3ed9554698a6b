"""Whether the extra is there, known without importing it."""

from importlib.util import find_spec

from kutip.index.errors import KutipError


def is_installed() -> bool:
    """Whether the package mcp can be imported."""
    return find_spec("mcp") is not None


def require() -> None:
    """Raise `KutipError` with the line that installs what is missing."""
    if not is_installed():
        raise KutipError("The package mcp is not installed: run `pip install 'kutip[mcp]'`.")
