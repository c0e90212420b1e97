"""A report as one HTML file: light, printable, without a script or an address of anything outside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files

import numpy as np

from margin_core.report.charts import class_bars, confusion_bars, count_interval, hatching, probability_curve
from margin_core.report.collect import Report
from margin_core.report.findings import COUNTED, Finding, FindingGroup, TaskFindings, describe_findings
from margin_core.report.heatmaps import show_heatmap
from margin_core.report.markup import Child, Html, element, named
from margin_core.report.samples import show_sample
from margin_core.review import Decision, Verdict
from margin_core.review.estimates import LabelErrorEstimate
from margin_core.study.inputs.shown import shown_kind
from margin_core.values import Explanation, Need

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""A second lock: whatever got into the file could neither run nor ask for anything."""

FALSE_DISCOVERY_RATES = (0.05, 0.1, 0.2)

VERDICTS = {
    Verdict.RELABEL: "relabeled",
    Verdict.KEEP: "kept",
    Verdict.EXCLUDE: "excluded",
    Verdict.SKIP: "skipped",
}

DATA_QUALITY = {
    "unlabelled": "Without a label",
    "unreadable": "Unreadable",
    "exact_duplicates": "Exact duplicates",
    "near_duplicates": "Near duplicates",
    "conflicting_duplicates": "Conflicting duplicates",
}


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
        ("data", "Data", _data(report)),
        *([("estimate", "Label error estimate", _estimate(report.estimate))] if report.estimate else []),
        *(
            (task.name, task.title, _task(report, explanation, task))
            for explanation, task in zip(report.explanations, tasks, strict=True)
        ),
        ("decisions", "Decisions", _decisions(report)),
        ("provenance", "Provenance", _provenance(report)),
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


# ----- the parts of the document


def _numbers(report: Report) -> Html:
    study, overview, estimate = report.study, report.overview, report.estimate
    shown: list[tuple[str, str, str]] = [("Samples", f"{len(study):,}", f"{len(study.class_names):,} classes")]
    if overview is not None:
        share = overview.suspects / max(overview.labeled, 1)
        shown.append(("Suspect labels", f"{overview.suspects:,}", f"{share:.1%} of {overview.labeled:,} labels"))
    if estimate is not None:
        count = estimate.count
        shown.append(("Wrong labels, estimate", f"{count.median:,}", f"95 % interval {count.low:,} to {count.high:,}"))
    changes = sum(decision.verdict in (Verdict.RELABEL, Verdict.EXCLUDE) for decision in report.decisions)
    shown.append(("Decisions", f"{len(report.decisions):,}", f"{changes:,} changes"))
    return element(
        "dl",
        (element("div", element("dt", name), element("dd", value), element("dd", more)) for name, value, more in shown),
        class_="numbers",
    )


def _data(report: Report) -> Child:
    study, overview = report.study, report.overview
    labeled = int((study.labels >= 0).sum()) if study.has(Need.LABELS) else 0
    read: list[tuple[str, Child]] = [
        ("Source", named(report.source) if report.source else "in memory"),
        ("Samples", len(study)),
        ("Classes", len(study.class_names)),
        ("Features", study.features if study.has(Need.EMBEDDING) else "none"),
        ("Class probabilities", _probabilities(report)),
    ]
    quality: list[tuple[str, Child]] = [("With a label", labeled)]
    if overview is not None:
        quality += [(words, len(overview.groups[name])) for name, words in DATA_QUALITY.items()]
    notes = element("ul", (element("li", note) for note in report.notes), class_="notes")
    figures: list[Html] = []
    if overview is not None and overview.classes:
        most = " The 30 with the most suspects." if len(overview.classes) > 30 else ""
        figures.append(
            _figure("Classes", class_bars(overview.classes), f"Samples of each class; hatched: suspect.{most}")
        )
    if overview is not None and overview.confusions:
        bars = confusion_bars(overview.confusions, study.class_names)
        figures.append(_figure("Confused classes", bars, f"Given → suggested class, {overview.suspects:,} suspects."))
    return [
        element("div", _facts(read), _facts(quality), class_="side"),
        element("h3", "Left out or assumed"),
        notes if report.notes else element("p", "Nothing was left out or assumed.", class_="none"),
        element("div", figures, class_="side"),
    ]


def _probabilities(report: Report) -> str:
    if not report.study.has(Need.PROBABILITIES):
        return "none"
    return "out of sample" if report.study.out_of_sample else "perhaps fitted on these labels; not used in ranking"


