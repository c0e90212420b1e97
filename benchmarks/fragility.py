"""How fragile heatmaps are: invisible changes, random and by attack, on bundled pictures and on photographs.

The photographs are not part of the repository: name their folder by ``--photos``; without it their table is left out.
Every picture's numbers are kept as they come (``--kept``), so a run can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pages import keep
from record import Line, Part, Table, Watch, plain

from margin_core import Study, load_study
from margin_core.study.inputs.pictures import read_picture
from margin_core.study.models import load_model
from margin_core.tasks.saliency.fragility import ATTACK_KINDS, EPS, fit_influence_probe, perturb_exemplars, sweep
from margin_core.tasks.saliency.methods import find_published_method
from margin_core.values import Model

BUNDLED = Path(__file__).resolve().parents[1] / "sample_data" / "fashion"
SUFFIXES = (".jpg", ".jpeg", ".png")
METHODS = ("gradient", "gradient_x_input", "integrated_gradients", "smooth_grad", "deep_lift", "grad_cam", "layer_cam")
MEASURES = ("top_k", "correlation", "shift")
WORDS = {"random": "random signs", "top_k": "top-k attack", "mass_center": "mass-center attack"}

Numbers = dict[str, float | None]
"""Of one change: its measures, and whether the class was kept; None where an attack failed."""

Kept = dict[str, dict[str, Numbers]]
"""By picture and method, then by kind and eps."""


def measured(method: str, model: Model, picture: NDArray[np.uint8], eps: Sequence[int]) -> dict[str, Numbers]:
    """Change one picture in every way, and look again at what was accepted."""
    out: dict[str, Numbers] = {}
    for (kind, strength), found in sweep(method, model, picture, eps).items():
        if found is None:
            out[f"{kind} {strength}"] = dict.fromkeys((*MEASURES, "kept", "within"))
            continue
        predictions = model.probabilities(np.stack([found.before, found.after])).argmax(axis=1)
        moved = np.abs(found.after.astype(int) - found.before).max()
        out[f"{kind} {strength}"] = {
            **asdict(found.change), "kept": float(predictions[0] == predictions[1]), "within": float(moved <= strength)
        }  # fmt: skip
    return out


class Notebook:
    """Numbers that are kept in a file as they come."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.known: Kept = json.loads(path.read_text()) if path is not None and path.is_file() else {}

    def ask(self, key: str, method: str, model: Model, picture: NDArray[np.uint8], eps: Sequence[int]) -> None:
        """Measure what is not known yet."""
        if key not in self.known:
            self.known[key] = measured(method, model, picture, eps)
            if self._path is not None:
                self._path.write_text(json.dumps(self.known))


def values(found: Sequence[Mapping[str, Numbers]], kind: str, eps: int, measure: str) -> NDArray[np.float64]:
    """Return one measure over pictures; NaN where an attack failed."""
    return np.array([one[f"{kind} {eps}"][measure] for one in found], dtype=np.float64)


def tables(found: Mapping[str, list[dict[str, Numbers]]], eps: Sequence[int], where: str) -> list[Table]:
    """Make a table for each measure: methods and kinds by eps."""
    titles = {
        "top_k": ("the most important pixels in common", "Share of the most important tenth of the pixels (at most "
                  "1,000) that both heatmaps have in common; smaller = more fragile."),
        "correlation": ("rank correlation", "Spearman's, of all pixels; smaller = more fragile."),
        "shift": ("shift of the center of mass", "In pixels; larger = more fragile."),
    }  # fmt: skip
    out = []
    for measure, (title, note) in titles.items():
        rows = {
            f"{find_published_method(method).title}, {WORDS[kind]}": [
                (float(np.nanmean(column)), float(np.nanstd(column)))
                for column in (values(pictures, kind, one, measure) for one in eps)
            ]
            for method, pictures in found.items()
            for kind in ATTACK_KINDS
        }
        number = len(next(iter(found.values())))
        note = f"{note} Mean and standard deviation over {number} pictures."
        out.append(Table(f"{where}: {title}", tuple(f"ε = {one}" for one in eps), rows, note))
    return out


