"""Clean and suspicious samples together: the nodes of the task, and the clean reference beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from margin_core.errors import ModelError
from margin_core.storage.engine import Run
from margin_core.tasks.adversarial.attacked_samples import TITLES, AttackedSamples, attack_samples
from margin_core.tasks.adversarial.attacks.attack import AttackParameters
from margin_core.tasks.adversarial.clean_samples import MAX_REFERENCE, select_clean, split_by_hash
from margin_core.values import Doubles, Floats, Ints, Study, Texts

ATTACKED_ID = "{} (attacked)"
"""The id of the attacked copy of a sample."""


@dataclass(frozen=True, eq=False)
class Reference:
    """Clean samples that are no nodes: what densities are estimated from.

    Attributes
    ----------
    features : float32 array (r, d)
    classes : int array (r,)
        Predicted, which is their label where they have one.
    """

    features: Floats
    classes: Ints


@dataclass(frozen=True, eq=False)
class Samples:
    """The nodes: clean samples first, then suspicious ones.

    Attributes
    ----------
    ids : array of str (m,)
    rows : int array (m,)
        Of the study; the attacked copy of a sample has the row of the sample, a trusted sample `NO_ROW`.
    attacked : bool array (m,)
    classes : int array (m,)
        Predicted.
    labels : int array (m,)
        Predicted for the sample before it was attacked.
    features : float32 array (m, d)
    logits : float32 array (m, c) or None
        None where only probabilities are known.
    changed_as_bytes : bool array (m,)
        Whether the class has changed even when pixels are rounded to 8 bits; False for clean samples.
    distance_2, distance_inf : float array (m,)
        Size of the change; 0 for clean samples.
    tried : int
        Samples that were attacked.
    unchanged : int
        How many of these the attack did not bring to another class; they are no nodes.
    candidates : int
        Samples that might have been attacked, or suspicious samples with features, before the number was limited.
    misclassified, unreadable : int
        How many were passed over since the model gives them another class than their label, or as no picture that can
        be read.
    reference : Reference
    """

    ids: Texts
    rows: Ints
    attacked: NDArray[np.bool_]
    classes: Ints
    labels: Ints
    features: Floats
    logits: Floats | None
    changed_as_bytes: NDArray[np.bool_]
    distance_2: Doubles
    distance_inf: Doubles
    tried: int
    unchanged: int
    candidates: int
    misclassified: int
    unreadable: int
    reference: Reference

    def take(self, nodes: Ints) -> Samples:
        """Return some of the nodes, with the same reference.

        Parameters
        ----------
        nodes : int array
            Ascending.

        Returns
        -------
        Samples
        """
        taken = {
            name: getattr(self, name)[nodes]
            for name in ("ids", "rows", "attacked", "classes", "labels", "features", "changed_as_bytes", "distance_2",
                         "distance_inf")
        }  # fmt: skip
        return replace(self, logits=None if self.logits is None else self.logits[nodes], **taken)


def collect_attacked(study: Study, parameters: AttackParameters, samples: int, run: Run) -> Samples:
    """Attack clean samples, and return them with their attacked copies and a reference.

    Parameters
    ----------
    study : Study
        Pictures and a torch network.
    parameters : AttackParameters
    samples : int
        How many are attacked at most.
    run : Run
        Stores every batch, receives the progress.

    Returns
    -------
    Samples

    Raises
    ------
    ModelError
        There is no gradient, the model gives no sample its label, or the attack never succeeds.
    """
    share = _share_of_attack(study, parameters, samples)
    found = attack_samples(study, parameters, samples, run.part(0.0, share))
    reference = collect_reference(study, run.part(share, 1.0))
    took = np.flatnonzero(found.changed)
    if not len(took):
        raise ModelError(_without_success(found, parameters))
    clean, a = found.clean, len(found.clean.rows)
    ids = study.ids[clean.rows]
    still = np.zeros(a)
    copies = np.array([ATTACKED_ID.format(name) for name in ids[took].tolist()])
    return Samples(
        ids=np.concatenate([ids, copies]),
        rows=np.concatenate([clean.rows, clean.rows[took]]),
        attacked=np.repeat([False, True], [a, len(took)]),
        classes=np.concatenate([clean.classes, found.classes[took]]),
        labels=np.concatenate([clean.classes, clean.classes[took]]),
        features=np.concatenate([clean.features, found.features[took]]),
        logits=np.concatenate([clean.logits, found.logits[took]]),
        changed_as_bytes=np.concatenate([np.zeros(a, bool), found.changed_as_bytes[took]]),
        distance_2=np.concatenate([still, found.distance_2[took]]),
        distance_inf=np.concatenate([still, found.distance_inf[took]]),
        tried=a,
        unchanged=a - len(took),
        candidates=found.candidates,
        misclassified=clean.misclassified,
        unreadable=clean.unreadable,
        reference=reference,
    )


def collect_reference(study: Study, run: Run) -> Reference:
    """Return clean samples that are never attacked, for densities.

    Parameters
    ----------
    study : Study
        Pictures and a torch network.
    run : Run
        Stores every batch, receives the progress.

    Returns
    -------
    Reference
        5,000 samples at most, that the model gives their label.
    """
    _, rows = split_by_hash(study)
    text = f"Computing features of {min(len(rows), MAX_REFERENCE):,} clean samples to compare with"
    clean = select_clean(study, rows, MAX_REFERENCE, run, text)
    return Reference(clean.features, clean.classes)


def _share_of_attack(study: Study, parameters: AttackParameters, samples: int) -> float:
    """Return which share of the time goes into the attack: a gradient costs about as much as two predictions."""
    candidates, rows = split_by_hash(study)
    attack = min(samples, len(candidates)) * (3 + 2 * parameters.gradients)
    return attack / max(attack + min(len(rows), MAX_REFERENCE), 1)


def _without_success(found: AttackedSamples, parameters: AttackParameters) -> str:
    a, title = len(found.clean.rows), TITLES[parameters.name]
    raised = "steps or searches" if parameters.name == "carlini_wagner" else "eps"
    return (
        f"The attack {title} changed the predicted class of none of {a:,} samples, so there is nothing to compare. "
        f"Raise {raised}, or choose another attack."
    )
