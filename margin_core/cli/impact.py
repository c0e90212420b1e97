"""``margin impact``."""

from __future__ import annotations

import argparse
import getpass

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import progress_printer
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source, open_session, open_store
from margin_core.review import session_corrections
from margin_core.review.impact.stored_impact import load_impact
from margin_core.storage.engine import Run

KEYS = {
    "confidence": "of the intervals, 0.95",
    "sentence": "the change of accuracy, in words",
    "judged": "on which samples and by which labels it is measured, in words",
    "compared": "what the other orders are, in words",
    "own": "the curve in the order in which decisions were made: name, decisions (how many the models were fitted to), "
    "accuracy, low, high (its interval), change (accuracy minus that before any decision), change_low, "
    "change_high, halfway (accuracy after half of the decisions); shares, not percent",
    "others": "the same curves in the orders of other rankings, a list",
    "replayed": "whether the others are these same decisions in another order",
    "measure": "accuracy, or balanced accuracy where classes are very uneven",
    "decisions": "decisions",
    "changed": "decisions that changed a label",
    "learned_from": "decisions on samples that some model is fitted to",
    "held_out": "held-out samples",
    "looked_at": "held-out samples whose right class a reviewer named",
    "judges": "which samples are held out, in words",
}
"""What the JSON holds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    add_source(parser)
    add_progress(parser)


def run(arguments: Arguments) -> Result:
    """Measure the accuracy of a linear model before and after the corrections.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.1))
    audited = audit(opened, progress=whole.part(0.1, 0.2).progress)
    session = open_session(audited, open_store(arguments), getpass.getuser())
    impact = load_impact(audited, session_corrections(session), whole.part(0.2, 1.0).progress)
    lines = [impact.sentence, impact.judged_in_words]
    curves = (impact.own, *impact.others)
    if impact.decisions:
        lines += [impact.compared_in_words, "", f"{'':<30}  after half  after all  change in points"]
        for curve in curves:
            half, whole_way = (f"{100 * share:.{curve.digits}f} %" for share in (curve.halfway, curve.accuracy[-1]))
            lines.append(f"{curve.name:<30}  {half:>10}  {whole_way:>9}  {curve.change_in_words}")
    own, *others = ({**curve.to_json(), "halfway": curve.halfway} for curve in curves)
    beside = {"confidence": 0.95, "judged": impact.judged_in_words, "compared": impact.compared_in_words}
    return Result(values={**impact.to_json(), **beside, "own": own, "others": others}, lines=lines)
