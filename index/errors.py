"""Every error that Kutip raises on purpose.

    KutipError
    ├── DocumentError      a file or text cannot become a document
    ├── LibraryError       the library on disk cannot do what was asked
    │   ├── LibraryBusyError       another process is writing
    │   └── ModelMismatchError     the library was embedded with another model
    ├── ModelError         an embedding model cannot be found, read or verified
    ├── QuestionError      a question, or a setting of a search, cannot be used
    ├── EvaluationError    a question set or a stored run cannot be read
    └── TrainingError      a training run cannot be started as it is configured

Beside them, where they are raised: `MissingExtraError` (`rag/integrations/extras.py`), `BusyError`
(`ui/server/work.py`), `UnknownArticleError` and `ReadOnlyError` (`ui/server/shelf.py`).

A message says what was found, what was expected, and the mend.
"""


class KutipError(Exception):
    """Root of all errors that Kutip raises on purpose."""


class DocumentError(KutipError):
    """A file or text cannot become a document."""


class LibraryError(KutipError):
    """The library on disk cannot do what was asked."""


class LibraryBusyError(LibraryError):
    """Another process is writing to the library."""


class ModelMismatchError(LibraryError):
    """The library was embedded with another model than the one given."""


class ModelError(KutipError):
    """An embedding model cannot be found, read or verified."""


class QuestionError(KutipError):
    """A question, or a setting of a search, cannot be used."""


class EvaluationError(KutipError):
    """A question set or a stored run cannot be read."""


class TrainingError(KutipError):
    """A training run cannot be started as it is configured."""
