"""``margin impact``."""

from __future__ import annotations

import argparse
import getpass
import json

from margin_core.audit.audit import audit
from margin_core.cli.options import Arguments, add_progress, add_source
from margin_core.cli.progress import progress_printer
from margin_core.cli.source import open_named_source, open_session, open_store
from margin_core.review import corrections
from margin_core.review.impact.stored import load_impact
from margin_core.storage.engine import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of the command.
    """
    add_source(parser)
    parser.add_argument("--json", action="store_true", help="print everything as JSON instead of a table")
    add_progress(parser)


def run(arguments: Arguments) -> int:
    """Measure the accuracy of a linear model before and after the corrections.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    int
        The exit code.
    """
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.1))
    audited = audit(opened, progress=whole.part(0.1, 0.2).progress)
    session = open_session(audited, open_store(arguments), getpass.getuser())
    impact = load_impact(audited, corrections(session), whole.part(0.2, 1.0).progress)
    if arguments.progress == "json":
        return 0
    if arguments.json:
        print(json.dumps(impact.to_json(), indent=2, ensure_ascii=False))
        return 0
    print(f"{impact.sentence}\n{impact.judged_in_words}")
    if impact.decisions:
        print(f"{impact.compared_in_words}\n\n{'':<30}  after half  after all  change in points")
        for curve in (impact.own, *impact.others):
            half, whole_way = (f"{100 * share:.1f} %" for share in (curve.halfway, curve.accuracy[-1]))
            print(f"{curve.name:<30}  {half:>10}  {whole_way:>9}  {curve.change_in_words}")
    return 0
