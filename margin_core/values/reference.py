"""The reference of a study: earlier data in the same space of features, which its samples are compared with.

Features that are fitted to the samples themselves, as columns that are standardized, lie in one space only where they
were fitted to both sources together: what was standardized apart has the same means, whatever they were before.
"""

from __future__ import annotations

from typing import Any

from margin_core.errors import SourceError

FITTED = "fitted"
"""What the space of features begins with that were fitted to the samples themselves."""

_LISTED = 5
"""Names in a message."""


def fitted_space(key: str) -> str:
    """Return the space of features that were fitted to the samples themselves.

    Parameters
    ----------
    key : str
        Identity of the samples.

    Returns
    -------
    str
    """
    return f"{FITTED} {key}"


def is_fitted(space: str) -> bool:
    """Return whether features were fitted to the samples themselves.

    Parameters
    ----------
    space : str
        As in `Study.space`.

    Returns
    -------
    bool
    """
    return space.split(" ")[0] == FITTED


def kind_of_samples(inputs: Any) -> str:
    """Return what the samples of a study are, in a word.

    Parameters
    ----------
    inputs : array, `EncodedPictures`, `NumberTable` or `TextList`
        Of a study.

    Returns
    -------
    {'pictures', 'rows of numbers', 'texts'}
    """
    dimensions = len(getattr(inputs, "shape", (0, 0, 0)))  # files of pictures have no shape
    return {1: "texts", 2: "rows of numbers"}.get(dimensions, "pictures")


def checked_reference(study: Any, reference: Any) -> None:
    """Check that the samples of a study can be compared with those of a reference.

    Parameters
    ----------
    study : Study
    reference : Study

    Raises
    ------
    SourceError
        It is no study or has a reference itself; its samples are of another kind, it has no features or others, or
        none of the classes.
    """
    of = f"Study '{study.name}'"
    if not isinstance(reference, type(study)):
        raise SourceError(
            f"{of}: the reference must be a study; got a {type(reference).__name__}. Build one with Study.build, or "
            "open it with load_study."
        )
    other = f"its reference '{reference.name}'"
    if reference.maybe_reference is not None:
        raise SourceError(f"{of}: {other} has a reference itself. Give it as reference.replace(reference=None).")
    if study.maybe_inputs is not None and reference.maybe_inputs is not None:
        check_same_kind(
            f"'{study.name}'", kind_of_samples(study.maybe_inputs), other, kind_of_samples(reference.maybe_inputs)
        )
    _check_features(study, reference, of, other)
    check_classes(of, study.class_names, other, reference.class_names)


def check_same_kind(one: str, kind: str, other: str, other_kind: str) -> None:
    """Check that the samples of two sources are of one kind.

    Parameters
    ----------
    one : str
        What to call a source, for the message.
    kind : str
        Of `kind_of_samples`.
    other, other_kind : str
        The same of the other source.

    Raises
    ------
    SourceError
        They are not.
    """
    if kind != other_kind:
        raise SourceError(f"{one} holds {kind}, and {other} {other_kind}. Compare samples of one kind.")


def check_classes(one: str, names: tuple[str, ...], other: str, other_names: tuple[str, ...]) -> None:
    """Check that two sources with classes have one in common.

    Parameters
    ----------
    one : str
        What to call a source, for the message.
    names : tuple of str
        Of the classes; empty where there are none.
    other, other_names : str, tuple of str
        The same of the other source.

    Raises
    ------
    SourceError
        They have none in common.
    """
    if names and other_names and not set(names) & set(other_names):
        raise SourceError(
            f"{one} has the classes {_listed(names)}, and {other} {_listed(other_names)}: none in common, and classes "
            "are matched by their names. Name the label columns alike, or give the same classes."
        )


def _check_features(study: Any, reference: Any, of: str, other: str) -> None:
    points, others = study.maybe_embedding, reference.maybe_embedding
    if others is None:
        if points is None:
            return  # both are to come, from a model
        raise SourceError(f"{of} has features, and {other} has none. Compute those of both by the same model.")
    if points is None:
        return
    are_alike = study.space == reference.space
    if not are_alike and (is_fitted(study.space) or is_fitted(reference.space)):
        raise SourceError(
            f"{of} and {other} have features that were fitted apart, to the samples of each ({study.features}), and "
            "cannot be compared. Open both together: load_study(NEW, against=REFERENCE)."
        )
    if points.shape[1] != others.shape[1]:
        raise SourceError(
            f"{of} has {points.shape[1]:,} features, and {other} {others.shape[1]:,}. Compute both by the same model."
        )
    if not are_alike and study.space and reference.space:
        raise SourceError(
            f"{of} and {other} have features of two models ({study.features}; {reference.features}). Compute both by "
            "the same model."
        )


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _LISTED
    return ", ".join(map(repr, names[:_LISTED])) + (f" and {more:,} more" if more > 0 else "")
