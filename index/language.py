"""Which of Kutip's two languages a text is in.

It knows Indonesian and English alone: another language gets the nearer of the two.
"""

from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

# Above this many characters the answer no longer changes, and the time grows.
SAMPLE_LENGTH = 2_000
# Below it the text (a name, a year) says nothing of its language.
LEAST_PROBABILITY = 0.6


def detect_language(text: str, default: Language = "id") -> Language:
    """The language of `text`; `default` where the text does not tell, as a name does not.

    On 4,846 news questions 0.04 % are wrong, on their first three words 0.4 %.
    """
    if not any(character.isalpha() for character in text):
        return default
    language, probability = _identifier().classify(text[:SAMPLE_LENGTH])
    if probability < LEAST_PROBABILITY:
        return default
    return "en" if language == "en" else "id"


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    every = LanguageIdentifier.from_model_file(MODEL_FILE)
    every.set_languages(list(LANGUAGES))
    # The other languages' tables, which it keeps for a way back, are 28 MB.
    return LanguageIdentifier(
        *(every.nb_ptc, every.nb_pc, every.nb_classes, every.tk_nextmove, every.tk_output),
        norm_probs=True,
        tk_row=every.tk_row,
    )
