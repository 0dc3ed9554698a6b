"""The lexical side of the library: words as full-text search sees them.

Texts are stemmed by their own language, each language in a column of its own, since a stemmer on
the wrong language hurts (`docs/decisions.md`). It knows the shape of a query, not the database.
"""

import re
import unicodedata
from collections.abc import Sequence

from Stemmer import Stemmer

from kutip.index.language import LANGUAGES, Language

WORD = re.compile(r"\w+")
STEMMERS = {"id": "indonesian", "en": "english"}
QUERY_TERMS = 6
"""A question's rarest words: an OR of all of them is forty times slower and finds the same."""


def stems(text: str, language: Language) -> list[str]:
    """The words of `text` in order, in small letters and stemmed."""
    # A stemmer keeps state between calls and must not be shared by threads; a new one is cheap.
    words: list[str] = Stemmer(STEMMERS[language]).stemWords(WORD.findall(_plain(text)))
    return words


def columns(text: str, language: Language) -> list[str]:
    """A passage's text for each column, in the order of `LANGUAGES`: all but one are empty."""
    stemmed = " ".join(stems(text, language))
    return [stemmed if column == language else "" for column in LANGUAGES]


def match_expression(language: Language, terms: Sequence[str]) -> str:
    """An FTS5 query that matches any of the terms in the column of `language`.

    Every term is quoted, so that no word of a question is read as an operator.
    """
    alternatives = " OR ".join(f'"{term}"' for term in terms)
    return f"{language} : ({alternatives})" if terms else ""


def _plain(text: str) -> str:
    """Small letters without their marks, as the database's tokenizer has them: "café" is "cafe"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
