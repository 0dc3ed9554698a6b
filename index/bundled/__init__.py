"""The article that comes with Kutip, so that there is something to ask on the first day."""

from importlib.resources import files

from kutip.index.document import Document
from kutip.index.loading.plain import load_markdown

NAME = "perjanjian-rusia-korea-utara.md"


def bundled_article() -> Document:
    """An Indonesian news article on the treaty of June 2024 between Russia and North Korea."""
    data = files("kutip.index.bundled").joinpath(NAME).read_bytes()
    return load_markdown(data, f"kutip:{NAME}")
