"""Loads the model while the page is already there."""

import logging
import threading

from kutip.index.errors import KutipError
from kutip.rag.assistant import Assistant

logger = logging.getLogger(__name__)


class Readiness:
    """Whether the first question can be answered at once; loads what is missing in a thread."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self.problem: KutipError | None = None

    @property
    def ready(self) -> bool:
        """Whether all is loaded; also after a failure, which then shows with the first question."""
        return self._done.is_set()

    def start(self) -> None:
        """Begin to load. Starting twice does nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._load, name="kutip-load", daemon=True)
            self._thread.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until all is loaded; whether it is."""
        return self._done.wait(seconds)

    def _load(self) -> None:
        try:
            library = self._assistant.library
            library.embedder.embed_questions(["?"])
            for article in library.documents()[-1:]:
                # A reader loads its weights with its first question: here it is nobody's, of an
                # assistant that counts none, about something that has passages to read.
                Assistant(library, reader=self._assistant.reader).ask(f'"{article.title[:200]}"')
        except KutipError as error:
            self.problem = error
            logger.warning("%s", error)
        except Exception:
            logger.exception("The model could not be loaded")
        finally:
            self._done.set()
