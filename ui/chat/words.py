"""The words of the page in both languages."""

from kutip.index.language import Language

WORDS: dict[str, dict[Language, str]] = {
    "paragraph": {"id": "paragraf", "en": "paragraph"},
    "page": {"id": "halaman", "en": "page"},
    "whole_article": {"id": "Lihat di artikel", "en": "Show in the article"},
    "no_evidence": {
        "id": "Kutipan dan artikelnya muncul di sini.",
        "en": "Quotes and their article appear here.",
    },
    "placeholder": {
        "id": "Tulis pertanyaan, dalam bahasa Indonesia atau Inggris",
        "en": "Type a question, in Indonesian or English",
    },
    "evidence": {"id": "Bukti", "en": "Evidence"},
    "conversation": {"id": "Percakapan", "en": "Conversation"},
    "question": {"id": "Pertanyaan", "en": "Question"},
    "examples": {"id": "Contoh", "en": "Examples"},
    "failed": {
        "id": "Terjadi kesalahan, tetapi halaman ini masih bisa dipakai. Coba lagi.",
        "en": "Something went wrong, but the page still works. Please try again.",
    },
}


def word(name: str, language: Language) -> str:
    """A word of the page by name."""
    return WORDS[name][language]
