"""The words of the page in both languages, from `words.json`."""

import json
from datetime import date
from functools import cache
from importlib.resources import files

from kutip.index.language import Language

MONTHS: dict[Language, str] = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}


@cache
def words() -> dict[str, dict[Language, str]]:
    """All of them by name; values may hold `{fields}`."""
    found: dict[str, dict[Language, str]] = json.loads(
        files("kutip.ui.chat").joinpath("words.json").read_text("utf-8")
    )
    return found


def word(name: str, language: Language, /, **fields: object) -> str:
    """A word or sentence by name, with its fields filled in."""
    text = words()[name][language]
    return text.format(**fields) if fields else text


def counted(name: str, count: int, language: Language) -> str:
    """So many of something, as `name` or, for a single one, `name_one` says it."""
    return word(f"{name}_one" if count == 1 else name, language, count=number(count, language))


def number(value: float, language: Language, digits: int = 0) -> str:
    """A number as the language writes it."""
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text


def day(value: date, language: Language) -> str:
    """A date in full words."""
    return f"{value.day} {MONTHS[language].split()[value.month - 1]} {value.year}"


def language_name(of: Language, language: Language) -> str:
    """The name of a language in a language."""
    return word(f"language_{of}", language)
