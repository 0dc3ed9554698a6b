"""The address of a server, taken before all else, so that a browser finds it at once."""

import socket

from kutip.index.errors import KutipError

BACKLOG = 512


def listen(host: str, port: int) -> socket.socket:
    """A socket at this address; port 0 takes a free one. Raises `KutipError` where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        raise KutipError(
            f"{host}:{port} cannot be served on: {getattr(error, 'strerror', None) or error}. "
            "Choose another --port, or a --host of this machine."
        ) from error
