"""How a server is to run, and whether it may run so.

It knows addresses and limits; nothing of HTTP, pages or models.
"""

from dataclasses import dataclass
from ipaddress import ip_address

from kutip.index.errors import KutipError
from kutip.index.loading import MAX_BYTES
from kutip.ui.server.accounts import Accounts

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What `kutip chat` and `kutip serve` can be told.

    `allowed_hosts` are further names that the server is reached by, as behind a proxy. `rate` is
    what one client may ask in the notation of the package limits ("120/minute"). `queue_size` is
    how many questions may wait beyond the `concurrency` that are answered at once. `bundled` adds
    the article that comes with Kutip to a new library.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    root_path: str = ""
    allowed_hosts: tuple[str, ...] = ()
    accounts: Accounts | None = None
    read_only: bool = False
    max_file_bytes: int = MAX_BYTES
    concurrency: int = 2
    queue_size: int = 64
    rate: str = "120/minute"
    log_questions: bool = False
    page: bool = True
    feedback: bool = True
    bundled: bool = False

    @property
    def is_private(self) -> bool:
        """Whether only programs and people on this machine can reach the server."""
        return is_loopback(self.host) and not self.allowed_hosts

    def check(self) -> None:
        """Raise `KutipError` where strangers could change the library."""
        if self.is_private or self.read_only or self.accounts:
            return
        reached = (
            f"as {', '.join(self.allowed_hosts)}" if is_loopback(self.host) else f"on {self.host}"
        )
        raise KutipError(
            f"The server would be reached {reached}, where others than you could add and remove "
            "articles: start it with --read-only, with --auth-file (make one with `kutip auth "
            "user FILE NAME`), or on 127.0.0.1 alone."
        )


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own; a name other than localhost is not trusted."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
