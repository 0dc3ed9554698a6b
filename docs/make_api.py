"""Writes docs/api.md from the docstrings of the public face: `make docs`.

The code is read and not run, so that no framework needs to be installed.
"""

from collections.abc import Iterator
from pathlib import Path

import griffe

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "api.md"
INTEGRATIONS = "kutip.rag.integrations"
SECTIONS = {
    "kutip": "What `from kutip import …` gives.",
    "kutip.rag": "For apps that bring a reader of their own: pass it as `Assistant(…, reader=…)`.",
    "kutip.index": "For apps that bring a model: pass it as `Library.open(…, embedder=…)`.",
    f"{INTEGRATIONS}.langchain": "`pip install 'kutip[langchain]'`",
    f"{INTEGRATIONS}.llamaindex": "`pip install 'kutip[llamaindex]'`",
    f"{INTEGRATIONS}.haystack": "`pip install 'kutip[haystack]'`",
}
INTRODUCTION = """\
# API

Made by `make docs` from the docstrings; change those. Offsets are Unicode code points into
`Document.text`, start inclusive, end exclusive, as Python slices have them. `Language` is `"id"` or
`"en"`.
"""
# What a framework reads or calls, and an app does not.
HOOKS = {"model_config", "model_post_init"}
LONGEST_LINE = 88


def api_page() -> str:
    """The whole page, as Markdown."""
    package = griffe.load("kutip", search_paths=[str(ROOT)], resolve_aliases=True)
    assert isinstance(package, griffe.Module)
    written: set[str] = set()
    parts = [INTRODUCTION]
    for name, introduction in SECTIONS.items():
        parts.append(f"## {name}\n\n{introduction}\n")
        for class_ in classes(package, name):
            if class_.path not in written:
                written.add(class_.path)
                parts.extend(class_parts(class_))
    errors = package["index.errors"]
    parts.append(f"## {errors.path}\n\n{docstring(errors)}")
    return "\n".join(parts)


def classes(package: griffe.Module, name: str) -> Iterator[griffe.Class]:
    """What a face exports, else the public classes that a module makes."""
    module = package if name == package.name else package[name.removeprefix(f"{package.name}.")]
    for item in module.exports or sorted(module.members):
        found = module.members[str(item)]
        if isinstance(found, griffe.Alias):
            if module.exports is None:
                continue
            found = found.final_target
        if isinstance(found, griffe.Class) and found.is_public:
            yield found


def class_parts(class_: griffe.Class) -> Iterator[str]:
    """A class: how it is made, what it is, then its methods and properties.

    Fields are in the constructor; where there is none, they are listed, and all methods with them.
    """
    constructor = class_.members.get("__init__")
    yield f"### {class_.name}\n"
    if constructor is not None:
        yield code(class_.signature(return_type=False))
    yield docstring(class_)
    if constructor is not None and constructor.docstring:
        yield docstring(constructor)
    for name, member in class_.members.items():
        hidden = name.startswith("_") or name in HOOKS
        if hidden or (constructor is not None and not member.docstring):
            continue
        yield f"#### {class_.name}.{name}\n"
        if isinstance(member, griffe.Function):
            yield code(method(member))
        elif isinstance(member, griffe.Attribute):
            yield code(field(member))
        yield docstring(member)


def method(function: griffe.Function) -> str:
    """The signature, as it is called."""
    owner = (
        f"{function.parent.name}." if function.parent and "classmethod" in function.labels else ""
    )
    prefix = "await " if "async" in function.labels else ""
    return prefix + str(function.signature(name=owner + function.name))


def field(attribute: griffe.Attribute) -> str:
    """The type of a field or property, and its default."""
    default = f" = {attribute.value}" if attribute.value is not None else ""
    return f"{attribute.name}: {attribute.annotation}{default}"


def code(signature: str) -> str:
    """A signature as a block of code, one parameter a line where it is long."""
    if len(signature) > LONGEST_LINE:
        signature = broken(signature)
    return f"```python\n{signature}\n```\n"


def broken(signature: str) -> str:
    """The signature with each parameter on a line of its own."""
    start = signature.index("(") + 1
    lines, line, depth = [], "", 0
    for letter in signature[start:]:
        depth += (letter in "([{") - (letter in ")]}")
        if depth < 0:
            break
        line += letter
        if depth == 0 and letter == ",":
            lines.append(line)
            line = ""
    lines.append(f"{line},")
    end = start + sum(map(len, lines)) - 1
    return (
        signature[:start]
        + "".join(f"\n    {line.strip()}" for line in lines)
        + "\n"
        + signature[end:]
    )


def docstring(item: griffe.Object | griffe.Alias) -> str:
    """What an object says of itself."""
    return f"{item.docstring.value.strip()}\n" if item.docstring else ""


if __name__ == "__main__":
    PAGE.write_text(api_page(), "utf-8")
