"""The one message for a framework that is not installed."""

from collections.abc import Iterator
from contextlib import contextmanager

from kutip.index.errors import KutipError


class MissingExtraError(KutipError, ImportError):
    """The framework that an integration is for cannot be imported."""


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Put around the imports that the extra `name` installs; the integration has the same name.

    Raises `MissingExtraError`, with the pip line, where one of them fails.
    """
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(
            f"kutip.rag.integrations.{name} needs packages that cannot be imported ({error}): "
            f"pip install 'kutip[{name}]'"
        ) from error
