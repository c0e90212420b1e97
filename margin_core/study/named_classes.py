"""Class names that a source does not have: named with ``--classes``, in ``study.toml`` or in the dashboard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from margin_core.errors import SourceError
from margin_core.storage.workspace import Workspace
from margin_core.values import Study
from margin_core.values.target import ClassLabels

FACT = "classes"
"""What the description of a workspace lists them under."""

MAX_NAME = 200
"""Letters of a class name."""


def read_named_classes(workspace: Workspace | None) -> tuple[str, ...]:
    """Read the class names that were given to a study in its workspace.

    Parameters
    ----------
    workspace : Workspace or None

    Returns
    -------
    tuple of str
        In the order in which they were named.
    """
    named = (workspace.facts() or {}).get(FACT) if workspace is not None else None
    return tuple(name for name in named if isinstance(name, str)) if isinstance(named, list) else ()


def record_named_classes(workspace: Workspace, names: Sequence[str]) -> None:
    """Record class names in a workspace, in place of those that were named before.

    Parameters
    ----------
    workspace : Workspace
        Its other facts stay.
    names : sequence of str
    """
    if tuple(names) != read_named_classes(workspace):
        workspace.describe((workspace.facts() or {}) | {FACT: list(names)})


def with_named_classes(study: Study, names: Iterable[str]) -> Study:
    """Return the same study with more classes, after those that it has.

    Parameters
    ----------
    study : Study
    names : iterable of str
        Those that the study has already are left out.

    Returns
    -------
    Study
        With the fingerprint that it had: neither features nor labels have changed, and decisions refer to classes by
        name.

    Raises
    ------
    SourceError
        A name is empty or too long, or the study came with probabilities, which have no column for another class.
    """
    new = tuple(name for name in dict.fromkeys(names) if name not in study.class_names)
    if not new:
        return study
    for name in new:
        check_class_name(name)
    if study.maybe_probabilities is not None:
        raise SourceError(
            f"Study '{study.name}' came with probabilities of {len(study.class_names):,} classes, so '{new[0]}' cannot "
            "be added. Open it without its model."
        )
    known = (*study.class_names, *new)
    labels = study.maybe_labels
    return replace(study, class_names=known, maybe_target=None if labels is None else ClassLabels(known, labels))


def check_class_name(name: str) -> None:
    """Refuse what is no name of a class.

    Parameters
    ----------
    name : str

    Raises
    ------
    SourceError
        It is empty, too long, or holds what cannot be shown in one line.
    """
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
        raise SourceError(f"'{name[:40]}' is no class name. Give 1 to {MAX_NAME} letters in one line.")
