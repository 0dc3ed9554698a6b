"""Questions to begin with, each of which the library, as it is, really answers.

Candidates are made from the names in the newest articles, and asked; only those that are answered
from their own article are shown. This runs beside the page, and anew when the library changes.
"""

import logging
import re
import threading
from collections import Counter
from collections.abc import Iterator

from kutip.index.bundled import bundled_article
from kutip.index.document import Document
from kutip.index.errors import KutipError, LibraryError
from kutip.index.language import LANGUAGES, Language
from kutip.rag.assistant import Assistant
from kutip.ui.chat.words import word

logger = logging.getLogger(__name__)

Suggestion = tuple[str, Language]
BUNDLED: tuple[Suggestion, ...] = (
    ("Apa yang digantikan oleh perjanjian tahun 2000?", "id"),
    ("What did the 2000 treaty replace?", "en"),
    ("Berapa tahun Putin tidak berkunjung ke Korea Utara?", "id"),
    ("Why is the West worried about the deal?", "en"),
    ("Di kota mana perjanjian itu ditandatangani?", "id"),
    ("In which city was the treaty signed?", "en"),
    ("Kapan Uni Soviet bubar?", "id"),
    ("Who called the treaty a breakthrough?", "en"),
    ("Di mana upacara penyambutan Putin berlangsung?", "id"),
    ("When was Putin in North Korea before this visit?", "en"),
)
"""More than are shown, since not every reader is sure of every one."""
ARTICLES = 4
EACH_LANGUAGE = 2
NAME = r"[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,3}"
SAID = {
    "id": re.compile(rf"\b(?:kata|ujar|tutur|ungkap|jelas|ucap|menurut|Menurut)\s({NAME})"),
    "en": re.compile(rf"({NAME})\s(?:said|told|says)\b|\b(?:said|according to)\s({NAME})"),
}
# Two words or more: a single one is too often but the first of a sentence.
PHRASE = re.compile(r"[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){1,3}")


class Suggestions:
    """The questions of one library. Safe to share between threads."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._guard = threading.Lock()
        self._found: tuple[Suggestion, ...] = ()
        self._state: str | None = None
        self._thread: threading.Thread | None = None

    @property
    def found(self) -> tuple[Suggestion, ...]:
        """What was found for the library as it was when last looked at."""
        return self._found

    def refresh(self) -> None:
        """Look again, in a thread, where the library has changed since the last time."""
        with self._guard:
            running = self._thread is not None and self._thread.is_alive()
            if running or self._library_state() == self._state:
                return
            self._thread = threading.Thread(target=self._look, name="kutip-examples", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until the search under way has ended."""
        thread = self._thread
        if thread:
            thread.join(seconds)

    def _library_state(self) -> str | None:
        try:
            with self._assistant.library.snapshot() as snapshot:
                return snapshot.state
        except LibraryError:
            # Closed: the program is about to end.
            return self._state

    def _look(self) -> None:
        # Before the search: what fails is not to be tried again, and logged, every few seconds.
        self._state = self._library_state()
        try:
            self._found = tuple(self._answered())
        except KutipError as error:
            self._found = ()
            logger.warning("No examples could be made: %s", error)
        except Exception:
            self._found = ()
            # Without examples the page is as useful as before.
            logger.exception("No examples could be made")

    def _answered(self) -> Iterator[Suggestion]:
        library = self._assistant.library
        newest = [library.document(info.id) for info in library.documents()[-ARTICLES:]]
        if not newest:
            return
        # An assistant of its own: these questions are nobody's, and are not to be counted.
        assistant = Assistant(library, reader=self._assistant.reader)
        found: list[tuple[int, Suggestion]] = []
        for document in reversed(newest):
            own: Counter[Language] = Counter()
            for question, language in candidates(document):
                if own[language] < EACH_LANGUAGE:
                    answer = assistant.ask(question)
                    if answer.status == "answered" and answer.quotes[0].document_id == document.id:
                        found.append((own[language], (question, language)))
                        own[language] += 1
        # One of each article, before there is a second of any.
        for wanted in LANGUAGES:
            of_language = [item for item in found if item[1][1] == wanted]
            of_language.sort(key=lambda item: item[0])
            yield from (suggestion for _, suggestion in of_language[:EACH_LANGUAGE])


def candidates(document: Document) -> list[Suggestion]:
    """Questions that the article may answer, in both languages, the likeliest first."""
    if document.id == bundled_article().id:
        return list(BUNDLED)
    speakers = Counter(
        " ".join(next(name for name in found.groups() if name).split())
        for found in SAID[document.language].finditer(document.text)
    )
    names = Counter(" ".join(found.split()) for found in PHRASE.findall(document.text))
    questions = []
    for kind, counts in (("suggest_said", speakers), ("suggest_about", names)):
        for name, _ in counts.most_common(3):
            questions += [(word(kind, language, name=name), language) for language in LANGUAGES]
    return questions
