"""What the parts of one server share."""

from dataclasses import dataclass

from kutip.index.library import Library
from kutip.rag.reader import Reader
from kutip.ui.server.admission import Admission
from kutip.ui.server.metrics import Metrics
from kutip.ui.server.observed import ObservedAssistant
from kutip.ui.server.options import ServerOptions
from kutip.ui.server.work import Gate, Work


@dataclass(frozen=True)
class Services:
    """Made once for a server."""

    options: ServerOptions
    library: Library
    assistant: ObservedAssistant
    metrics: Metrics
    admission: Admission
    gate: Gate
    work: Work

    @classmethod
    def of(
        cls, library: Library, options: ServerOptions, reader: Reader | None = None
    ) -> "Services":
        """The services of a library. Raises `KutipError` where the options do not go together."""
        options.check()
        metrics, work = Metrics(library), Work()
        assistant = ObservedAssistant(
            library, metrics, work, reader=reader, log_questions=options.log_questions
        )
        admission = Admission(options.accounts, options.rate)
        gate = Gate(options.concurrency, options.queue_size, metrics)
        return cls(options, library, assistant, metrics, admission, gate, work)
