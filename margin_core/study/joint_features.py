"""Features of a source and its reference, fitted to the samples of both together.

Columns that were standardized apart have the same means and deviations whatever they were before, and words weighed
apart lie on other axes: fitted to both at once, samples of either source are treated alike, so that a test whether they
differ stays valid. Features of a model that was trained elsewhere are computed of each source by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from margin_core.errors import SourceError
from margin_core.storage.fingerprint import fingerprint
from margin_core.study.features.row_features import compute_row_features
from margin_core.study.features.standardized_columns import standardize
from margin_core.study.features.word_features import with_word_features
from margin_core.study.inputs.texts import TextList
from margin_core.study.readers.chosen_kinds import choose_kinds, type_columns
from margin_core.study.readers.column_table import ColumnTable
from margin_core.study.samples import ReadRequest, Samples, counted, listed_columns
from margin_core.study.typed_column import FEATURE_KINDS
from margin_core.values.number_table import NumberTable
from margin_core.values.reference import check_classes, check_same_kind, fitted_space, is_fitted, kind_of_samples
from margin_core.values.written_table import WrittenTable


def fit_jointly(samples: Samples, reference: Samples, request: ReadRequest) -> tuple[Samples, Samples]:
    """Return two sources with features of one space, where their features are fitted to the samples.

    Parameters
    ----------
    samples, reference : Samples
        As they were read, each with features of its own.
    request : ReadRequest
        By which `samples` were read: its path is named in messages, its kinds of columns hold for both, and its run
        remembers what takes long.

    Returns
    -------
    samples, reference : Samples
        With other features, or as they were where nothing of them is fitted.

    Raises
    ------
    SourceError
        Samples of two kinds, no class in common, other columns, or features of which only one side's are fitted.
    """
    own, other = f"'{samples.name}'", f"its reference '{reference.name}'"
    if samples.inputs is not None and reference.inputs is not None:
        check_same_kind(own, kind_of_samples(samples.inputs), other, kind_of_samples(reference.inputs))
    check_classes(own, _names(samples), other, _names(reference))
    fitted = [is_fitted(source.space) for source in (samples, reference)]
    if not any(fitted):
        return samples, reference
    if not all(fitted):
        source, given = (other, own) if fitted[1] else (own, other)
        raise SourceError(
            f"The features of {source} are fitted to its {kind_of_samples(samples.inputs or reference.inputs)}, and "
            f"{given} brings features of its own, which are others. Give the samples of both, or the features of both."
        )
    if isinstance(samples.inputs, TextList):
        return _fit_words(samples, reference, request)
    if isinstance(samples.inputs, NumberTable) and isinstance(reference.inputs, NumberTable):
        return _fit_columns(samples, reference, request)
    return _fit_numbers(samples, reference, request)


def _names(samples: Samples) -> tuple[str, ...]:
    """Return the names of the classes that are known before a study is built."""
    if samples.class_names is not None or samples.labels is None or samples.labels.dtype.kind != "U":
        return samples.class_names or ()
    return tuple(sorted(set(samples.labels.tolist()) - {""}))


def _fit_words(samples: Samples, reference: Samples, request: ReadRequest) -> tuple[Samples, Samples]:
    texts: Any = samples.inputs
    both = TextList((*texts.values, *reference.inputs.values))  # type: ignore[union-attr]  # texts, too
    fitted = with_word_features(Samples(name=samples.name, inputs=both), request)
    return _split(fitted, samples, reference)


def _fit_numbers(samples: Samples, reference: Samples, request: ReadRequest) -> tuple[Samples, Samples]:
    """Standardize the columns of two arrays of rows."""
    parts = [np.asarray(source.inputs, np.float64) for source in (samples, reference)]
    width, others = (part.shape[1] for part in parts)
    if width != others:
        raise SourceError(
            f"'{samples.name}' has {counted(width, 'column')}, and its reference '{reference.name}' {others:,}. Give "
            "the same columns in both."
        )
    both = np.concatenate(parts)
    embedding, _ = standardize(str(request.path), both, [str(number) for number in range(width)])
    features = counted(embedding.shape[1], "standardized column")
    space = fitted_space(fingerprint("numbers", both))
    fitted = Samples(name=samples.name, embedding=embedding, features=features, space=space)
    return _split(fitted, samples, reference)


def _fit_columns(samples: Samples, reference: Samples, request: ReadRequest) -> tuple[Samples, Samples]:
    """Read the kinds of columns from the values of both tables, and standardize them together."""
    tables = [_written(source) for source in (samples, reference)]
    used = [name for name in tables[0].columns if name in tables[0].features | tables[1].features]
    used += [name for name in tables[1].columns if name in tables[1].features and name not in used]
    for table, (lacking, having) in zip(tables, ((samples, reference), (reference, samples)), strict=True):
        lost = [name for name in used if name not in table.columns]
        if lost:
            raise SourceError(
                f"'{lacking.name}' lacks {counted(len(lost), 'column')} that '{having.name}' has among its features "
                f"({listed_columns(lost)}). Give the same columns in both, or leave them out: --feature "
                f"{lost[0]}:ignore."
            )
    n = len(tables[0].columns[used[0]])
    joined = ColumnTable(request.path, {name: _join([table.columns[name] for table in tables]) for name in used})
    kinds = tuple((name, kind) for name, kind in request.columns.kinds if name in joined.columns)
    joined, chosen, _ = choose_kinds(joined, replace(request.columns, kinds=kinds))
    typed = [column for column in type_columns(joined, used, chosen) if column.kind in FEATURE_KINDS]
    if not typed:
        raise SourceError(
            f"'{samples.name}' and its reference '{reference.name}' have no column whose values repeat or are numbers "
            "in both. Give at least one."
        )
    found = compute_row_features(str(request.path), typed)
    features = frozenset(column.name for column in typed)
    inputs = [
        found.table(WrittenTable(table.columns, features), rows)
        for table, rows in zip(tables, (slice(n), slice(n, None)), strict=True)
    ]
    space = fitted_space(fingerprint("columns", *(table.fingerprint for table in inputs)))
    fitted = Samples(name=samples.name, embedding=found.embedding, features=found.description, space=space)
    one, other = _split(fitted, samples, reference)
    return replace(one, inputs=inputs[0]), replace(other, inputs=inputs[1])


def _written(source: Samples) -> WrittenTable:
    written: WrittenTable = source.inputs.written  # type: ignore[union-attr]  # a table that was read from a file
    return written


def _join(columns: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Return two columns as one: numbers as numbers, and what is a number in one of them only as texts."""
    kinds = {column.type for column in columns}
    if len(kinds) > 1:
        kind = pa.float64() if all(map(_is_number, kinds)) else pa.string()
        columns = [column.cast(kind) for column in columns]
    return pa.chunked_array([chunk for column in columns for chunk in column.chunks], columns[0].type)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _split(fitted: Samples, samples: Samples, reference: Samples) -> tuple[Samples, Samples]:
    """Return both sources, each with its rows of the features that were fitted together."""
    embedding: Any = fitted.embedding
    n = len(samples.inputs)  # type: ignore[arg-type]  # there are samples that the features were fitted to
    key = None if samples.key is None or reference.key is None else fingerprint("both", samples.key, reference.key)
    return (
        _with(samples, fitted, embedding[:n], key and fingerprint(key, "samples")),
        _with(reference, fitted, embedding[n:], key and fingerprint(key, "reference")),
    )


def _with(source: Samples, fitted: Samples, embedding: Any, key: str | None) -> Samples:
    return replace(source, embedding=embedding, features=fitted.features, space=fitted.space, key=key)
