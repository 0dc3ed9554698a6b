"""Which reader is used where none is given."""

from kutip.index.default_model import MODEL_SHA256
from kutip.index.library import Library
from kutip.rag.reader.by_sentences import sentence_reader
from kutip.rag.reader.reading import Reader
from kutip.rag.reader.trained import TrainedReader


def default_reader(library: Library) -> Reader:
    """The trained reader; the one by sentences for a library embedded with a model of one's own.

    The trained one reads with a model that comes with Kutip, so that such a library would need two
    models in memory; who wants that gives the assistant a `TrainedReader`. The library must hold an
    article.
    """
    identity = library.embedder.identity
    if MODEL_SHA256.get(identity.name) == identity.sha256:
        return TrainedReader(model=identity.name)
    return sentence_reader(library)
