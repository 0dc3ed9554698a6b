"""Who may use a server: the file, the commands that make it, and when it is needed."""

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kutip.index import KutipError
from kutip.ui.cli import app
from kutip.ui.server import Accounts, ServerOptions

PASSWORD = "kuda betina 42"


def run(*arguments: str, typed: str = "") -> str:
    done = CliRunner().invoke(app, ["auth", *arguments], input=typed)
    if done.exception:
        raise done.exception
    return done.stdout


def test_a_password_is_checked_and_nowhere_kept(tmp_path: Path) -> None:
    file = tmp_path / "auth.json"
    run("user", str(file), "sri", typed=PASSWORD + "\n")
    assert PASSWORD not in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    accounts = Accounts.read(file)
    assert accounts.has_password("sri", PASSWORD)
    assert not accounts.has_password("sri", PASSWORD + "!")
    assert not accounts.has_password("joko", PASSWORD)


def test_two_users_of_one_password_cannot_be_told() -> None:
    accounts = Accounts().with_user("sri", PASSWORD).with_user("joko", PASSWORD)
    assert accounts.users["sri"] != accounts.users["joko"]


def test_a_key_is_shown_once_and_belongs_to_its_name(tmp_path: Path) -> None:
    file = tmp_path / "auth.json"
    key = run("key", str(file), "bot").strip()
    assert key not in file.read_text("utf-8")
    assert Accounts.read(file).owner(key) == "bot"
    assert Accounts.read(file).owner(key[:-1]) is None
    assert run("list", str(file)).split() == ["key", "bot"]
    run("user", str(file), "sri", typed=PASSWORD + "\n")
    run("remove", str(file), "bot")
    assert Accounts.read(file).owner(key) is None
    run("remove", str(file), "sri")
    serve = ["serve", "--auth-file", str(file), "--library", str(tmp_path / "library")]
    refused = CliRunner().invoke(app, serve)
    assert isinstance(refused.exception, KutipError)
    assert "neither a user nor a key" in str(refused.exception)
    run("user", str(file), "joko", typed=PASSWORD + "\n")
    assert run("list", str(file)).split() == ["user", "joko"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(KutipError, match=r"auth\.json cannot be written"):
        run("key", str(tmp_path / "nowhere" / "auth.json"), "bot")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "is not a file of accounts"),
        ('{"version": 2, "users": {"a": "b"}}', "version"),
        ('{"version": 1, "passwords": {}}', "passwords"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "auth.json"
    file.write_text(content, "utf-8")
    with pytest.raises(KutipError, match=message):
        Accounts.read(file)


def test_a_damaged_hash_fits_no_password() -> None:
    for stored in ("", "scrypt", "scrypt$1$2$3$4$5", "md5$65536$8$2$AAAA$AAAA"):
        assert not Accounts(users={"sri": stored}).has_password("sri", "")


@pytest.mark.parametrize(
    ("name", "password"), [("sri", "pendek"), (" ", PASSWORD), ("sri ", PASSWORD), ("", PASSWORD)]
)
def test_a_bad_name_or_password_is_refused(name: str, password: str) -> None:
    with pytest.raises(KutipError, match="expected"):
        Accounts().with_user(name, password)


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        ({}, True),
        ({"host": "localhost"}, True),
        ({"host": "::1"}, True),
        ({"host": "127.0.0.2"}, True),
        ({"host": "0.0.0.0"}, False),
        ({"host": "::"}, False),
        ({"host": "berita.example"}, False),
        ({"allowed_hosts": ("berita.example",)}, False),
        ({"host": "0.0.0.0", "read_only": True}, True),
        ({"host": "0.0.0.0", "accounts": Accounts(keys={"bot": "00"})}, True),
        ({"allowed_hosts": ("berita.example",), "read_only": True}, True),
    ],
)
def test_strangers_cannot_change_a_library(values: dict[str, object], allowed: bool) -> None:
    options = ServerOptions(**values)  # type: ignore[arg-type]
    if allowed:
        options.check()
    else:
        with pytest.raises(KutipError, match="--read-only"):
            options.check()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--host", "0.0.0.0"], "others than you could add"),
        (["--auth-file", "nowhere.json"], "kutip auth user"),
        (["--root-path", "kutip/"], "expected a path as /kutip"),
        (["--log-format", "xml"], "choose one of auto, json, text"),
        (["--host", "203.0.113.1", "--read-only"], "cannot be served on"),
        (["--rate", "often", "--port", "0"], "120/minute"),
    ],
)
def test_a_server_that_cannot_start_says_why(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    for command in ("chat", "serve"):
        done = CliRunner().invoke(app, [command, "--library", str(tmp_path), *arguments])
        assert isinstance(done.exception, KutipError)
        assert message in str(done.exception)


def test_the_file_is_readable_by_people(tmp_path: Path) -> None:
    Accounts().with_user("sri", PASSWORD).write(tmp_path / "auth.json")
    values = json.loads((tmp_path / "auth.json").read_text("utf-8"))
    assert values["version"] == 1
    assert list(values["users"]) == ["sri"]
    assert not list(tmp_path.glob("auth.json-*"))
