"""What people think of answers, kept in the library's folder and sent nowhere.

One JSON object a line in `feedback.jsonl`, as `kutip.evals.feedback` reads it.
"""

import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock

from kutip.index.errors import LibraryError
from kutip.index.library import Library
from kutip.ui.chat.checking import Checked

FILE = "feedback.jsonl"
LONGEST_COMMENT = 2_000
LARGEST_FILE = 50 * 1024 * 1024
"""Verdicts are small; a file of this size is somebody filling the disk."""


def keep(library: Library, checked: Checked, verdict: str, comment: str, reader: str) -> Path:
    """Append a verdict on an answer; quotes that no longer hold are left out.

    `reader` names what read the passages. Raises `LibraryError` where it cannot be written.
    """
    path = library.path / FILE
    line = json.dumps(_line(library, checked, verdict, comment, reader), ensure_ascii=False) + "\n"
    try:
        with FileLock(f"{path}.lock", timeout=10):
            if path.exists() and path.stat().st_size > LARGEST_FILE:
                raise LibraryError(
                    f"{path} has reached {LARGEST_FILE:,} bytes, the most that is kept: move it "
                    "away to gather more feedback."
                )
            with path.open("a", encoding="utf-8") as file:
                file.write(line)
    # A lock that is not to be had in time is an OSError too.
    except OSError as error:
        raise LibraryError(
            f"{path} cannot be written: {error}. Check who may write to the library's folder, or "
            "switch feedback off with --no-feedback."
        ) from error
    return path


def _line(
    library: Library, checked: Checked, verdict: str, comment: str, reader: str
) -> dict[str, Any]:
    turn, model = checked.turn, library.model
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "question": turn.question,
        "language": turn.language,
        "verdict": verdict,
        "status": turn.status,
        "text": checked.text,
        "confidence": turn.confidence,
        "quotes": [
            {
                "document_id": shown.quote.document_id,
                "start": shown.quote.start,
                "end": shown.quote.end,
                "text": shown.quote.text,
                "mark": list(shown.quote.mark) if shown.quote.mark else None,
            }
            for shown in checked.quotes
        ],
        "comment": comment[:LONGEST_COMMENT].strip(),
        "versions": {
            "kutip": version("kutip"),
            "model": model.name if model else None,
            "model_sha256": model.sha256 if model else None,
            "reader": reader,
        },
    }
