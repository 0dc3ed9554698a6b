"""Schemathesis against a running server: what is described is what happens."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Whether bytes are a PDF that can be read is more than a schema can say.
CONFIG = """
[[operations]]
include-path = "/files/{name}"
checks.positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "422"]
"""
KEY = "rahasia"


def test_nothing_is_found(serving: Callable[..., Any], tmp_path: Path) -> None:
    hashed = hashlib.sha256(KEY.encode()).hexdigest()
    server = serving(rate="1000000/minute", accounts={"keys": {"bot": hashed}})
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG, "utf-8")
    program = Path(sys.executable).parent / "schemathesis"
    command: list[str | Path] = [
        program,
        "--config-file",
        config,
        "run",
        f"{server.url}/v1/openapi.json",
    ]
    command += ["--header", f"Authorization: Bearer {KEY}", "--seed", "0"]
    command += ["--max-examples", "5", "--request-timeout", "60"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "8 selected" in done.stdout
