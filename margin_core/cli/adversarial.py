"""``margin adversarial``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from margin_core.audit.stored_explanation import load_or_explain
from margin_core.audit.study_graph import on_study_graph
from margin_core.cli.options import Arguments, add_parameters, add_progress, add_source, set_parameters
from margin_core.cli.progress import progress_printer
from margin_core.cli.result import Result
from margin_core.cli.source import open_named_source
from margin_core.errors import ParameterError
from margin_core.projection import compute_map
from margin_core.storage.engine import Run
from margin_core.tasks import AdversarialStatistics, Prototypes
from margin_core.tasks.adversarial.comparison import (
    Area,
    Prevalence,
    ShareComparison,
    compare_criticisms,
    compute_areas,
    measure_overlap,
)
from margin_core.tasks.adversarial.evidence import SCORES
from margin_core.tasks.adversarial.remarks import NO_DEFENSE, describe_attack, describe_selection
from margin_core.tasks.adversarial.task import GIVEN
from margin_core.values import Need

OVERLAP_SCORE = "raw"
"""The score whose overlap is compared with the criticisms: the paper's claim is about the statistic itself."""

COUNTS = ("unchanged", "candidates", "misclassified", "unreadable", "reference")

KEYS = {
    "attack": "name of the attack, or given",
    "eps": "largest change of a pixel, from 0 to 1, or of all pixels together where the norm is 2",
    "clean": "clean or trusted samples",
    "attacked": "attacked samples whose predicted class changed, or suspicious ones",
    "unchanged": "samples that were attacked and kept their predicted class; they are left out of all figures",
    "candidates": "samples that might have been attacked, or are suspicious",
    "misclassified": "samples that were passed over, since the model gives them another class than their label",
    "unreadable": "samples that were passed over, since their picture cannot be read",
    "reference": "other clean or trusted samples, from which densities are estimated",
    "changed_as_bytes": "attacked samples whose class stays changed when pixels are rounded to bytes",
    "level": "of the intervals",
    "shares": "shares of attacked samples in a batch, descending; at least two are attacked",
    "scores": "name, area under the ROC curve (larger scores = more likely attacked) with the 95 % bootstrap interval "
    "(low, high), and its mean at each of the shares (by_share)",
    "criticisms": "clean samples that look attacked (inside) and all others (outside), how many of either are "
    "criticisms, as a share too, and the difference of these shares with its interval; null where it is not known",
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
    add_parameters(parser)
    parser.add_argument("--map", action="store_true", help="also lay out the map that the page Adversarial shows")
    add_progress(parser)


def run(arguments: Arguments) -> Result:
    """Attack the model of a study, and compare clean with attacked samples.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    Result
    """
    whole = Run(progress=progress_printer(arguments))
    opened = open_named_source(arguments, whole.part(0.0, 0.05))
    study = opened.study
    (task,) = set_parameters([AdversarialStatistics()], arguments.set)
    assert isinstance(task, AdversarialStatistics)
    if task.attack != GIVEN and study.maybe_model is None and study.has(Need.REFERENCE):
        raise ParameterError(
            f"Study '{study.name}' has no model to attack. To compare its samples with those of the reference, add "
            "--set attack=given; to attack, name a --model."
        )
    found = load_or_explain(task, opened, whole.part(0.05, 0.7).progress)
    prevalence = task.prevalence(study, Run(opened.engine, whole.part(0.7, 0.85).progress))
    if arguments.map:
        whole.report(0.85, f"Laying out the map of {len(found.domain.ids):,} samples")
        compute_map(task.graph, found.domain, found.graph, Run(opened.engine, whole.part(0.85, 0.95).progress))
    evidence, criticisms = found.findings.evidence, None
    if task.attack != GIVEN and study.has(Need.EMBEDDING):
        prototypes = load_or_explain(on_study_graph(Prototypes(), study), opened, whole.part(0.95, 1.0).progress)
        looks_attacked = measure_overlap(evidence[OVERLAP_SCORE], evidence["attacked"]).looks_attacked
        ids = evidence["sample"]
        criticisms = compare_criticisms(ids[looks_attacked], ids[~evidence["attacked"]], prototypes.findings)
    areas, attacked = compute_areas(found.findings, SCORES), evidence["attacked"]
    values = {
        "attack": task.attack,
        "eps": task.eps,
        "clean": int((~attacked).sum()),
        "attacked": int(attacked.sum()),
        **{name: int(evidence[name][0]) for name in COUNTS},
        "changed_as_bytes": int(evidence["changed_8bit"][attacked].sum()),
        "level": 0.95,
        "shares": prevalence.shares,
        "scores": [
            {
                "name": name, "auc": area.auc, "low": area.low, "high": area.high,
                "by_share": prevalence.summary(name)[0],
            }
            for name, area in areas.items()
        ],
        "criticisms": None if criticisms is None else _as_values(criticisms),
    }  # fmt: skip
    known = {name: ~np.isnan(evidence[name]) for name in SCORES}
    lines = [describe_attack(found), describe_selection(found), *_table(areas, prevalence, known)]
    if criticisms is not None:
        lines.append(_describe(criticisms))
    return Result(values=values, lines=[*lines, NO_DEFENSE])


def _table(areas: Mapping[str, Area], prevalence: Prevalence, known: Mapping[str, NDArray[np.bool_]]) -> Sequence[str]:
    width = max(map(len, SCORES.values()))
    shares = "".join(f"{f'{100 * share:.0f} %':>8}" for share in prevalence.shares.tolist())
    lines = [f"{'area under the ROC curve':<{width}}{'all':>7}{'95 % interval':>17}  with attacked{shares}"]
    for name, area in areas.items():
        if area.auc != area.auc:
            lines.append(f"{SCORES[name]:<{width}}  not known")
            continue
        interval = f"{area.low:.3f} to {area.high:.3f}"
        means = "".join(
            "       ?" if mean != mean else f"{mean:>8.3f}" for mean in prevalence.summary(name)[0].tolist()
        )
        some = "" if known[name].all() else f"  (known for {known[name].sum():,} of {len(known[name]):,} samples)"
        lines.append(f"{SCORES[name]:<{width}}{area.auc:>7.3f}{interval:>17}{'':>15}{means}{some}")
    return lines


def _describe(found: ShareComparison) -> str:
    if found.difference != found.difference:
        return "Whether clean samples that look attacked are criticisms is not known: there are none, or no others."
    which = "sample that looks" if found.inside == 1 else "samples that look"
    return (
        f"Of {found.inside:,} clean {which} attacked by the signal, {found.share_inside:.0%} are "
        f"criticisms, of the {found.outside:,} others {found.share_outside:.0%}: a difference of "
        f"{100 * found.difference:+.0f} points (95 % interval {100 * found.low:+.0f} to {100 * found.high:+.0f})."
    )


def _as_values(found: ShareComparison) -> dict[str, Any]:
    return {
        "inside": found.inside, "outside": found.outside, "criticisms_inside": found.marked_inside,
        "criticisms_outside": found.marked_outside, "share_inside": found.share_inside,
        "share_outside": found.share_outside, "difference": found.difference, "low": found.low,
        "high": found.high,
    }  # fmt: skip
