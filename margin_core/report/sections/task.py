"""What one task found: cards with pictures, or rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from margin_core.report.collect import Report
from margin_core.report.findings import Finding, FindingGroup, TaskFindings
from margin_core.report.heatmaps import show_heatmap
from margin_core.report.markup import Child, Html, element, named
from margin_core.report.neighbors import show_neighbors
from margin_core.report.samples import SampleViews
from margin_core.report.sections.decisions import describe_decision
from margin_core.review import Decision
from margin_core.study.inputs.sample_display import shown_kind
from margin_core.values import NO_ROW, Explanation


def task_section(report: Report, explanation: Explanation, task: TaskFindings) -> Child:
    """Return the section on a task of a report.

    Parameters
    ----------
    report : Report
    explanation : Explanation
    task : TaskFindings
        Of the explanation.

    Returns
    -------
    Html or sequence of Html
    """
    counts = ", ".join(task.counts)
    head = element("p", f"{task.question} {f'Ranked: {counts}' if counts else 'Nothing was ranked'}.", class_="soft")
    if "heatmap" in explanation.findings.maps:
        return [head, show_heatmap(report.study, explanation)]
    if not task.groups:
        return [head, element("p", "Nothing was found.", class_="none")]
    views = SampleViews.from_study(report.study)
    findings = [finding for group in task.groups for finding in group.findings]
    of_samples = [finding for finding in findings if finding.row != NO_ROW]
    legend = views.legend(
        [(finding.row, finding.compared) for finding in of_samples], any(finding.neighbors for finding in of_samples)
    )
    remarks = [element("p", remark) for remark in task.remarks]
    return [head, remarks, legend, [_group(report, group, views) for group in task.groups]]


def _group(report: Report, group: FindingGroup, views: SampleViews) -> Child:
    shown = len(group.findings)
    of_all = f"{shown:,}" if shown == group.total else f"{shown:,} of {group.total:,}"
    title = element("h3", f"{group.title}: {of_all} shown" if shown < group.total else f"{group.title}: {of_all}")
    decided = {decision.sample_id: decision for decision in report.decisions}
    pairs = [(finding, None if finding.row == NO_ROW else decided.get(finding.id)) for finding in group.findings]
    if shown_kind(report.study) == "picture" and _has_samples(group.findings):
        return [title, element("ol", (_card(*pair, views) for pair in pairs), class_="cards")]
    return [title, _rows(pairs, views)]


def _has_samples(findings: Sequence[Finding]) -> bool:
    return any(finding.row != NO_ROW for finding in findings)


def _card(finding: Finding, decision: Decision | None, views: SampleViews) -> Html:
    has_sample = finding.row != NO_ROW
    return element(
        "li",
        element("div", views.show(finding.row, *finding.compared), class_="frame") if has_sample else None,
        element("h4", finding.headline) if finding.headline else None,
        element("div", named(finding.id), class_="id"),
        element("dl", (element("div", element("dt", name), element("dd", value)) for name, value in finding.facts)),
        views.show_beside(finding.row, *finding.compared) if has_sample else None,
        element("p", describe_decision(decision), class_="decided") if decision else None,
        class_="card",
    )


def _rows(pairs: Sequence[tuple[Finding, Decision | None]], views: SampleViews) -> Html:
    first = pairs[0][0]
    has_samples = shown_kind(views.study) != "none" and _has_samples([finding for finding, _ in pairs])
    has_headline = any(finding.headline for finding, _ in pairs)
    has_decisions = any(decision for _, decision in pairs)
    columns = [
        "Id", *(["Sample"] if has_samples else []), *(["Class"] if has_headline else []),
        *(name for name, _ in first.facts), *(["Decision"] if has_decisions else []),
    ]  # fmt: skip

    def cells(finding: Finding, decision: Decision | None) -> Iterator[Html]:
        yield element("td", named(finding.id), class_="id")
        if has_samples and finding.row == NO_ROW:
            yield element("td")
        elif has_samples:
            beside = views.show_beside(finding.row, *finding.compared)
            yield element("td", views.show(finding.row, *finding.compared), beside, class_="sample")
        if has_headline:
            yield element("td", element("b", finding.headline))
        for _, value in finding.facts:
            yield element("td", value)
        if has_decisions:
            yield element("td", describe_decision(decision) if decision else None)

    def lines(finding: Finding, decision: Decision | None) -> Iterator[Html]:
        near = show_neighbors(views, finding.row, finding.compared[0], finding.neighbors)
        yield element("tr", cells(finding, decision))
        if near:
            yield element("tr", element("td"), element("td", near, colspan=len(columns) - 1), class_="near-row")

    head = element("thead", element("tr", (element("th", name, scope="col") for name in columns)))
    body = element("tbody", (lines(*pair) for pair in pairs))
    return element("div", element("table", head, body, class_="wide"), class_="scroll")
