"""The report: one page of HTML that needs nothing from elsewhere. What is drawn is worked out apart from how."""

from __future__ import annotations

from mailwatch.report.page import page

__all__ = ["page"]
