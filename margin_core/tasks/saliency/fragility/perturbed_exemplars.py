"""How fragile an explanation by examples is: the training samples that hold an answer up, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from margin_core.errors import ModelError, ParameterError
from margin_core.storage.engine import Progress, Run, silent
from margin_core.study.models.torch_model import TorchModel, flat
from margin_core.tasks.saliency.faithfulness import rank_correlation
from margin_core.tasks.saliency.fragility.influence_probe import InfluenceProbe
from margin_core.tasks.saliency.fragility.perturbed_picture import resize_to_model, to_picture, to_tensor
from margin_core.tasks.saliency.fragility.random_signs import DRAWS, random_signs
from margin_core.tasks.saliency.methods import find_published_method
from margin_core.tasks.saliency.methods.black_box import Picture
from margin_core.tasks.saliency.methods.clone_for_hooks import clone_for_hooks
from margin_core.tasks.saliency.methods.image_attribution import require_torch_model
from margin_core.values import Doubles, Floats, Ints, Model, Need, Study, freeze

SHOWN = 5
"""Most influential samples that are compared."""

ATTACKED = 3
"""Those among them whose influence an attack lowers, as in the paper."""

STEPS = 10

CLOSE = 0.01
"""How far features may be from the study's own, as a share of their largest."""

KINDS = ("random", "attack")

WORDS = "Looking for the samples that hold the answer up"


@dataclass(frozen=True, eq=False, kw_only=True)
class PerturbedExemplars:
    """The samples that hold an answer up most, before and after a change that the answer survives.

    Attributes
    ----------
    kind : str
        ``random`` or ``attack``.
    eps : int
        No pixel differs by more, on the scale 0 to 255.
    says : int
        The class that the answer is.
    before, after : uint8 array (h, w) or (h, w, 3)
        The picture, in the size that the network sees.
    rows_before, rows_after : int array (5,)
        The samples of the study that hold the answer up most, most influential first.
    support_before, support_after : float array (k,)
        Of all samples of the fit, in their order; larger = holds the answer up more.
    """

    kind: str
    eps: int
    says: int
    before: Picture
    after: Picture
    rows_before: Ints
    rows_after: Ints
    support_before: Doubles
    support_after: Doubles

    def __post_init__(self) -> None:
        freeze(self, "before", "after", "rows_before", "rows_after", "support_before", "support_after")

    @property
    def survived(self) -> int:
        """How many of the most influential samples are among them still; fewer = more fragile."""
        return len(np.intersect1d(self.rows_before, self.rows_after))

    @property
    def correlation(self) -> float:
        """Spearman's rank correlation of the support by all samples, in [-1, 1]; smaller = more fragile."""
        return rank_correlation(self.support_before.astype(np.float32), self.support_after.astype(np.float32))


def perturb_exemplars(
    study: Study,
    head: InfluenceProbe,
    row: int,
    eps: int,
    kind: str = "attack",
    *,
    steps: int = STEPS,
    progress: Progress = silent,
) -> PerturbedExemplars | None:
    """Change a picture within eps so that other samples seem to hold its answer up.

    The attack follows the sign of the gradient that lowers the support by the three most influential samples, which is
    exact: the support is a closed form of the features. The answer is that of the head, and has to stay.

    Parameters
    ----------
    study : Study
        With pictures and the model that made its features.
    head : InfluenceProbe
        Of this study.
    row : int
        The sample.
    eps : int
        On the scale 0 to 255.
    kind : str
        ``attack``, or ``random`` signs.
    steps : int
    progress : callable
        Told at each step; stops the work by raising.

    Returns
    -------
    Exemplars or None
        None: no change that was tried left the answer as it was.

    Raises
    ------
    ParameterError
        No such kind, or eps or steps out of range.
    MissingPart
        The study has no pictures or no model.
    ModelError
        The model is a black box, or is not what made the study's features.

    References
    ----------
    Ghorbani, Abid and Zou, Interpretation of neural networks is fragile, AAAI 2019, on influence functions.
    """
    _check(kind, eps, steps)
    model = require_torch_model(find_published_method("gradient"), study.require(Need.MODEL))
    picture = np.asarray(study.require(Need.INPUTS)[row])
    _check_features(study, model, picture, row)
    view = resize_to_model(model, picture)
    eyes = Eyes(model)
    first = eyes.features(view)
    place = head.says(first)
    before = head.support(first, place)
    kept: PerturbedExemplars | None = None
    whole = Run(progress=progress)
    changed = _changed(kind, eyes, head, view, place, before, eps, steps, whole.part(0.0, 0.7).progress)
    for number, after in enumerate(changed):
        whole.report(0.7 + 0.3 * number / len(changed), WORDS)
        features = eyes.features(after)
        if head.says(features) != place:
            continue
        support = head.support(features, place)
        found = PerturbedExemplars(
            kind=kind, eps=eps, says=int(head.classes[place]), before=view, after=after, rows_before=_top(head, before),
            rows_after=_top(head, support), support_before=before, support_after=support,
        )  # fmt: skip
        if kind == "random":
            return found
        if kept is None or found.survived <= kept.survived:
            kept = found
    return kept


