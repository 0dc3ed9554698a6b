"""What an article is about, in its own words: its first sentence."""

from collections.abc import Sequence
from dataclasses import replace

from kutip.index.library import Library
from kutip.index.sentences import sentences_within
from kutip.index.snapshot import Filter
from kutip.rag.reader import Reading
from kutip.rag.retriever import Hit

SURE = 0.9
"""News tells first what it is about, but not always; this is no measured probability."""


def lead_hits(library: Library, hits: Sequence[Hit]) -> list[Hit]:
    """The first passage of each hit's article, in the order of the hits, each article once."""
    firsts: dict[str, Hit] = {}
    with library.snapshot() as snapshot:
        for hit in hits:
            if hit.document.id not in firsts:
                ids = snapshot.passage_ids(Filter(documents=frozenset([hit.document.id])))
                found = snapshot.passages([int(ids.min())]) if len(ids) else []
                if found:
                    firsts[hit.document.id] = replace(hit, passage=found[0])
    return list(firsts.values())


def read_leads(hits: Sequence[Hit]) -> list[Reading]:
    """The first sentence of each passage that has one, in order."""
    return [
        Reading(hit.passage, span, (span,), -number, SURE)
        for number, hit in enumerate(hits)
        for span in sentences_within(hit.document, hit.passage.span)[:1]
    ]
