"""The report: it says what it was given, lets no text become a page, and works in a browser."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from kutip.evals.metrics.abstention import Bin, area
from kutip.evals.metrics.figure import Figure
from kutip.evals.report import Excerpt, Report, Row, report_html
from kutip.evals.report.calibration import wilson
from kutip.evals.report.curve import MOST_POINTS, always_answer, risk_at, thinned
from kutip.evals.report.data import utf16
from kutip.index.document import Span
from kutip.index.language import Language

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
HOSTILE = "<img src=x onerror=\"document.title='harmed'\"></script><script>document.title='harmed'"
# Starts outside the Basic Multilingual Plane, where a script counts otherwise than Python.
TEXT = (
    "🌊 Banjir merendam 1.260 rumah. Pompa kelima tertahan di Pelabuhan Tanjung Emas.\n\n"
    + "Warga menunggu kabar dari dinas. " * 40
)
PAIRS: list[tuple[Language, Language]] = [("id", "id"), ("en", "id"), ("id", "en"), ("en", "en")]
TAGS = ("who", "why", "how_many", "near_miss")
COUNT = 300


def span(words: str) -> Span:
    """Where words stand in `TEXT`."""
    start = TEXT.index(words)
    return Span(start, start + len(words))


def made_up(number: int) -> Row:
    """A row of its kind: three in four are right, one in three is unanswerable."""
    language, document_language = PAIRS[number % 4]
    answerable, right = number % 3 > 0, number % 4 != 1
    says = answerable if right else number % 8 == 1 or not answerable
    got = ("1.260 rumah" if right else "Tanjung Emas") if says else ""
    excerpt = Excerpt(
        title="Kanal Genuk Dialiri Air",
        language=document_language,
        text=TEXT,
        quotes=(span("Pompa kelima tertahan di Pelabuhan Tanjung Emas."),) if says else (),
        mark=span("Tanjung Emas") if says else None,
        expected=(span("1.260 rumah"),) if answerable else (),
    )
    return Row(
        id=f"made-up-{number:04}",
        language=language,
        document_language=document_language,
        question=f"Berapa rumah yang terendam pada hari ke-{number}?",
        answerable=answerable,
        expected=("1.260 rumah",) if answerable else (),
        got=got,
        status="answered" if says else "not_found",
        confidence=(number * 37 % 100) / 100,
        em=float(right),
        f1=float(right),
        right=right,
        tags=(TAGS[number % 3],),
        excerpts=(excerpt,),
    )


def made_up_report() -> Report:
    """A report with every part, one metric and one row of which are not scored."""
    rows = [made_up(number) for number in range(COUNT - 1)]
    rows.append(replace(made_up(COUNT - 1), right=None, em=None, f1=None, confidence=None))
    return Report(
        title="News questions",
        suite="news_qa/dev",
        mode="library",
        made_at="2026-11-22 20:30 UTC",
        settings={"kutip": "0.1.0", "command": "kutip eval news_qa/dev"},
        figures=[
            Figure("Answer F1", "all", 0.7843, 0.751, 0.8126, 1234),
            Figure("Answer F1", "en → id", 0.6, 0.52, 0.68, 75),
            Figure("Answer F1", "tag: why", 0.5, 0.31, 0.69, 100),
            Figure("Answer F1", "tag: near_miss", None, None, None, 0),
            Figure("Exact match", "all", 0.61, 0.58, 0.64, 1234),
            Figure("Exact match", "tag: why", 0.41, 0.3, 0.5, 100),
            Figure("Recall at 5", "all", None, None, None, 0),
        ],
        risk_coverage={
            "Kutip": [(0.1, 0.0), (0.5, 0.1), (1.0, 0.25)],
            "BM25": [(0.1, 0.2), (0.5, 0.3), (1.0, 0.45)],
        },
        reliability=[
            Bin(0.5, 0.75, 0.65, 0.7, 40),
            Bin(0.75, 1.0, 0.9, 0.8, 160),
        ],
        latency={"search": [1.0, 2.0, 3.0], "total": [40.0, 50.0, 1500.0]},
        rows=rows,
        meanings={"Answer F1": "Words shared with the nearest accepted answer."},
    )


def embedded(page: str) -> Any:
    """The JSON that a page carries."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_figures_carry_their_count_and_interval() -> None:
    page = report_html(made_up_report())
    for said in ("78.4", "75.1–81.3", "1,234 questions", "31.0–69.0", "n 100", "kutip eval"):
        assert said in page
    assert "Words shared with the nearest accepted answer." in page
    for time in ("2\u202fms", "2.9\u202fms", "50\u202fms", "1.35\u202fs"):  # medians and 95th
        assert time in page


