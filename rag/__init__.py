"""From a question to an answer with quotes."""

from kutip.rag.answer import Answer, Quote, Turn
from kutip.rag.assistant import Assistant
from kutip.rag.reader import Reader, Reading
from kutip.rag.retriever import Hit, Retriever

__all__ = ["Answer", "Assistant", "Hit", "Quote", "Reader", "Reading", "Retriever", "Turn"]
