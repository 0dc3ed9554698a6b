"""What is said where the framework of an integration is not installed."""

from collections.abc import Callable
from subprocess import Popen

import pytest


@pytest.mark.parametrize(
    ("name", "package"),
    [("haystack", "haystack"), ("langchain", "langchain_core"), ("llamaindex", "llama_index")],
)
def test_without_the_framework_the_pip_line_is_said(
    child: Callable[..., "Popen[str]"], name: str, package: str
) -> None:
    process = child(
        "import kutip.rag.integrations\n"
        f"assert {package!r} not in sys.modules\n"
        f"sys.modules[{package!r}] = None\n"
        "try:\n"
        f"    import kutip.rag.integrations.{name}\n"
        "except KutipError as error:\n"
        "    print(error)\n"
    )
    output, errors = process.communicate(timeout=120)
    assert output.strip().endswith(f": pip install 'kutip[{name}]'"), errors
