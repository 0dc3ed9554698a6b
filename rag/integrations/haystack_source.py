"""How a Haystack component comes by its library, and how it is told in a file of the pipeline."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from kutip.index.library import Library
from kutip.index.snapshot import Filter
from kutip.rag.integrations.extras import extra
from kutip.rag.integrations.finder import Finder
from kutip.rag.reader import Reader

with extra("haystack"):
    from haystack.utils import deserialize_callable, serialize_callable

OpenLibrary = Callable[[str], Library]
MakeReader = Callable[[Library], Reader]
CALLABLES = ("open_library", "make_reader")


class Source:
    """A library that the app has opened, or one at a path that is opened when it is first needed.

    Safe to share between threads.
    """

    def __init__(
        self,
        library: Library | Path | str,
        open_library: OpenLibrary | None,
        make_reader: MakeReader | None = None,
    ) -> None:
        self._library = library
        self._open = open_library
        self._make_reader = make_reader
        self._guard = threading.Lock()
        self._opened: Library | None = None
        self._finder: Finder | None = None

    def finder(self) -> Finder:
        """The finder of the library, opened where it is not yet. Raises what opening raises."""
        with self._guard:
            if self._finder is None:
                library = self._library
                if not isinstance(library, Library):
                    self._opened = library = (self._open or Library.open)(str(library))
                self._finder = Finder(library, self._make_reader and self._make_reader(library))
            return self._finder

    def close(self) -> None:
        """Close what was opened here; it is opened again when needed."""
        with self._guard:
            if self._opened is not None:
                self._opened.close()
            self._opened = self._finder = None

    def to_dict(self) -> dict[str, Any]:
        """The path and the names of the functions, as plain values.

        Raises Haystack's `SerializationError` where a function has no name to import it by.
        """
        library = self._library
        functions = {"open_library": self._open, "make_reader": self._make_reader}
        return {
            "library": str(library.path if isinstance(library, Library) else library),
            **{name: serialize_callable(made) for name, made in functions.items() if made},
        }


def filter_to_dict(where: Filter | None) -> dict[str, Any] | None:
    """A filter as plain values: ids sorted, dates in ISO 8601, what is not set left out."""
    if where is None:
        return None
    values = {name: value for name, value in asdict(where).items() if value is not None}
    for name, value in values.items():
        if isinstance(value, date):
            values[name] = value.isoformat()
        elif isinstance(value, frozenset):
            values[name] = sorted(value)
    return values


def parameters_from_dict(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A component's parameters as it wants them, from the plain values of its `to_dict`.

    Raises Haystack's `DeserializationError` where a function is not to be had.
    """
    values = dict(parameters)
    for name in CALLABLES:
        if values.get(name):
            values[name] = deserialize_callable(values[name])
    if values.get("where") is not None:
        where = dict(values["where"])
        for name in ("published_from", "published_to"):
            if name in where:
                where[name] = date.fromisoformat(where[name])
        if "documents" in where:
            where["documents"] = frozenset(where["documents"])
        values["where"] = Filter(**where)
    return values
