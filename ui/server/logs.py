"""One line of JSON, or of text, for each thing that happens in a server.

Set up by the commands alone: an app that imports Kutip keeps its own logging.
"""

import logging
import sys
from typing import Literal

from pythonjsonlogger.json import JsonFormatter

LogFormat = Literal["auto", "json", "text"]
FORMATS: tuple[LogFormat, ...] = ("auto", "json", "text")


def configure_logs(kind: LogFormat) -> None:
    """Log to standard error; `auto` is text on a terminal and JSON elsewhere."""
    handler = logging.StreamHandler(sys.stderr)
    as_text = kind == "text" or (kind == "auto" and sys.stderr.isatty())
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S") if as_text else _json()
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    kutip = logging.getLogger("kutip")
    if kutip.level == logging.NOTSET:
        kutip.setLevel(logging.INFO)


def _json() -> JsonFormatter:
    return JsonFormatter(
        ["asctime", "levelname", "name", "message"],
        datefmt="%Y-%m-%dT%H:%M:%S%z",
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        json_ensure_ascii=False,
    )
