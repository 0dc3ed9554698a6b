"""The words around quotes, in both languages. None of them is ever shown as a quote."""

from kutip.index.language import Language

SURE, FAIRLY_SURE = 0.75, 0.5

PHRASES: dict[str, dict[Language, str]] = {
    "answered": {
        "id": "Menurut artikel ini:",
        "en": "According to the article:",
    },
    "related": {
        "id": "Artikelnya tidak menjawab ini secara langsung. Bagian yang paling dekat:",
        "en": "The article does not answer this directly. The nearest passages:",
    },
    "not_found": {
        "id": "Artikelnya tidak membahas hal itu.",
        "en": "The article does not say.",
    },
    "empty": {
        "id": "Perpustakaan masih kosong. Tambahkan artikel lebih dulu.",
        "en": "The library is empty. Add an article first.",
    },
    "hello": {
        "id": "Halo! Silakan tanyakan sesuatu tentang artikel di perpustakaan ini.",
        "en": "Hello! Ask me something about the articles in this library.",
    },
    "thanks": {
        "id": "Sama-sama! Masih ada yang ingin ditanyakan?",
        "en": "You are welcome! Anything else you would like to ask?",
    },
    "sure": {
        "id": "Cukup yakin bahwa kutipan ini menjawab.",
        "en": "Quite sure that this quote answers.",
    },
    "fairly_sure": {
        "id": "Mungkin kutipan ini menjawab.",
        "en": "This quote probably answers.",
    },
    "unsure": {
        "id": "Kurang yakin: periksa kutipannya.",
        "en": "Not very sure: check the quote.",
    },
    "bye": {
        "id": "Sampai jumpa!",
        "en": "Goodbye!",
    },
}


def phrase(name: str, language: Language) -> str:
    """A phrase by name in a language."""
    return PHRASES[name][language]


def confidence_phrase(confidence: float, language: Language) -> str:
    """A confidence in plain words."""
    if confidence >= SURE:
        name = "sure"
    else:
        name = "fairly_sure" if confidence >= FAIRLY_SURE else "unsure"
    return PHRASES[name][language]
