"""Who may use a server: names with hashed passwords for the page, hashed keys for programs.

The file holds no password and no key, only what they can be checked against.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from kutip.index.errors import KutipError

SHORTEST_PASSWORD = 8
KEY_PREFIX = "kutip_"
# 64 MB and about 0.2 s a password (N, r, p): OWASP's password storage cheat sheet names 2^16, 8, 2
# and 2^17, 8, 1 as equally strong settings of scrypt; memory is kept for the model here.
COST, BLOCK, PARALLEL = 2**16, 8, 2
MEMORY = 256 * 1024 * 1024


class _File(BaseModel):
    """What the file holds."""

    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    users: dict[str, str] = {}
    keys: dict[str, str] = {}


@dataclass(frozen=True)
class Accounts:
    """Users and keys by name, with what they are checked against. Never changed in place."""

    users: dict[str, str] = field(default_factory=dict, repr=False)
    keys: dict[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The accounts of a file. Raises `KutipError` where it is missing or damaged."""
        try:
            found = _File.model_validate_json(path.read_bytes())
        except OSError as error:
            raise KutipError(
                f"{path} cannot be read: {error.strerror}. Make it with `kutip auth user {path} "
                "NAME`."
            ) from error
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise KutipError(
                f"{path} is not a file of accounts ({'.'.join(map(str, first['loc'])) or 'it'}: "
                f"{first['msg']}): delete it, and make it anew with `kutip auth user {path} NAME`."
            ) from error
        return cls(found.users, found.keys)

    def write(self, path: Path) -> None:
        """Write the file, readable by its owner alone; it appears whole or not at all."""
        values = _File(users=self.users, keys=self.keys).model_dump()
        try:
            # mkstemp makes the file readable by its owner alone.
            handle, temporary = tempfile.mkstemp(prefix=f"{path.name}-", dir=path.absolute().parent)
        except OSError as error:
            raise KutipError(
                f"{path} cannot be written: {error.strerror}. Name a file in a directory that you "
                "can write to."
            ) from error
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(values, file, indent=2, ensure_ascii=False)
                file.write("\n")
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise

    def with_user(self, name: str, password: str) -> "Accounts":
        """These accounts and a user; one of the same name gets the new password."""
        if len(password) < SHORTEST_PASSWORD:
            raise KutipError(
                f"The password has {len(password)} characters, expected {SHORTEST_PASSWORD} or "
                "more: choose a longer one."
            )
        return replace(self, users=self.users | {_name(name): hash_password(password)})

    def with_key(self, name: str) -> tuple["Accounts", str]:
        """These accounts and a new key, which is nowhere kept and so must be shown now."""
        key = KEY_PREFIX + secrets.token_urlsafe(32)
        return replace(self, keys=self.keys | {_name(name): _hash_key(key)}), key

    def without(self, name: str) -> "Accounts":
        """These accounts without the user and the key of this name. Raises where there is none."""
        if name not in self.users and name not in self.keys:
            known = ", ".join(sorted({*self.users, *self.keys}))
            raise KutipError(f"No user and no key is called {name!r}; there are: {known}.")
        users = {other: value for other, value in self.users.items() if other != name}
        keys = {other: value for other, value in self.keys.items() if other != name}
        return Accounts(users, keys)

    def has_password(self, name: str, password: str) -> bool:
        """Whether the user exists and the password is theirs; takes the same time either way."""
        stored = self.users.get(name)
        matches = check_password(password, stored or UNKNOWN)
        return stored is not None and matches

    def owner(self, key: str) -> str | None:
        """The name of a key; None where it is none of these."""
        given = _hash_key(key)
        found = [name for name, known in self.keys.items() if hmac.compare_digest(known, given)]
        return found[0] if found else None


def hash_password(password: str) -> str:
    """`scrypt$N$r$p$salt$hash`, with a random salt of 16 bytes and a hash of 32, in base64."""
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, COST, BLOCK, PARALLEL)
    return f"scrypt${COST}${BLOCK}${PARALLEL}${_encode(salt)}${_encode(digest)}"


def check_password(password: str, stored: str) -> bool:
    """Whether a password fits what `hash_password` made of it."""
    try:
        kind, cost, block, parallel, salt, digest = stored.split("$")
        known = base64.b64decode(digest, validate=True)
        found = _scrypt(
            password, base64.b64decode(salt, validate=True), int(cost), int(block), int(parallel)
        )
    except ValueError:
        return False
    return kind == "scrypt" and hmac.compare_digest(found, known)


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(
        password.encode(errors="surrogatepass"),
        salt=salt,
        n=cost,
        r=block,
        p=parallel,
        maxmem=MEMORY,
        dklen=32,
    )


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _hash_key(key: str) -> str:
    # A key is random and long, so that a fast hash without salt gives nothing away.
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def _name(name: str) -> str:
    if not name.strip() or name != name.strip() or not name.isprintable():
        raise KutipError(
            f"{name!r} cannot be a name: expected letters without blank space around them."
        )
    return name


# What a password is checked against where there is no such user: it fits none.
UNKNOWN = f"scrypt${COST}${BLOCK}${PARALLEL}${_encode(bytes(16))}${_encode(bytes(32))}"
