"""What a page asks of the server, read from what a browser sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kutip.index.errors import DocumentError
from kutip.index.language import Language
from kutip.index.snapshot import DocumentInfo, Filter
from kutip.rag.retriever import LONGEST_QUESTION
from kutip.ui.chat.adding import MOST_AT_ONCE, Upload
from kutip.ui.chat.state import KeptTurn, read_language, read_text, read_turns

MOST_EXCLUDED = 100_000
"""Far more than a library is made for: one article alone is asked by leaving out all others."""
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a page.

    `id` comes back with the reply. `turns` is the conversation, `shown` the turn whose evidence is
    in view, `excluded` the articles that are not to be asked, `values` all that was sent.
    """

    id: str
    locale: Language
    turns: list[KeptTurn]
    shown: str | None
    excluded: frozenset[str]
    values: Mapping[str, Any]

    @classmethod
    def read(cls, values: object) -> "Request":
        """A request of whatever was sent; what does not fit is as if it were not there."""
        found = values if isinstance(values, Mapping) else {}
        excluded = found.get("excluded")
        names = excluded[:MOST_EXCLUDED] if isinstance(excluded, list) else []
        return cls(
            id=read_text(found.get("request"), 64),
            locale=read_language(found.get("locale")),
            turns=read_turns(found.get("turns")),
            shown=read_text(found.get("shown"), 32) or None,
            excluded=frozenset(read_text(name, 64) for name in names),
            values=found,
        )

    def text(self, name: str, longest: int = LONGEST_NAME) -> str:
        """A text that was sent; "" where there is none."""
        return read_text(self.values.get(name), longest)

    def number(self, name: str) -> int | None:
        """A whole number that was sent."""
        value = self.values.get(name)
        return value if type(value) is int else None

    @property
    def question(self) -> str:
        """The question; one character more than may be tells that it is too long."""
        return self.text("question", LONGEST_QUESTION + 1)

    def where(self, articles: list[DocumentInfo]) -> Filter | None:
        """The articles to ask; None for all."""
        asked = frozenset(info.id for info in articles if info.id not in self.excluded)
        return None if len(asked) == len(articles) else Filter(documents=asked)

    def uploads(self, folder: Path, max_bytes: int) -> list[Upload]:
        """What is to be added. A path counts only inside `folder`, where uploads are put."""
        if "text" in self.values:
            # One more byte than may be tells that it is too long.
            return [Upload(self.text("title"), text=self.text("text", max_bytes + 1))]
        files = self.values.get("files")
        found = files[:MOST_AT_ONCE] if isinstance(files, list) else []
        return [_upload(file, folder) for file in found if isinstance(file, Mapping)]


def _upload(file: Mapping[str, Any], folder: Path) -> Upload:
    name = read_text(file.get("name"), LONGEST_NAME).replace("\0", "")
    problem = read_text(file.get("problem"), 20)
    if problem == "size":
        return Upload(name, problem=DocumentError(f"{name} has more bytes, the limit is exceeded."))
    path = Path(read_text(file.get("path"), 4_096).replace("\0", "")).resolve()
    # A page could name any file of this machine otherwise, and then read it as an article.
    if problem or not path.is_relative_to(folder.resolve()) or not path.is_file():
        return Upload(name, problem=DocumentError(f"{name} cannot be read: it was not uploaded."))
    return Upload(name, path=path)
