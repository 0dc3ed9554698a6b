"""What a server counts, in the text format of Prometheus. Nothing of it is ever sent anywhere."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kutip.index.errors import LibraryError
from kutip.index.library import Library

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of one server, in a registry of their own. Safe to share between threads."""

    def __init__(self, library: Library) -> None:
        self.registry = CollectorRegistry()
        self.questions = Counter(
            "kutip_questions",
            "Questions by what asked and by status; invalid, failed or left where no answer came.",
            ["interface", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "kutip_answer_seconds",
            "Time from a question to its answer, waiting in a queue not counted.",
            ["interface"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.answering = Gauge(
            "kutip_questions_in_progress", "Questions being answered.", registry=self.registry
        )
        self.waiting = Gauge(
            "kutip_questions_waiting",
            "Questions that wait for their turn.",
            ["interface"],
            registry=self.registry,
        )
        self.refused = Counter(
            "kutip_questions_refused",
            "Questions refused because too many were waiting.",
            registry=self.registry,
        )
        self.requests = Counter(
            "kutip_http_requests",
            "Requests over HTTP; what belongs to the page has the route page.",
            ["method", "route", "code"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "kutip_http_request_seconds",
            "Time from a request to the end of its response, the page's own excepted.",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.registry.register(_LibrarySize(library))

    def text(self) -> bytes:
        """All figures, for a scrape."""
        return generate_latest(self.registry)


class _LibrarySize(Collector):
    """The size of the library, counted when it is asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def collect(self) -> Iterable[Metric]:
        try:
            documents = self._library.documents()
        except LibraryError:
            # Closed: the server is about to end.
            return
        passages = sum(info.passages for info in documents)
        yield GaugeMetricFamily("kutip_documents", "Articles in the library.", len(documents))
        yield GaugeMetricFamily("kutip_passages", "Passages in the library.", passages)
