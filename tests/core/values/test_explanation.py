"""Explanations on disk: another file, one that lacks something, one of an earlier release."""

import numpy as np
import pytest
from planted import blobs

from margin_core import explain
from margin_core.errors import SourceError
from margin_core.storage.archive import read_archive, write_archive
from margin_core.tasks import LabelFlips
from margin_core.values import Explanation


def test_another_file_is_no_explanation(tmp_path):
    path = tmp_path / "e.npz"
    write_archive(path, {"format": 2, "task": "label_flips"}, {})
    with pytest.raises(SourceError) as caught:
        Explanation.load(path)
    assert str(caught.value) == (f"'{path}' is not an explanation this version can read. Make it again with explain().")


@pytest.fixture(scope="module")
def explanation_parts(tmp_path_factory):
    """An explanation on disk, taken apart."""
    path = tmp_path_factory.mktemp("explained") / "e.npz"
    explain(LabelFlips(method="disagreement"), blobs(each=6).study).save(path)
    return read_archive(path)


def test_an_explanation_that_lacks_any_array_says_which(explanation_parts, tmp_path):
    about, arrays = explanation_parts
    path = tmp_path / "e.npz"
    assert len(arrays) > 10
    for missing in arrays.keys() - {"findings.nodes"}:
        write_archive(path, about, {name: array for name, array in arrays.items() if name != missing})
        with pytest.raises(SourceError) as caught:
            Explanation.load(path)
        assert str(caught.value) == (
            f"'{path}' is not a whole explanation: it has no entry '{missing.removeprefix('graph.')}'. "
            "Make it again with explain()."
        )


def test_the_nodes_of_findings_that_release_0_1_did_not_write_are_found_by_their_ids(explanation_parts, tmp_path):
    about, arrays = explanation_parts
    path = tmp_path / "e.npz"
    write_archive(path, about, {name: array for name, array in arrays.items() if name != "findings.nodes"})
    found = Explanation.load(path)
    np.testing.assert_array_equal(found.nodes, arrays["findings.nodes"])
    np.testing.assert_array_equal(found.domain.ids[found.nodes], found.findings.ids)


def test_an_explanation_that_lacks_any_fact_says_which(explanation_parts, tmp_path):
    about, arrays = explanation_parts
    path = tmp_path / "e.npz"
    for missing in about.keys() - {"format", "task"}:
        write_archive(path, {name: fact for name, fact in about.items() if name != missing}, arrays)
        with pytest.raises(SourceError, match=rf"is not a whole explanation: it has no entry '{missing}'\. Make it"):
            Explanation.load(path)


def test_an_explanation_whose_parts_do_not_fit_is_refused(explanation_parts, tmp_path):
    about, arrays = explanation_parts
    path = tmp_path / "e.npz"
    write_archive(path, {**about, "high_pass": "unknown"}, arrays)
    with pytest.raises(SourceError, match=r"do not fit together \('high_pass' is sparse, and not unknown\)\. Make it"):
        Explanation.load(path)
    for name, odd in (("graph.neighbours", np.zeros((2, 2), np.int32)), ("graph.weights.shape", np.zeros(5, int))):
        write_archive(path, about, {**arrays, name: odd})
        with pytest.raises(SourceError, match=r"is not an explanation: its parts do not fit together \(.+\)\. Make it"):
            Explanation.load(path)
