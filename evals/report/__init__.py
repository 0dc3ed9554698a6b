"""A run of an evaluation as one HTML page that opens from disk."""

from kutip.evals.report.model import Bin, Excerpt, Figure, Report, Row
from kutip.evals.report.page import report_html

__all__ = ["Bin", "Excerpt", "Figure", "Report", "Row", "report_html"]
