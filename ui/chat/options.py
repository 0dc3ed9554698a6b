"""What the person who runs the chat decides about its page."""

from dataclasses import dataclass

from kutip.index.loading import MAX_BYTES


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """Settings of the page.

    `read_only` leaves out all that changes the library, `feedback` off leaves out the verdicts on
    answers. `max_file_bytes` is the largest article. `concurrency` questions are answered at a
    time, and `queue_size` more may wait.
    """

    read_only: bool = False
    feedback: bool = True
    max_file_bytes: int = MAX_BYTES
    concurrency: int = 2
    queue_size: int = 64
