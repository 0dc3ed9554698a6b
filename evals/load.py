"""Many people at once: `python -m kutip.evals.load --url http://127.0.0.1:7860`.

Asks a running `kutip serve` or `kutip chat` the bundled questions over its API, each person one
after the other, and prints how long they waited. A server with API keys is given one in `--key`.
"""

import argparse
import asyncio
import sys
from collections import Counter
from time import perf_counter

import httpx
import numpy as np

from kutip.evals.adapters import load_questions
from kutip.evals.suite import bundled_questions

PATIENCE = 120.0


async def person(
    client: httpx.AsyncClient, questions: list[str], seconds: list[float], statuses: Counter[str]
) -> None:
    """One person, who asks again when told that too many are waiting."""
    for question in questions:
        started = perf_counter()
        response = await client.post("/v1/ask", json={"question": question})
        while response.status_code in (429, 503):
            statuses["told to wait"] += 1
            await asyncio.sleep(float(response.headers.get("Retry-After", 1)))
            response = await client.post("/v1/ask", json={"question": question})
        seconds.append(perf_counter() - started)
        answered = response.status_code == 200
        statuses[response.json()["status"] if answered else f"failed {response.status_code}"] += 1


async def load(url: str, people: int, each: int, key: str | None) -> int:
    """Ask, print, and give the number of failures."""
    texts = [question.question for question in load_questions(bundled_questions()).questions]
    asked = [texts[number % len(texts)] for number in range(people * each)]
    seconds: list[float] = []
    statuses: Counter[str] = Counter()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    started = perf_counter()
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, headers=headers) as client:
        await asyncio.gather(
            *(person(client, asked[first::people], seconds, statuses) for first in range(people))
        )
    took = perf_counter() - started
    median, high = np.percentile(seconds, [50, 95])
    failures = sum(count for status, count in statuses.items() if status.startswith("failed"))
    sys.stdout.write(
        f"{people} people, {len(seconds)} questions in {took:.1f} s: median {median:.2f} s, "
        f"p95 {high:.2f} s, {failures} failures; {dict(statuses)}\n"
    )
    return failures


def main() -> None:
    """Run by the arguments; exits with 1 where anything failed."""
    parser = argparse.ArgumentParser(description="Ask a server from many sides at once.")
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--key")
    options = parser.parse_args()
    sys.exit(bool(asyncio.run(load(options.url, options.people, options.each, options.key))))


if __name__ == "__main__":
    main()
