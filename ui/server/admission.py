"""Who may ask over HTTP or MCP, and how often."""

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.requests import Request

from kutip.index.errors import KutipError
from kutip.ui.server.accounts import Accounts

LOGINS = "10/minute"


class Admission:
    """Keys and rates of one server; counts are kept in memory alone."""

    def __init__(self, accounts: Accounts | None, rate: str) -> None:
        """`rate` is what each client may ask. Raises `KutipError` where it cannot be read."""
        try:
            self._rate = parse(rate)
        except ValueError as error:
            raise KutipError(
                f"The rate {rate!r} cannot be read: expected a number and a time, as 120/minute."
            ) from error
        self._logins = parse(LOGINS)
        self._accounts = accounts
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    @property
    def needs_key(self) -> bool:
        """Whether programs must name a key."""
        return self._accounts is not None

    def check_key(self, request: Request) -> str:
        """The client's name: of its key, else its address. Raises 401 where the key is wrong."""
        address = _address(request)
        if self._accounts is None:
            return address
        named = request.headers.get("x-api-key"), _bearer(request)
        given = [key for key in named if key is not None]
        # Where both are given, a wrong one is not to be covered up by the other.
        owners = {self._accounts.owner(key) for key in given} or {None}
        owner = owners.pop()
        if owner is None or owners:
            # Keys are long enough that guessing is hopeless; this keeps it from being costly.
            self._check_rate(self._rate, "refused", address)
            found = "is not one that this server knows" if given else "is missing"
            raise HTTPException(
                401,
                f"The API key {found}: send one as `Authorization: Bearer KEY` or as "
                "`X-API-Key: KEY`; whoever runs the server makes it with `kutip auth key`.",
                {"WWW-Authenticate": "Bearer"},
            )
        return f"key {owner}"

    def check(self, request: Request) -> None:
        """Raise 401 for a wrong key, 429 for a client that asks too often."""
        self._check_rate(self._rate, "api", self.check_key(request))

    def check_login(self, request: Request) -> None:
        """Raise 429 for an address that tries too many passwords."""
        self._check_rate(self._logins, "login", _address(request))

    def _check_rate(self, rate: RateLimitItem, what: str, client: str) -> None:
        if self._limiter.hit(rate, what, client):
            return
        seconds = rate.get_expiry()
        raise HTTPException(
            429,
            f"Too many requests: {rate} are allowed here. Wait up to {seconds} s.",
            {"Retry-After": str(seconds)},
        )


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _bearer(request: Request) -> str | None:
    """The key in the header `Authorization`, which may be wrong; None where there is none."""
    header = request.headers.get("authorization", "")
    kind, _, key = header.partition(" ")
    # A proxy in front may ask for a password of its own and pass it on.
    if not header or kind.casefold() == "basic":
        return None
    return key.strip() if kind.casefold() == "bearer" else header