def _estimate(estimate: LabelErrorEstimate) -> Child:
    count, left = estimate.count, estimate.remaining
    frame = estimate.to_frame()
    # What a review verified is 0 or 1, between labels of which nobody knows: a curve of both would jump up and down.
    known = (frame["p_label_error"].notna() & ~frame["reviewed"]).to_numpy()
    end = int(min(known.sum(), max(2 * count.high, 50)))
    columns = [frame[name].to_numpy(dtype=np.float64)[known][:end] for name in ("p_label_error", "p_low", "p_high")]
    flagged = [(rate, estimate.flag(rate)) for rate in FALSE_DISCOVERY_RATES]
    return [
        element(
            "p",
            element("b", f"{count.median:,} of {len(estimate.study):,} labels are wrong, by estimate"),
            f"; 95 % interval {count.low:,} to {count.high:,}. {count.found:,} found so far, in "
            f"{len(estimate.posterior.reviews):,} reviews.",
        ),
        element(
            "p",
            f"By {left.n_sampled:,} random checks alone, at most {left.upper:,} wrong labels are left (95 %)."
            if left.n_sampled
            else "No random checks yet, so the wrong labels that are left are not bounded.",
        ),
        element(
            "div",
            _figure(
                "Wrong labels",
                count_interval(count),
                "Median and 95 % interval." + (" Triangle: found so far." if count.found else ""),
            ),
            _figure(
                "P(label error)",
                probability_curve(*columns),
                f"The first {end:,} labels without a review, with 90 % interval.",
            )
            if end
            else None,
            class_="side",
        ),
        element("h3", "Labels that can be flagged without review"),
        _table(
            ("Maximum false discovery rate", "Labels", "Expected rate"),
            [(f"{rate:.0%}", f"{len(found.rows):,}", f"{found.expected_rate:.1%}") for rate, found in flagged],
            numbers=(0, 1, 2),
        ),
    ]


def _task(report: Report, explanation: Explanation, task: TaskFindings) -> Child:
    counts = ", ".join(f"{count:,} {COUNTED.get(role, role)}" for role, count in task.roles)
    head = element("p", f"{task.question} Ranked: {counts or 'nothing'}.", class_="soft")
    if "heatmap" in explanation.findings.maps:
        return [head, show_heatmap(report.study, explanation)]
    if not task.groups:
        return [head, element("p", "Nothing was found.", class_="none")]
    return [head, [_group(report, explanation, group) for group in task.groups]]


def _group(report: Report, explanation: Explanation, group: FindingGroup) -> Child:
    shown = len(group.findings)
    of_all = f"{shown:,}" if shown == group.total else f"{shown:,} of {group.total:,}"
    title = element("h3", f"{group.title}: {of_all} shown" if shown < group.total else f"{group.title}: {of_all}")
    decided = {decision.sample_id: decision for decision in report.decisions}
    ids = report.study.ids
    pairs = [(finding, decided.get(str(ids[finding.row]))) for finding in group.findings]
    if shown_kind(report.study) == "picture":
        return [title, element("ol", (_card(report, *pair) for pair in pairs), class_="cards")]
    return [title, _rows(report, pairs)]


def _card(report: Report, finding: Finding, decision: Decision | None) -> Html:
    return element(
        "li",
        element("div", show_sample(report.study, finding.row), class_="frame"),
        element("h4", finding.headline) if finding.headline else None,
        element("div", named(str(report.study.ids[finding.row])), class_="id"),
        element("dl", (element("div", element("dt", name), element("dd", value)) for name, value in finding.facts)),
        element("p", _in_words(decision), class_="decided") if decision else None,
        class_="card",
    )


def _rows(report: Report, pairs: Sequence[tuple[Finding, Decision | None]]) -> Html:
    first = pairs[0][0]
    has_samples = shown_kind(report.study) != "none"
    has_headline = any(finding.headline for finding, _ in pairs)
    has_decisions = any(decision for _, decision in pairs)
    columns = [
        "Id", *(["Sample"] if has_samples else []), *(["Class"] if has_headline else []),
        *(name for name, _ in first.facts), *(["Decision"] if has_decisions else []),
    ]  # fmt: skip

    def cells(finding: Finding, decision: Decision | None) -> Iterator[Html]:
        yield element("td", named(str(report.study.ids[finding.row])), class_="id")
        if has_samples:
            yield element("td", show_sample(report.study, finding.row), class_="sample")
        if has_headline:
            yield element("td", element("b", finding.headline))
        for _, value in finding.facts:
            yield element("td", value)
        if has_decisions:
            yield element("td", _in_words(decision) if decision else None)

    head = element("thead", element("tr", (element("th", name, scope="col") for name in columns)))
    body = element("tbody", (element("tr", cells(*pair)) for pair in pairs))
    return element("div", element("table", head, body, class_="wide"), class_="scroll")


