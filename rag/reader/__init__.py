"""From a question and passages to the words that answer."""

from kutip.rag.reader.reading import Reader, Reading

__all__ = ["Reader", "Reading"]
