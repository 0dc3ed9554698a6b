"""What passages that have nothing to do with a question look like to an embedding model.

Cosines of one model cannot be compared across languages: to multilingual-e5-small an English
question is nearer to any English passage than to the Indonesian one that answers it. Measured
against unrelated passages of each language they can, even in a library of one article
(`docs/decisions.md`). The passages are from our own training articles, 32 for each language.
"""

import json
from importlib.resources import files

from kutip.index.embedder import Embedder, Vectors
from kutip.index.language import LANGUAGES, Language

Background = dict[Language, Vectors]


def embed_background(embedder: Embedder) -> Background:
    """The background passages' vectors by language, each of shape (32, dimension)."""
    texts = json.loads(files("kutip.index").joinpath("background.json").read_text("utf-8"))
    return {language: embedder.embed_passages(texts[language]) for language in LANGUAGES}
