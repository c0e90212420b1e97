"""A report as one HTML file: light, printable, without a script or an address of anything outside it."""

from __future__ import annotations

from importlib.resources import files

from margin_core.report.charts import hatching
from margin_core.report.collect import Report
from margin_core.report.findings import describe_findings
from margin_core.report.markup import Html, element, named
from margin_core.report.sections import (
    data_section,
    decisions_section,
    estimate_section,
    provenance_section,
    task_section,
)
from margin_core.review import Verdict
from margin_core.study.samples import counted

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""A second lock: whatever got into the file could neither run nor ask for anything."""


def render_report(report: Report) -> str:
    """Render a report as the text of an HTML file.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        The same for the same report. Pictures are inside; nothing outside is named.
    """
    tasks = [
        describe_findings(explanation, report.study, report.estimate, report.max_findings)
        for explanation in report.explanations
    ]
    sections = [
        ("data", "Data", data_section(report)),
        *([("estimate", "Label error estimate", estimate_section(report.estimate))] if report.estimate else []),
        *(
            (task.name, task.title, task_section(report, explanation, task))
            for explanation, task in zip(report.explanations, tasks, strict=True)
        ),
        ("decisions", "Decisions", decisions_section(report)),
        ("provenance", "Provenance", provenance_section(report)),
    ]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("title", f"{report.study.name} – audit report"),
        element("style", Html(files("margin_core.report").joinpath("style.css").read_text(encoding="utf-8"))),
    )
    body = element(
        "body",
        hatching(),
        element(
            "header",
            element("h1", named(report.study.name)),
            element("p", f"Audit report · {report.made_at:%Y-%m-%d %H:%M %Z}", class_="soft"),
            _numbers(report),
            element("nav", (element("a", title, href=f"#{key}") for key, title, _ in sections), aria_label="Contents"),
        ),
        element(
            "main",
            (element("section", element("h2", title), content, id=key) for key, title, content in sections),
        ),
        element("footer", f"Made by MARGIN {report.program_version}."),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en').text}\n"


def _numbers(report: Report) -> Html:
    study, overview, estimate = report.study, report.overview, report.estimate
    shown: list[tuple[str, str, str]] = [("Samples", f"{len(study):,}", f"{len(study.class_names):,} classes")]
    if overview is not None:
        ranked, labeled = f"{overview.ranked:,}", f"{overview.labeled:,} labels"
        among = labeled if overview.ranked == overview.labeled else f"{ranked} ranked of {labeled}"
        shown.append(("Suspect labels", f"{overview.suspects:,}", f"{overview.suspect_share:.1%} of {among}"))
    if estimate is not None:
        count = estimate.count
        shown.append(("Wrong labels, estimate", f"{count.median:,}", f"95 % interval {count.low:,} to {count.high:,}"))
    changes = sum(decision.verdict in (Verdict.RELABEL, Verdict.EXCLUDE) for decision in report.decisions)
    shown.append(("Decided", f"{report.decided:,}", counted(changes, "change")))
    return element(
        "dl",
        (element("div", element("dt", name), element("dd", value), element("dd", more)) for name, value, more in shown),
        class_="numbers",
    )
