"""What was decided, by whom, and which labels it changed."""

from __future__ import annotations

from collections import Counter

from margin_core.report.blocks import table
from margin_core.report.collect import Report
from margin_core.report.markup import Child, element, named
from margin_core.review import Decision, Verdict
from margin_core.study.samples import counted

VERDICTS = {
    Verdict.RELABEL: "relabeled",
    Verdict.KEEP: "kept",
    Verdict.EXCLUDE: "excluded",
    Verdict.SKIP: "skipped",
}


def decisions_section(report: Report) -> Child:
    """Return the section on the decisions of a report.

    Parameters
    ----------
    report : Report

    Returns
    -------
    Html or sequence of Html
    """
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
            f"{counted(report.decided, 'sample')} decided, {totals[Verdict.SKIP]:,} skipped; "
            f"{report.log_entries:,} entries in the log, undone included.",
        ),
        table(("Reviewer", *map(str.capitalize, VERDICTS.values()), "All"), rows, numbers=(1, 2, 3, 4, 5)),
        element("h3", f"Changes: {shown}"),
        table(
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


def describe_decision(decision: Decision) -> Child:
    """Return a decision in words: what, to which class, by whom.

    Parameters
    ----------
    decision : Decision

    Returns
    -------
    Html or sequence of Html
    """
    to: Child = (" to ", named(decision.new_label or "")) if decision.verdict is Verdict.RELABEL else None
    return VERDICTS[decision.verdict], to, " by ", named(decision.reviewer or "unknown")
