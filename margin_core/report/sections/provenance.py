"""What the numbers of a report depend on: versions, fingerprints and parameters."""

from __future__ import annotations

from margin_core.report.blocks import fact_table
from margin_core.report.collect import Report
from margin_core.report.markup import Child, element


def provenance_section(report: Report) -> Child:
    """Return the section on the provenance of a report.

    Parameters
    ----------
    report : Report

    Returns
    -------
    Html or sequence of Html
    """
    facts: list[tuple[str, Child]] = [
        ("Made", f"{report.made_at:%Y-%m-%d %H:%M:%S %Z}"),
        ("MARGIN", report.program_version),
        *report.versions.items(),
        ("Study", element("code", report.study.fingerprint)),
    ]
    parameters = [
        (
            element("h3", explanation.task),
            fact_table(
                [
                    ("fingerprint", element("code", explanation.fingerprint)),
                    *((name, str(value)) for name, value in explanation.parameters.items()),
                ]
            ),
        )
        for explanation in report.explanations
    ]
    return [fact_table(facts), parameters]
