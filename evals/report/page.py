"""A report as one HTML page that asks for nothing but itself.

Every text from an article or a question is escaped where it enters the page. Behind that stands the
page's own policy: it may load nothing, and run no script but the one that is hashed here.
"""

import base64
import hashlib
import re
from importlib.resources import files

from kutip.evals.report.bars import groups_html
from kutip.evals.report.calibration import reliability_html
from kutip.evals.report.curve import curve_html
from kutip.evals.report.data import rows_json
from kutip.evals.report.format import counted, text_html
from kutip.evals.report.headline import OUTCOMES, cards_html, outcomes_html
from kutip.evals.report.latency import latency_html
from kutip.evals.report.model import Report

STYLES = ("style.css", "table.css")
SCRIPTS = ("script.js", "table.js")


def report_html(report: Report) -> str:
    """The page of a report; the same report gives the same page."""
    script = "\n".join(_file(name) for name in SCRIPTS)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    parts = {
        "script-hash": f"sha256-{digest}",
        "style": "\n".join(_file(name) for name in STYLES),
        "script": script,
        "title": text_html(report.title),
        "about": _about(report),
        "outcomes": outcomes_html(report.rows),
        "cards": cards_html(report),
        "groups": groups_html(report),
        "curve": curve_html(report.risk_coverage),
        "reliability": reliability_html(report.reliability),
        "latency": latency_html(report.latency),
        "settings": _settings(report),
        "outcome-options": _outcome_options(report),
        "data": rows_json(report.rows),
    }
    # In one pass, so that a text that looks like a slot of the template stays a text.
    return re.sub(r"\{\{([a-z-]+)\}\}", lambda slot: parts[slot[1]], _file("template.html"))


def _file(name: str) -> str:
    return files("kutip.evals.report").joinpath(name).read_text("utf-8")


def _about(report: Report) -> str:
    facts = (report.suite, report.mode, counted(len(report.rows), "question"), report.made_at)
    return " · ".join(text_html(fact) for fact in facts if fact)


def _settings(report: Report) -> str:
    if not report.settings:
        return '<p class="none">None were kept.</p>'
    pairs = "".join(
        f"<div><dt>{text_html(name)}</dt><dd>{text_html(value)}</dd></div>"
        for name, value in report.settings.items()
    )
    return f"<dl>{pairs}</dl>"


def _outcome_options(report: Report) -> str:
    there = {row.outcome for row in report.rows}
    return "".join(
        f'<option value="{outcome}">{words}</option>'
        for outcome, words in OUTCOMES.items()
        if outcome in there
    )
