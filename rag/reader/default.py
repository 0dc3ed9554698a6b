"""Which reader is used where none is given."""

from kutip.index.embedder import SentenceTransformerEmbedder
from kutip.index.library import Library
from kutip.rag.reader.by_sentences import sentence_reader
from kutip.rag.reader.reading import Reader
from kutip.rag.reader.trained import TrainedReader


def default_reader(library: Library) -> Reader:
    """The trained reader; the one by sentences for a library embedded with another model.

    The trained one reads with the default embedding model, so that such a library would need two
    models in memory; who wants that gives the assistant a `TrainedReader`. The library must hold an
    article.
    """
    if library.embedder.identity == SentenceTransformerEmbedder().identity:
        return TrainedReader()
    return sentence_reader(library)
