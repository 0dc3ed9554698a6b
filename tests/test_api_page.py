"""docs/api.md is what the docstrings say now, and names all that an app can import."""

import runpy
from pathlib import Path

import pytest

import kutip

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")


def test_the_page_is_up_to_date() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "make_api.py"))["api_page"]()
    assert made == PAGE, "docs/api.md is older than the docstrings: run `make docs`"


@pytest.mark.parametrize("name", kutip.__all__)
def test_the_public_face_is_on_the_page_with_what_it_says_of_itself(name: str) -> None:
    item = getattr(kutip, name)
    assert f"\n### {name}\n" in PAGE
    assert item.__doc__.splitlines()[0] in PAGE
    methods = [
        (method, value.__doc__.splitlines()[0])
        for method, value in vars(item).items()
        if not method.startswith("_") and callable(value) and value.__doc__
    ]
    for method, first_line in methods:
        assert f"\n#### {name}.{method}\n" in PAGE
        assert first_line in PAGE
