"""The sections of a report, one a file: each turns what was collected into HTML."""

from margin_core.report.sections.data import data_section
from margin_core.report.sections.decisions import decisions_section
from margin_core.report.sections.estimate import estimate_section
from margin_core.report.sections.provenance import provenance_section
from margin_core.report.sections.task import task_section

__all__ = ["data_section", "decisions_section", "estimate_section", "provenance_section", "task_section"]
