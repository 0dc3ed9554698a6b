"""What went wrong, in the person's language.

Kutip's own messages are English and speak to the person at the command line, with paths and
options. Here each kind is told in the words of the page; one that is not known here is told by its
own message, after a sentence that says so.
"""

import re

from kutip.index.errors import KutipError, LibraryBusyError, ModelError, ModelMismatchError
from kutip.index.language import Language
from kutip.index.loading import SUFFIXES
from kutip.rag.retriever import LONGEST_QUESTION
from kutip.ui.chat.words import number, word

MEGABYTE = 1024 * 1024
# The first that is found in an error's message tells which word it is.
KINDS = {
    r"is a file (of type|without a type)": "refused_type",
    r"bytes, the limit is": "refused_size",
    r"question is empty": "empty_question",
    r"The question has [\d,]+ characters": "long_question",
    r"is empty: expected": "refused_empty",
    r"holds a NUL|holds binary data|surrogate pair": "refused_binary",
    r"is encrypted": "refused_encrypted",
    r"so it is a scan": "refused_scan",
    r"is no PDF": "refused_pdf",
    r"is no Word file": "refused_docx",
    r"holds no text, expected": "refused_textless",
    r"holds no article": "refused_html",
    r"front matter that is not YAML": "refused_matter",
    r"was not uploaded": "refused_upload",
    r"cannot be read:": "refused_unreadable",
    r"server is stopping": "server_stopping",
    r"No article has": "article_gone",
}


def explain(error: Exception, locale: Language, *, max_file_bytes: int = 0) -> str:
    """What a person is told of an error."""
    if isinstance(error, LibraryBusyError):
        return word("busy", locale)
    if isinstance(error, ModelError | ModelMismatchError):
        # Paths and names of weights say nothing to the person, and the log has them.
        return word("loading_failed", locale)
    if not isinstance(error, KutipError):
        return word("failed", locale)
    message = str(error)
    for pattern, name in KINDS.items():
        if re.search(pattern, message):
            return word(
                name,
                locale,
                types=" ".join(SUFFIXES),
                size=megabytes(max_file_bytes, locale),
                limit=number(LONGEST_QUESTION, locale),
            )
    return f"{word('other_problem', locale)} {message}"


def megabytes(size: int, locale: Language) -> str:
    """A size in MB, with a decimal where it is small."""
    value = size / MEGABYTE
    return number(value, locale, 0 if value >= 10 or value == int(value) else 2)
