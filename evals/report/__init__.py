"""A run of an evaluation as one HTML page that opens from disk."""

from kutip.evals.report.model import Excerpt, Report, Row
from kutip.evals.report.page import report_html

__all__ = ["Excerpt", "Report", "Row", "report_html"]
