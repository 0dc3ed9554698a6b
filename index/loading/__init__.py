"""From files to documents: one module for each kind of file."""

from kutip.index.loading.files import MAX_BYTES, SUFFIXES, find_files, load_document

__all__ = ["MAX_BYTES", "SUFFIXES", "find_files", "load_document"]