def lines(found: Mapping[str, list[dict[str, Numbers]]], eps: Sequence[int], where: str) -> list[Line]:
    """Set what was measured beside what was promised."""
    pictures = [one for some in found.values() for one in some]
    changes = [change for one in pictures for change in one.values()]
    accepted = [change for change in changes if change["kept"] is not None]
    means = {
        (method, kind, one, measure): float(np.nanmean(values(some, kind, one, measure)))
        for method, some in found.items() for kind in ATTACK_KINDS for one in eps for measure in MEASURES
    }  # fmt: skip
    lead = min(
        means[method, "random", one, "top_k"] - means[method, kind, one, "top_k"]
        for method in found for kind in ATTACK_KINDS[1:] for one in eps
    )  # fmt: skip
    falls = min(
        means[method, kind, weak, "top_k"] - means[method, kind, strong, "top_k"]
        for method in found for kind in ATTACK_KINDS for weak, strong in pairwise(eps)
    )  # fmt: skip
    shifts = min(
        means[method, "mass_center", one, "shift"] / means[method, "random", one, "shift"]
        for method in found
        for one in eps
    )
    n = len(pictures)
    return [
        Line(f"{where}: accepted changes that keep the class and stay within ε",
             float(np.mean([change["kept"] == change["within"] == 1 for change in accepted])), "",
             f"Checked with the original network; {len(changes) - len(accepted)} of {len(changes)} failed.",
             len(accepted),
             target=1.0, at_least=True),
        Line(f"{where}: least lead of an attack over random signs", lead, "",
             "Pixels in common under random signs less those under an attack: the smallest mean over methods and ε.", n,
             target=0.0, at_least=True),
        Line(f"{where}: least fall of the pixels in common from one ε to the next", falls, "",
             "The smallest over methods and kinds of change.", n, target=0.0, at_least=True),
        Line(f"{where}: least factor of the center's shift, mass-center attack over random signs", shifts, "x",
             "The smallest over methods and ε.", n, target=2.0, at_least=True),
    ]  # fmt: skip


def of_bundled(study: Study, pictures: int, notebook: Notebook) -> dict[str, list[dict[str, Numbers]]]:
    """Measure every method on bundled pictures."""
    rows = np.linspace(0, len(study) - 1, pictures).astype(int).tolist()
    found = {}
    for method in METHODS:
        for row in rows:
            notebook.ask(f"{study.ids[row]} {method}", method, study.model, np.asarray(study.inputs[row]), EPS)
        found[method] = [notebook.known[f"{study.ids[row]} {method}"] for row in rows]
        print(f"{method} on {len(rows)} bundled pictures", flush=True)
    return found


def of_photographs(
    folder: Path, limit: int, methods: Sequence[str], notebook: Notebook
) -> dict[str, list[dict[str, Numbers]]]:
    """Measure methods on photographs, with EfficientNet-Lite0."""
    model = load_model("efficientnet-lite0")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    files = [files[place] for place in np.linspace(0, len(files) - 1, min(limit, len(files))).astype(int)]
    found: dict[str, list[dict[str, Numbers]]] = {method: [] for method in methods}
    for number, file in enumerate(files, start=1):
        for method in methods:
            notebook.ask(f"{file.name} {method}", method, model, read_picture(file, file.name), EPS)
            found[method].append(notebook.known[f"{file.name} {method}"])
        print(f"{number} of {len(files)} photographs", flush=True)
    return found


def examples(study: Study, pictures: int) -> Table:
    """Change pictures so that other training samples hold the answer up."""
    head = fit_influence_probe(study)
    rows = np.linspace(0, len(study) - 1, pictures).astype(int).tolist()
    out = {}
    for kind, word in (("random", WORDS["random"]), ("attack", "attack on the three most influential")):
        for name, measure in (("of 5 still there", "survived"), ("rank correlation of all", "correlation")):
            cells = []
            for eps in EPS:
                found = [perturb_exemplars(study, head, row, eps, kind) for row in rows]
                column = [float(getattr(one, measure)) for one in found if one is not None]
                cells.append((float(np.mean(column)), float(np.std(column))))
            out[f"{word}, {name}"] = cells
    return Table(
        "Explanations by examples: the most influential training samples",
        tuple(f"ε = {one}" for one in EPS), out,
        f"Influence functions of a linear probe on the features, in closed form; {pictures} bundled pictures. The "
        "prediction of the probe is the same before and after.",
    )  # fmt: skip


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=24, help="bundled pictures")
    parser.add_argument("--photos", type=Path, help="folder of photographs")
    parser.add_argument("--most", type=int, default=6, help="photographs at most")
    parser.add_argument("--methods", nargs="*", choices=METHODS, default=["gradient"], help="on photographs")
    parser.add_argument("--kept", type=Path, help="file in which numbers are kept")
    parser.add_argument("--dry", action="store_true", help="print only; keep no result")
    asked = parser.parse_args()
    watch, notebook = Watch("0 for random signs"), Notebook(asked.kept)
    study = load_study(str(BUNDLED))
    bundled = of_bundled(study, asked.pictures, notebook)
    what, all_tables = lines(bundled, EPS, "Fashion"), tables(bundled, EPS, "Fashion")
    all_tables.append(examples(study, asked.pictures))
    if asked.photos is not None:
        photographs = of_photographs(asked.photos, asked.most, asked.methods, notebook)
        what += lines(photographs, EPS, "photographs")
        all_tables += tables(photographs, EPS, "Photographs")
    part = Part(
        "fragility",
        "Fragility of heatmaps",
        "Fashion: the bundled pictures of 28 × 28 and their small network. Photographs: EfficientNet-Lite0, 224 × 224. "
        "ε is on the scale 0 to 255. A heatmap that never changes would be perfectly stable, so these figures cannot "
        "rank methods.",
        tuple(what),
        tuple(all_tables),
        watch.circumstances(),
    )
    print(plain(part))
    if not asked.dry:
        keep(part)


if __name__ == "__main__":
    main()
