"""How fragile an explanation by examples is: the training samples that support a prediction, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from margin_core.errors import ModelError, ParameterError
from margin_core.storage.engine import Progress, Run, silent
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks.saliency.faithfulness import rank_correlation
from margin_core.tasks.saliency.fragility.differentiable_features import DifferentiableFeatures
from margin_core.tasks.saliency.fragility.influence_probe import InfluenceProbe
from margin_core.tasks.saliency.fragility.kinds import EXEMPLAR_KINDS
from margin_core.tasks.saliency.fragility.perturbed_picture import resize_to_model, to_picture, to_tensor
from margin_core.tasks.saliency.fragility.random_signs import MAX_TRIES, random_signs
from margin_core.tasks.saliency.methods import find_published_method
from margin_core.tasks.saliency.methods.black_box import Picture
from margin_core.tasks.saliency.methods.image_attribution import require_torch_model
from margin_core.values import Doubles, Ints, Need, Study, freeze

N_COMPARED = 5
"""Most influential samples that are compared."""

N_ATTACKED = 3
"""Those among them whose influence an attack lowers, as in the paper."""

EXEMPLAR_STEPS = 10

FEATURE_TOLERANCE = 0.01
"""How far features may be from the study's own, as a share of their largest."""

PROGRESS_TEXT = "Computing which samples support the prediction"


@dataclass(frozen=True, eq=False, kw_only=True)
class PerturbedExemplars:
    """The samples that support a prediction most, before and after a change that the prediction survives.

    Attributes
    ----------
    kind : str
        ``random`` or ``attack``.
    eps : int
        No pixel differs by more, on the scale 0 to 255.
    predicted : int
        The predicted class.
    before, after : uint8 array (h, w) or (h, w, 3)
        The picture, in the size that the network takes.
    rows_before, rows_after : int array (5,)
        The samples of the study that support the prediction most, most influential first.
    support_before, support_after : float64 array (k,)
        Of all samples of the fit, in their order; larger = supports the prediction more.
    """

    kind: str
    eps: int
    predicted: int
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
        """The number of the most influential samples that remain among them; fewer = more fragile."""
        return len(np.intersect1d(self.rows_before, self.rows_after))

    @property
    def correlation(self) -> float:
        """Spearman's rank correlation of the support by all samples, in [-1, 1]; smaller = more fragile."""
        return rank_correlation(self.support_before.astype(np.float32), self.support_after.astype(np.float32))


def perturb_exemplars(
    study: Study,
    probe: InfluenceProbe,
    row: int,
    eps: int,
    kind: str = "attack",
    *,
    steps: int = EXEMPLAR_STEPS,
    progress: Progress = silent,
) -> PerturbedExemplars | None:
    """Search the pictures within eps for one whose prediction other samples support.

    The attack follows the sign of the gradient that lowers the support by the three most influential samples, which is
    exact: the support is a closed form of the features. The prediction is that of the probe, and has to stay.

    Parameters
    ----------
    study : Study
        With pictures and the model that made its features.
    probe : InfluenceProbe
        Of this study.
    row : int
        The sample.
    eps : int
        Largest change of a value, on the scale 0 to 255.
    kind : str
        ``attack``, or ``random`` signs.
    steps : int
        At least 1.
    progress : callable
        Receives each step; stops the work by raising.

    Returns
    -------
    PerturbedExemplars or None
        None: no change that was tried left the prediction as it was.

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
    network = DifferentiableFeatures(model)
    features = network.features(view)
    place = probe.predict(features)
    before = probe.support(features, place)
    best: PerturbedExemplars | None = None
    whole = Run(progress=progress)
    candidates = _candidates(kind, network, probe, view, place, before, eps, steps, whole.part(0.0, 0.7).progress)
    for number, after in enumerate(candidates):
        whole.report(0.7 + 0.3 * number / len(candidates), PROGRESS_TEXT)
        features = network.features(after)
        if probe.predict(features) != place:
            continue
        support = probe.support(features, place)
        found = PerturbedExemplars(
            kind=kind, eps=eps, predicted=int(probe.classes[place]), before=view, after=after,
            rows_before=_top_rows(probe, before), rows_after=_top_rows(probe, support), support_before=before,
            support_after=support,
        )  # fmt: skip
        if kind == "random":
            return found
        if best is None or found.survived <= best.survived:
            best = found
    return best


def _candidates(
    kind: str,
    network: DifferentiableFeatures,
    probe: InfluenceProbe,
    view: Picture,
    place: int,
    support: Doubles,
    eps: int,
    steps: int,
    progress: Progress,
) -> Sequence[Picture]:
    """Return changed pictures: random ones, then those on the way of an attack, the last of them farthest along."""
    rng = np.random.default_rng(0)
    randomly = [random_signs(view, eps, rng) for _ in range(MAX_TRIES)]
    if kind == "random":
        return randomly
    form = torch.tensor(probe.support_form(np.argsort(-support, kind="stable")[:N_ATTACKED]))
    basis, center, directions, coefficients = (
        torch.tensor(part) for part in (probe.basis, probe.center, probe.directions, probe.coefficients)
    )
    own = nn.functional.one_hot(torch.tensor(place), len(probe.classes))
    middle = to_tensor(view)
    low, high = (middle - eps).clamp(min=0), (middle + eps).clamp(max=255)
    current, candidates = middle, randomly
    with torch.inference_mode(False), torch.enable_grad():
        for step in range(steps):
            progress(step / steps, PROGRESS_TEXT)
            pixels = current.clone().requires_grad_()
            reduced = (network(pixels)[0].double() - center) @ directions
            point = torch.cat([reduced, torch.ones(1, dtype=torch.float64)])
            slope = ((coefficients @ point).softmax(0) - own) @ basis
            (direction,) = torch.autograd.grad(slope @ form @ point, pixels)
            current = torch.clamp(current - 2 * eps / steps * direction.sign(), low, high)
            candidates = [*candidates, to_picture(current, view)]
    return candidates


def _top_rows(probe: InfluenceProbe, support: Doubles) -> Ints:
    return probe.rows[np.argsort(-support, kind="stable")[:N_COMPARED]]


def _check_features(study: Study, model: TorchModel, picture: Picture, row: int) -> None:
    given = study.require(Need.EMBEDDING)[row]
    is_tapped = model.tap is not None
    computed = model.embed(picture[None])[0] if is_tapped else np.empty(0)
    tolerance = FEATURE_TOLERANCE * float(np.abs(given).max())
    if computed.shape != given.shape or not np.allclose(computed, given, atol=tolerance):
        raise ModelError(
            f"The features of study '{study.name}' are not what its model sees in sample '{study.ids[row]}', so a "
            "change of the picture cannot be followed to them. Open the pictures with the model that made the features."
        )


def _check(kind: str, eps: int, steps: int) -> None:
    if kind not in EXEMPLAR_KINDS:
        raise ParameterError(f"A picture cannot be changed by '{kind}'. Choose one of: {', '.join(EXEMPLAR_KINDS)}.")
    if not 1 <= eps <= 255 or steps < 1:
        raise ParameterError(f"eps must be between 1 and 255 and steps at least 1; got {eps} and {steps}.")