def _in_words(decision: Decision) -> Child:
    to: Child = (" to ", named(decision.new_label or "")) if decision.verdict is Verdict.RELABEL else None
    return VERDICTS[decision.verdict], to, " by ", named(decision.reviewer or "unknown")


def _decisions(report: Report) -> Child:
    if not report.decisions:
        return element("p", "Nobody has decided on a sample yet.", class_="none")
    reviewers = sorted({decision.reviewer for decision in report.decisions})
    counts = Counter((decision.reviewer, decision.verdict) for decision in report.decisions)
    totals = Counter(decision.verdict for decision in report.decisions)
    rows: list[tuple[Child, ...]] = [
        (named(reviewer or "unknown"), *(f"{counts[reviewer, verdict]:,}" for verdict in VERDICTS),
         f"{sum(counts[reviewer, verdict] for verdict in VERDICTS):,}")
        for reviewer in reviewers
    ]  # fmt: skip
    if len(reviewers) > 1:
        rows.append(("all", *(f"{totals[verdict]:,}" for verdict in VERDICTS), f"{len(report.decisions):,}"))
    changes = [one for one in report.decisions if one.verdict in (Verdict.RELABEL, Verdict.EXCLUDE)]
    newest = changes[::-1][: report.max_findings]
    shown = f"{len(newest):,} newest of {len(changes):,}" if len(newest) < len(changes) else f"{len(changes):,}"
    return [
        element(
            "p",
            f"{len(report.decisions):,} samples decided; {report.log_entries:,} entries in the log, undone included.",
        ),
        _table(("Reviewer", *map(str.capitalize, VERDICTS.values()), "All"), rows, numbers=(1, 2, 3, 4, 5)),
        element("h3", f"Changes: {shown}"),
        _table(
            ("Id", "Given", "Now", "Reviewer", "Time (UTC)", "Note"),
            [
                (
                    named(one.sample_id),
                    named(one.old_label or "none"),
                    named(one.new_label or "") if one.verdict is Verdict.RELABEL else "excluded",
                    named(one.reviewer or "unknown"),
                    f"{one.decided_at:%Y-%m-%d %H:%M}",
                    named(one.note),
                )
                for one in newest
            ],
        )
        if newest
        else element("p", "No label was changed.", class_="none"),
    ]


def _provenance(report: Report) -> Child:
    facts: list[tuple[str, Child]] = [
        ("Made", f"{report.made_at:%Y-%m-%d %H:%M:%S %Z}"),
        ("MARGIN", report.program_version),
        *report.versions.items(),
        ("Study", element("code", report.study.fingerprint)),
    ]
    parameters = [
        (
            element("h3", explanation.task),
            _facts(
                [
                    ("fingerprint", element("code", explanation.fingerprint)),
                    *((name, str(value)) for name, value in explanation.parameters.items()),
                ]
            ),
        )
        for explanation in report.explanations
    ]
    return [_facts(facts), parameters]


# ----- small pieces


def _figure(title: str, drawing: Html, caption: str) -> Html:
    return element("figure", element("h3", title), drawing, element("figcaption", caption))


def _facts(facts: Sequence[tuple[str, Child]]) -> Html:
    rows = (element("tr", element("th", name, scope="row"), element("td", value)) for name, value in facts)
    return element("table", element("tbody", rows))


def _table(columns: Sequence[str], rows: Sequence[Sequence[Child]], numbers: Sequence[int] = ()) -> Html:
    kinds = ["number" if place in numbers else None for place in range(len(columns))]
    head = (element("th", name, scope="col", class_=kind) for name, kind in zip(columns, kinds, strict=True))
    body = (
        element("tr", (element("td", cell, class_=kind) for cell, kind in zip(row, kinds, strict=True))) for row in rows
    )
    return element(
        "div", element("table", element("thead", element("tr", head)), element("tbody", body)), class_="scroll"
    )
