"""Features that are fitted to samples are fitted to a source and its reference together."""

import numpy as np
import pytest

from margin_core import load_study
from margin_core.errors import SourceError

pytestmark = pytest.mark.filterwarnings("ignore::margin_core.errors.MarginWarning")


@pytest.fixture
def table(tmp_path):
    def write(name, rows, columns="height,town,kind,label"):
        path = tmp_path / name
        path.write_text("\n".join([columns, *rows]) + "\n")
        return path

    return write


def rows(n, shift=0.0, towns=("rome", "oslo"), kind="new", seed=0):
    drawn = np.random.default_rng(seed).normal(size=n) + shift
    return [f"{value:.4f},{towns[row % len(towns)]},{kind},{'ab'[row // 2 % 2]}" for row, value in enumerate(drawn)]


def test_columns_have_one_scale_so_that_a_shift_of_all_is_seen(table):
    new, old = table("new.csv", rows(40, shift=3)), table("old.csv", rows(60, kind="old", seed=1))
    study = load_study(new, against=old)
    both = np.concatenate([study.embedding, study.reference.embedding])
    names = study.inputs.names
    height = both[:, names.index("height")]
    np.testing.assert_allclose([height.mean(), height.std()], [0, 1], atol=1e-5)
    assert height[:40].mean() - height[40:].mean() > 1
    assert study.features == study.reference.features == "2 columns: 1 number, 1 category"
    assert study.space == study.reference.space


def test_categories_of_either_are_columns_of_both(table):
    """Also where one of them has a single value, which no table by itself would take for a category."""
    new, old = table("new.csv", rows(40, towns=("bern",))), table("old.csv", rows(60, kind="old"))
    study = load_study(new, against=old)
    assert study.inputs.names == study.reference.inputs.names
    assert set(study.inputs.names) == {"height", "town=bern", "town=oslo", "town=rome"}
    assert study.embedding.shape == (40, 4) and study.reference.embedding.shape == (60, 4)
    shown = {value.name: value.value for value in study.inputs.written.row(0)}
    assert shown["town"] == "bern"


def test_a_number_that_is_a_word_in_the_other_is_read_alike(table):
    new = table("new.csv", [f"{row % 3},{'ab'[row % 2]}" for row in range(30)], "size,label")
    old = table("old.csv", [f"{['low', 'high'][row % 2]},{'ab'[row % 2]}" for row in range(30)], "size,label")
    study = load_study(new, against=old)
    assert study.inputs.names == study.reference.inputs.names
    assert study.features == "1 column: 1 category"


def test_the_kinds_that_are_chosen_hold_for_both(table):
    new, old = table("new.csv", rows(40)), table("old.csv", rows(60, kind="old"))
    study = load_study(new, against=old, kinds={"town": "ignore"})
    assert study.inputs.names == study.reference.inputs.names == ("height",)


def test_words_have_one_axis_each(table):
    texts = [f"the {['cat', 'dog', 'bird'][row % 3]} sat on a mat,{'ab'[row % 2]}" for row in range(30)]
    others = [f"the {['cat', 'dog', 'fish'][row % 3]} swam in a pond,{'ab'[row % 2]}" for row in range(45)]
    study = load_study(table("new.csv", texts, "text,label"), against=table("old.csv", others, "text,label"))
    same = load_study(table("one.csv", texts, "text,label"), against=table("two.csv", texts, "text,label"))
    np.testing.assert_allclose(same.embedding, same.reference.embedding, atol=1e-6)
    assert study.embedding.shape[1] == study.reference.embedding.shape[1]
    nearest = (study.embedding @ study.reference.embedding.T).max(axis=1)
    assert nearest.min() > 0 and nearest.max() < 0.99


def test_arrays_of_rows_are_standardized_together_and_have_equal_width(tmp_path):
    random = np.random.default_rng(0)
    for name, rows in (("new", random.normal(2, 1, (20, 3))), ("old", random.normal(size=(30, 3))), ("odd", np.eye(4))):
        np.savez(tmp_path / f"{name}.npz", inputs=rows, labels=np.arange(len(rows)) % 2)
    study = load_study(tmp_path / "new.npz", against=tmp_path / "old.npz")
    both = np.concatenate([study.embedding, study.reference.embedding])
    np.testing.assert_allclose(both.mean(axis=0), 0, atol=1e-5)
    assert (study.embedding.mean(axis=0) > 0.5).all()
    with pytest.raises(SourceError, match="'new' has 3 columns, and its reference 'odd' 4"):
        load_study(tmp_path / "new.npz", against=tmp_path / "odd.npz")


def test_what_was_fitted_apart_is_not_put_together_afterwards(table):
    new, old = (load_study(table(name, rows(40, seed=seed))) for seed, name in enumerate(("new.csv", "old.csv")))
    with pytest.raises(SourceError, match="fitted apart"):
        new.replace(reference=old)


def test_without_a_reference_nothing_changes(table):
    new, old = table("new.csv", rows(40)), table("old.csv", rows(60, kind="old"))
    before = load_study(new)
    compared = load_study(new, against=old)
    assert load_study(new).fingerprint == before.fingerprint != compared.fingerprint
    assert compared.parts["ids"] == before.parts["ids"] and compared.parts["labels"] == before.parts["labels"]
