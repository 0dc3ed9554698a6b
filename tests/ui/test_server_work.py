"""What is under way: limits, figures and logs."""

import asyncio
import logging
import threading

import pytest
from prometheus_client import CollectorRegistry

from kutip.index import Library
from kutip.index.errors import ModelError, QuestionError
from kutip.rag import Answer, Assistant
from kutip.ui.server import ServerOptions
from kutip.ui.server.metrics import Metrics
from kutip.ui.server.services import Services
from kutip.ui.server.startup import Startup
from kutip.ui.server.work import BusyError, Gate, Work

QUESTION = "Kapan gempa mengguncang Cianjur?"


def value(registry: CollectorRegistry, name: str, **labels: str) -> float:
    return registry.get_sample_value(name, labels) or 0.0


def test_only_so_many_run_and_so_many_wait(news: Library) -> None:
    metrics = Metrics(news)
    release = threading.Event()
    running: list[int] = []

    def work() -> int:
        running.append(1)
        release.wait(20)
        return len(running)

    async def main() -> list[object]:
        gate = Gate(2, 1, metrics)
        tasks = [asyncio.create_task(gate.run(work)) for _ in range(3)]
        while len(running) < 2:
            await asyncio.sleep(0.01)
        assert value(metrics.registry, "kutip_questions_waiting", interface="chat") == 1
        with pytest.raises(BusyError, match="ask again"):
            await gate.run(work)
        assert len(running) == 2
        release.set()
        return await asyncio.gather(*tasks)

    assert len(asyncio.run(main())) == len(running) == 3
    assert value(metrics.registry, "kutip_questions_refused_total") == 1
    assert value(metrics.registry, "kutip_questions_waiting", interface="chat") == 0


def test_a_cancelled_wait_gives_its_place_back(news: Library) -> None:
    release = threading.Event()

    async def main() -> str:
        gate = Gate(1, 1, Metrics(news))
        first = asyncio.create_task(gate.run(lambda: release.wait(20)))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(gate.run(lambda: True))
        await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        third = asyncio.create_task(gate.run(lambda: "done"))
        release.set()
        await first
        return await third

    assert asyncio.run(main()) == "done"


def test_no_work_is_taken_after_stop() -> None:
    work = Work()
    with work.item():
        work.stop()
        assert not work.idle
        with pytest.raises(BusyError, match="stopping"), work.item():
            pass
    assert work.idle


def test_questions_are_counted_and_logged_without_their_text(
    news: Library, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kutip")
    services = Services.of(news, ServerOptions())
    answer = services.assistant.ask(QUESTION)
    steps = list(services.assistant.ask_steps(QUESTION))
    assert isinstance(steps[-1], Answer)
    with pytest.raises(QuestionError):
        services.assistant.ask(" ")
    next(services.assistant.ask_steps(QUESTION))
    registry = services.metrics.registry
    asked = "kutip_questions_total"
    assert value(registry, asked, interface="chat", status=answer.status) == 2
    assert value(registry, asked, interface="chat", status="invalid") == 1
    assert value(registry, asked, interface="chat", status="left") == 1
    assert value(registry, "kutip_answer_seconds_count", interface="chat") == 4
    assert value(registry, "kutip_questions_in_progress") == 0
    assert services.work.idle
    assert len(caplog.records) == 4
    assert caplog.records[0].__dict__["status"] == answer.status
    assert "Cianjur" not in str([record.__dict__ for record in caplog.records])


def test_the_text_of_questions_is_logged_where_wanted(
    news: Library, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kutip")
    Services.of(news, ServerOptions(log_questions=True)).assistant.ask(QUESTION)
    assert caplog.records[0].__dict__["question"] == QUESTION


def test_figures_of_the_library(news: Library) -> None:
    text = Metrics(news).text().decode()
    assert "kutip_documents 3.0" in text
    assert f"kutip_passages {float(news.stats().passages)}" in text


def test_who_waits_for_the_model_hears_why_the_bundled_article_cannot_be_added(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_model(_: object) -> None:
        raise ModelError("The disk is full.")

    monkeypatch.setattr(library, "add", no_model)
    startup = Startup(Assistant(library), bundled=True)

    async def main() -> None:
        running = asyncio.create_task(startup.run())
        assert await asyncio.to_thread(startup.readiness.wait, 60)
        while startup.problem is None:
            await asyncio.sleep(0.01)
        running.cancel()

    asyncio.run(asyncio.wait_for(main(), 90))
    assert startup.problem == "The disk is full."
