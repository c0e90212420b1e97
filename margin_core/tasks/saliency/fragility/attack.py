"""Attacks on a heatmap: the model predicts the same as before, for other reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from margin_core.errors import ParameterError
from margin_core.storage.engine import Progress, Run, silent
from margin_core.tasks.saliency.fragility.attacked_heatmap import AttackedHeatmap
from margin_core.tasks.saliency.fragility.gradient_attack import follow_gradient, progress_text
from margin_core.tasks.saliency.fragility.kinds import ATTACK_KINDS, EPS
from margin_core.tasks.saliency.fragility.perturbed_picture import PerturbedPicture
from margin_core.tasks.saliency.methods import find_published_method
from margin_core.tasks.saliency.methods.black_box import Picture
from margin_core.tasks.saliency.methods.image_attribution import require_torch_model
from margin_core.values import Model

ATTACK_STEPS = 30


def perturb(
    kind: str,
    method: str,
    model: Model,
    picture: Picture,
    eps: int,
    target: int | None = None,
    *,
    known: Sequence[Picture] = (),
    steps: int = ATTACK_STEPS,
    progress: Progress = silent,
) -> PerturbedPicture | None:
    """Search the pictures within eps for one that changes the heatmap and not the prediction.

    ===============  ================================================================================================
    ``random``       every value goes up or down by eps at random: any method, any model
    ``top_k``        steps along the sign of the gradient that takes the heatmap away from its most important pixels
    ``mass_center``  the same, moving the heatmap's center of mass
    ===============  ================================================================================================

    Gradients are those of a smooth approximation in which ReLU is a softplus, since second derivatives of ReLU are 0.
    The network itself evaluates the picture on the way, and the best of the pictures that keep the class is returned.

    Parameters
    ----------
    kind : str
        One of `ATTACK_KINDS`.
    method : str
        Name of one of `margin_core.tasks.saliency.methods.METHODS`; attacks need one that needs gradients.
    model : Model
    picture : uint8 array (h, w) or (h, w, 3)
    eps : int
        Largest change of a value, on the scale 0 to 255.
    target : int, optional
        Class of the heatmap; default the predicted one.
    known : sequence of uint8 arrays
        Changed pictures that an attack sets out from besides random signs, for instance what it found with less
        strength, so that it is never worse than any of them.
    steps : int
        At least 1.
    progress : callable
        Receives each step; stops the work by raising.

    Returns
    -------
    PerturbedPicture or None
        None: the attack failed, since no changed picture kept the class.

    Raises
    ------
    ParameterError
        No such kind, or eps or steps out of range.
    ModelError
        The method cannot explain the model, or the attack needs gradients that the model does not have.

    Notes
    -----
    Deterministic. Costs about ``8 steps`` passes, times six with SmoothGrad, Integrated Gradients and DeepLIFT.

    References
    ----------
    Ghorbani, Abid and Zou, Interpretation of neural networks is fragile, AAAI 2019, algorithm 1.
    """
    _check((kind,), (eps,), steps)
    network = require_torch_model(find_published_method(method), model) if kind != "random" else None
    progress(0.0, progress_text(eps))
    attacked = AttackedHeatmap.of(method, model, picture, target)
    randomly = attacked.add_random_signs(eps)
    if network is None:
        return randomly
    within = [attacked.evaluate(kind, eps, after) for after in known if attacked.is_within(eps, after)]
    return follow_gradient(attacked, network, kind, eps, [randomly, *within], steps, progress)


def sweep(
    method: str,
    model: Model,
    picture: Picture,
    eps: Sequence[int] = EPS,
    kinds: Sequence[str] = ATTACK_KINDS,
    target: int | None = None,
    *,
    steps: int = ATTACK_STEPS,
    progress: Progress = silent,
) -> Mapping[tuple[str, int], PerturbedPicture | None]:
    """Search for changes of one picture by several kinds and strengths; see `perturb`.

    An attack sets out from random signs and from what it found with less strength, so that it is never worse than
    either.

    Parameters
    ----------
    method : str
        Name of one of `margin_core.tasks.saliency.methods.METHODS`.
    model : Model
    picture : uint8 array (h, w) or (h, w, 3)
    eps : sequence of int
        Largest changes of a value, on the scale 0 to 255.
    kinds : sequence of str
        Of `ATTACK_KINDS`.
    target : int, optional
        Class of the heatmap; default the predicted one.
    steps : int
        At least 1.
    progress : callable
        Receives each step; stops the work by raising.

    Returns
    -------
    mapping of (kind, eps) to PerturbedPicture or None

    Raises
    ------
    ParameterError
        No such kind, or eps or steps out of range.
    ModelError
        The method cannot explain the model, or the attack needs gradients that the model does not have.
    """
    _check(kinds, eps, steps)
    attacks = [kind for kind in ATTACK_KINDS if kind in kinds and kind != "random"]
    network = require_torch_model(find_published_method(method), model) if attacks else None
    attacked = AttackedHeatmap.of(method, model, picture, target)
    found: dict[tuple[str, int], PerturbedPicture | None] = {}
    weaker: dict[str, PerturbedPicture | None] = dict.fromkeys(attacks)
    whole = Run(progress=progress)
    for place, strength in enumerate(sorted(eps)):
        part = whole.part(place / len(eps), (place + 1) / len(eps))
        part.report(0.0, progress_text(strength))
        randomly = attacked.add_random_signs(strength)
        if "random" in kinds:
            found["random", strength] = randomly
        for number, kind in enumerate(attacks):
            assert network is not None
            own = part.part(number / len(attacks), (number + 1) / len(attacks)).progress
            weaker[kind] = found[kind, strength] = follow_gradient(
                attacked, network, kind, strength, [randomly, weaker[kind]], steps, own
            )
    return MappingProxyType(found)


def _check(kinds: Sequence[str], eps: Sequence[int], steps: int) -> None:
    for kind in kinds:
        if kind not in ATTACK_KINDS:
            raise ParameterError(f"A picture cannot be changed by '{kind}'. Choose one of: {', '.join(ATTACK_KINDS)}.")
    if not eps or not all(isinstance(one, int | np.integer) and 1 <= one <= 255 for one in eps):
        raise ParameterError(f"eps must be whole numbers between 1 and 255; got {tuple(eps)}.")
    if steps < 1:
        raise ParameterError(f"An attack needs at least 1 step; got {steps}.")