class Eyes:
    """A network's features as a function of the view, which can be differentiated."""

    def __init__(self, model: TorchModel) -> None:
        self._model, self._twin = model, clone_for_hooks(model)
        mean, deviation = model.preparation.mean, model.preparation.deviation
        self._mean, self._deviation = (torch.tensor(values).reshape(1, -1, 1, 1) for values in (mean, deviation))

    def __call__(self, pixels: Tensor) -> Tensor:
        """Give the features (1, D) of pixels (1, channels, H, W)."""
        tap = self._model.tap
        assert tap is not None  # the study's features came from there
        tap.listening = True
        try:
            self._twin((pixels - self._mean) / self._deviation)
            return flat(tap.kept, self._model.description)
        finally:
            tap.listening, tap.kept = False, None

    def features(self, view: Picture) -> Floats:
        """Give the features (1, D) of a view."""
        with torch.no_grad():
            found: Floats = self(to_tensor(view)).numpy()
        return found


def _changed(
    kind: str,
    eyes: Eyes,
    head: InfluenceProbe,
    view: Picture,
    place: int,
    support: Doubles,
    eps: int,
    steps: int,
    progress: Progress,
) -> Sequence[Picture]:
    """Give changed pictures, those farthest along last."""
    drawn = np.random.default_rng(0)
    by_chance = [random_signs(view, eps, drawn) for _ in range(DRAWS)]
    if kind == "random":
        return by_chance
    aim = torch.tensor(head.aim(np.argsort(-support, kind="stable")[:ATTACKED]))
    basis, centre, directions, coefficients = (
        torch.tensor(part) for part in (head.basis, head.centre, head.directions, head.coefficients)
    )
    own = nn.functional.one_hot(torch.tensor(place), len(head.classes))
    middle = to_tensor(view)
    low, high = (middle - eps).clamp(min=0), (middle + eps).clamp(max=255)
    here, met = middle, by_chance
    with torch.inference_mode(False), torch.enable_grad():
        for step in range(steps):
            progress(step / steps, WORDS)
            pixels = here.clone().requires_grad_()
            reduced = (eyes(pixels)[0].double() - centre) @ directions
            point = torch.cat([reduced, torch.ones(1, dtype=torch.float64)])
            slope = ((coefficients @ point).softmax(0) - own) @ basis
            (direction,) = torch.autograd.grad(slope @ aim @ point, pixels)
            here = torch.clamp(here - 2 * eps / steps * direction.sign(), low, high)
            met = [*met, to_picture(here, view)]
    return met


def _top(head: InfluenceProbe, support: Doubles) -> Ints:
    return head.rows[np.argsort(-support, kind="stable")[:SHOWN]]


def _check_features(study: Study, model: Model, picture: Picture, row: int) -> None:
    given = study.require(Need.EMBEDDING)[row]
    seen = model.embed(picture[None])[0] if isinstance(model, TorchModel) and model.tap is not None else np.empty(0)
    if seen.shape != given.shape or not np.allclose(seen, given, atol=CLOSE * float(np.abs(given).max())):
        raise ModelError(
            f"The features of study '{study.name}' are not what its model sees in sample '{study.ids[row]}', so a "
            "change of the picture cannot be followed to them. Open the pictures with the model that made the features."
        )


def _check(kind: str, eps: int, steps: int) -> None:
    if kind not in KINDS:
        raise ParameterError(f"A picture cannot be changed by '{kind}'. Choose one of: {', '.join(KINDS)}.")
    if not 1 <= eps <= 255 or steps < 1:
        raise ParameterError(f"eps must be between 1 and 255 and steps at least 1; got {eps} and {steps}.")