def test_not_scored_is_said_and_never_zero() -> None:
    nothing = Figure("Recall at 5", "all", None, None, None, 0)
    page = report_html(Report("News", "dev", "library", "today", figures=[nothing]))
    assert "not scored" in page
    assert not re.search(r"\b0\.0\b", page.split("<main>")[1].split("<footer>")[0])
    rows = embedded(report_html(made_up_report()))["rows"]
    assert rows[-1]["outcome"] == "unscored"
    assert [rows[-1][name] for name in ("right", "em", "f1", "confidence")] == [None] * 4


def test_an_empty_report_is_a_page() -> None:
    page = report_html(Report("News", "dev", "library", "today"))
    assert page.count("Not measured in this run.") == 3
    assert "{{" not in page


@pytest.mark.parametrize(
    ("answerable", "status", "right", "outcome"),
    [
        (True, "answered", True, "answered"),
        (True, "answered", False, "misread"),
        (True, "related", False, "missed"),
        (False, "not_found", True, "declined"),
        (False, "answered", False, "invented"),
        (True, "answered", None, "unscored"),
    ],
)
def test_outcomes(answerable: bool, status: Any, right: bool | None, outcome: str) -> None:
    row = replace(made_up(0), answerable=answerable, status=status, right=right)
    assert row.outcome == outcome


def hostile_report() -> Report:
    """A report with the same hostile text wherever a text can stand."""
    excerpt = Excerpt(HOSTILE, "id", HOSTILE, (Span(0, 20),), Span(5, 9), (Span(12, 30),))
    row = replace(
        made_up(0),
        id=HOSTILE,
        question=HOSTILE + "{{data}}",
        expected=(HOSTILE,),
        got=HOSTILE,
        tags=(HOSTILE,),
        history=(HOSTILE,),
        excerpts=(excerpt,),
    )
    return Report(
        title=HOSTILE,
        suite=HOSTILE,
        mode=HOSTILE,
        made_at=HOSTILE,
        settings={HOSTILE: HOSTILE},
        figures=[
            Figure(HOSTILE, group, 0.5, 0.4, 0.6, 9)
            for group in ("all", f"tag: {HOSTILE}", HOSTILE)
        ],
        risk_coverage={HOSTILE: [(0.5, 0.1), (1.0, 0.2)]},
        latency={HOSTILE: [1.0]},
        rows=[row],
        meanings={HOSTILE: HOSTILE},
    )


def test_hostile_text_is_escaped() -> None:
    page = report_html(hostile_report())
    assert "<img" not in page
    assert page.count("</script>") == 2
    row = embedded(page)["rows"][0]
    assert row["question"] == HOSTILE + "{{data}}"


def test_a_page_asks_for_nothing() -> None:
    page = report_html(replace(made_up_report(), title="https://example.org"))
    assert not re.search(r"(?:src|href|url|import|action)\W{0,3}https?:", page)
    assert not re.search(r"<(?:img|iframe|object|embed)\b", page)
    assert re.findall(r"<link[^>]*>", page) == ['<link rel="icon" href="data:,">']
    assert "default-src 'none'" in page


def test_offsets_are_those_of_a_script() -> None:
    [found] = utf16(TEXT, [span("1.260 rumah")])
    units = TEXT.encode("utf-16-le")
    assert units[2 * found[0] : 2 * found[1]].decode("utf-16-le") == "1.260 rumah"
    assert utf16("rumah", [Span(1, 3)]) == [[1, 3]]


def test_risk_and_coverage() -> None:
    points = [(0.5, 0.1), (1.0, 0.3)]
    page = report_html(Report("News", "dev", "open", "today", risk_coverage={"Kutip": points}))
    assert f"<td>{100 * area(points):.1f}\u202f%</td>" in page
    assert risk_at(points, 0.75) == pytest.approx(0.2)
    assert risk_at(points, 0.2) == 0.1
    assert risk_at(points[:1], 0.8) is None
    assert always_answer(points) == 0.3
    assert always_answer(points[:1]) is None
    many = [(n / 5000, 0.1) for n in range(1, 5001)]
    assert len(thinned(many)) == MOST_POINTS
    assert (thinned(many)[0], thinned(many)[-1]) == (many[0], many[-1])


def test_intervals_of_shares() -> None:
    # The example of Newcombe (1998), table I: 81 of 263.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(1.0, 1)[1] == pytest.approx(1.0)


