"""Greetings and thanks, which want a reply and no search."""

import re

from kutip.index.language import Language

# A whole message must be one of these, so that "Hello Kitty was made by whom?" is a question.
FORMS: dict[tuple[str, Language], str] = {
    ("hello", "id"): r"h[ae]?lo+|hai+|hei|permisi|assalamu.?alaikum|selamat (pagi|siang|sore|malam)"
    r"|pagi|siang|sore|malam|apa kabar",
    ("hello", "en"): r"hello+|hi+|hey|good (morning|afternoon|evening)|greetings|how are you",
    ("thanks", "id"): r"(terima ?kasih|makasih|trims|tengkyu|nuhun|mantap|sip|oke?)( banyak| ya+)*",
    (
        "thanks",
        "en",
    ): r"(thanks?|thank you|thx|ty|cheers|great|ok(ay)?)( a lot| very much| so much)*",
    ("bye", "id"): r"dadah|sampai jumpa|sampai nanti",
    ("bye", "en"): r"(good ?)?bye|see you",
}
TAIL = r"( (kak|min|mas|mbak|bang|bot|kutip|there|everyone|semua|semuanya))?"
PATTERNS = [
    (kind, re.compile(form + TAIL))
    for kind, form in ((kind, f"(?:{form})") for kind, form in FORMS.items())
]


def smalltalk(message: str) -> tuple[str, Language] | None:
    """The kind of a greeting (a name in `phrases`) and its language; None for a question."""
    words = " ".join(re.sub(r"[^\w\s]", " ", message.casefold()).split())
    for kind, pattern in PATTERNS:
        if pattern.fullmatch(words):
            return kind
    return None