# --- In a browser ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_html(made_up_report()), "utf-8")
    return path.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The report, opened; no error may come up and no request but for the file may leave."""
    context = browser.new_context(color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    requests: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(address)
    yield page
    context.close()
    assert faults == []
    assert {url.split("#")[0] for url in requests} == {address}


def shown(page: Page, column: str) -> list[str]:
    """The texts of a column of the table."""
    return page.locator(f"tr.line td.{column}").all_inner_texts()


def test_rows_come_in_pages_failures_first(page: Page) -> None:
    verdicts = shown(page, "verdict")
    assert len(verdicts) == 100
    assert verdicts[:74] == ["✗ Wrong"] * 74
    surest = [float(text) for text in shown(page, "confidence")[:74]]
    assert surest == sorted(surest, reverse=True)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    assert page.locator("#pages span").inner_text() == "201–300 of 300"
    assert "page=3" in page.url


def test_sorting(page: Page) -> None:
    head = page.get_by_role("columnheader", name="Confidence")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert shown(page, "confidence")[0] == "0.00"
    head.get_by_role("button").press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert shown(page, "confidence")[0] == "0.99"
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    assert shown(page, "confidence")[-1] == "not scored"


def test_filters_and_the_address_that_keeps_them(page: Page) -> None:
    page.get_by_label("Languages").select_option("en → id")
    page.get_by_label("Tag", exact=True).select_option("why")
    page.get_by_role("radio", name="Wrong").check()
    found = page.locator("#found").inner_text()
    assert found == "25 of 300 questions: 25 wrong, 0 right"
    page.reload()
    assert page.locator("#found").inner_text() == found
    page.get_by_role("button", name="Clear filters").click()
    assert page.locator("tr.line").count() == 100
    assert "#" not in page.url
    page.get_by_label("Search", exact=True).fill("KE-17? rumah")
    assert [text.splitlines()[0] for text in shown(page, "question")] == [made_up(17).question]


def test_a_bar_leads_to_its_questions(page: Page) -> None:
    page.locator(".panel:visible").get_by_role("link", name="why").click()
    page.wait_for_function("document.querySelector('#clear').offsetParent")
    assert page.get_by_label("Tag", exact=True).input_value() == "why"
    assert page.locator("#found").inner_text().startswith("100 of 300 questions")


def test_a_row_opens_to_its_quote(page: Page) -> None:
    page.get_by_label("Status", exact=True).select_option("answered")
    page.get_by_label("Outcome").select_option("misread")
    button = page.locator("tr.line button").first
    button.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    detail = page.locator("tr.detail")
    assert detail.locator("blockquote mark").inner_text() == "Tanjung Emas"
    assert detail.locator("blockquote .wanted").inner_text() == "1.260 rumah"
    quote = "".join(detail.locator("blockquote .quote").all_inner_texts())
    assert quote == "Pompa kelima tertahan di Pelabuhan Tanjung Emas."
    detail.get_by_role("button", name="whole article").click()
    assert detail.locator("blockquote").text_content() == TEXT
    button.press("Enter")
    assert detail.count() == 0


def test_metrics_and_coverage_can_be_chosen(page: Page) -> None:
    assert page.locator(".panel:visible h3").inner_text() == "Answer F1"
    page.get_by_role("radio", name="Exact match").check()
    assert page.locator(".panel:visible h3").inner_text() == "Exact match"
    page.get_by_label("Answer only the surest").fill("75")
    assert page.locator("td.at").all_inner_texts() == ["17.5\u202f%", "37.5\u202f%"]


def test_light_and_dark(page: Page) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(colour)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(colour)
    assert dark != light
    page.reload()
    assert page.evaluate(colour) == dark
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(colour) == light
    page.evaluate("localStorage.clear()")
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert page.evaluate(colour) == dark


@pytest.mark.parametrize("width", [360, 390, 801, 1280])
def test_no_width_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("tr.line button").first.click()
    page.get_by_text("The same in numbers").click()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_hostile_text_harms_no_browser(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(report_html(hostile_report()), "utf-8")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(path.as_uri())
        assert page.locator("tr.detail").count() == 1
        assert page.locator("img").count() == 0
        assert page.title().startswith("<img src=x")
        assert page.locator("blockquote").text_content() == HOSTILE


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_fault(page: Page, axe: str, width: int, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("tr.line button").first.click()
    page.evaluate(axe)
    assert page.evaluate("axe.run().then((found) => found.violations.map((v) => v.id))") == []
