"""Variables that count as one: what each measure says of them, and how they are named."""

import numpy as np
import pytest
from planted_network import USED, P, labels_of, planted_held_out, variables

from margin_core import Study, explain
from margin_core.errors import ParameterError
from margin_core.storage.engine import MemoryEngine, Run
from margin_core.tasks import VariableImportance
from margin_core.tasks.variable_importance.class_effects import ClassEffects
from margin_core.tasks.variable_importance.effect_sizes import with_jitter
from margin_core.tasks.variable_importance.groups import find_groups, patch_groups
from margin_core.tasks.variable_importance.importance import compute_importance
from margin_core.tasks.variable_importance.measures import Measures, permutation_importance
from margin_core.tasks.variable_importance.rate import compute_group_divergences, relative
from margin_core.tasks.variable_importance.variables import Variables


def named(*names, width=0):
    return Variables(
        names=names, values=np.zeros((2, len(names))), variable_of=np.arange(len(names)), kind="columns",
        column_names=names, width=width,
    )  # fmt: skip


@pytest.fixture(scope="module")
def effects():
    """Effects on one class of the variables of a network that uses two of them."""
    given, random = variables(), np.random.default_rng(0)
    one = with_jitter(random.normal(size=P), random.normal(size=(P, 5)), 0.1)
    held_out = planted_held_out()
    shares = random.dirichlet(np.ones(P))
    measures = Measures(
        permutation=permutation_importance(held_out, Run()), forest=shares, boosting=shares, shap=np.full(P, np.nan),
        accuracy=np.array([1.0, 0.5]),
    )  # fmt: skip
    return ClassEffects(
        variables=given, classes=np.array([1]), effects=(one,), measures=measures, correlation=np.linspace(0, 0.9, P),
        samples=len(labels_of(given)), held_out=held_out,
    )  # fmt: skip


def test_a_group_has_the_divergence_of_the_group_and_stands_where_its_first_variable_did(effects):
    group = np.array([4, 1])
    found = compute_importance(effects.grouped([group]), "full")
    names = effects.variables.names
    assert found.names.tolist() == [names[0], f"{names[4]} + {names[1]}", names[2], names[3], *names[5:]]
    groups = [np.array([0]), np.array([1, 4]), np.array([2]), np.array([3]), *np.arange(5, P)[:, None]]
    np.testing.assert_allclose(found.rates[0], relative(compute_group_divergences(effects.effects[0], groups)))


def test_a_group_is_permuted_together_and_has_the_sum_of_the_splits(effects):
    other = next(place for place in range(P) if place not in USED)
    used = effects.grouped([np.array(USED)]).measures
    place = min(USED)
    alone = effects.measures
    each = alone.permutation[USED]
    assert each.max() < used.permutation[place] < 0.95 * each.sum()  # loss grows with the error, which is the root
    assert used.forest[place] == pytest.approx(alone.forest[USED].sum())
    assert used.boosting.sum() == pytest.approx(1) and np.isnan(used.shap).all()
    harmless = effects.grouped([np.array(sorted({other, USED[0]}))])
    assert harmless.measures.permutation.max() == pytest.approx(alone.permutation.max(), rel=0.5)
    assert harmless.correlation.max() == effects.correlation.max()
    assert len(harmless.held_out.variables.names) == P - 1


def test_what_is_left_out_of_groups_is_the_whole_group(effects):
    rest = effects.grouped([np.array([1, 4])]).given_zero(np.array([1]))
    expected = effects.given_zero(np.array([1, 4]))
    np.testing.assert_allclose(rest.effects[0].mean, expected.effects[0].mean)
    assert rest.variables.names == expected.variables.names


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("age + fare", [[0, 1]]),
        (" fare+age ; C++ + deck;", [[0, 1], [2, 3]]),
        ("C+++deck", [[2, 3]]),
        ("", []),
    ],
)
def test_groups_are_named_with_signs_between_the_names(text, groups):
    assert [group.tolist() for group in find_groups(named("age", "fare", "C++", "deck"), text)] == groups


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("age + fair", "There is no variable 'fair'. Near to it: fare."),
        ("age", "The group 'age' has one variable."),
        ("age + fare; deck + age", "'age' is in the groups 'age \\+ fare' and 'deck \\+ age'."),
        ("4", "Patches of 4 × 4 are made of pixels, and the variables are 3 columns."),
    ],
)
def test_groups_that_cannot_be_are_refused_in_a_sentence(text, reason):
    with pytest.raises(ParameterError, match=reason):
        find_groups(named("age", "fare", "deck"), text)


def test_patches_are_squares_and_smaller_at_the_edge():
    pixels = named(*map(str, range(15)), width=5)
    assert [patch.tolist() for patch in patch_groups(pixels, 2)] == [
        [0, 1, 5, 6], [2, 3, 7, 8], [4, 9], [10, 11], [12, 13], [14]
    ]  # fmt: skip


@pytest.mark.slow  # A network is trained.
def test_the_task_ranks_groups_on_the_network_of_the_variables():
    random, engine = np.random.default_rng(0), MemoryEngine()
    columns = random.normal(size=(300, 4))
    labels = (columns[:, 0] + columns[:, 2] > 0).astype(int)
    study = Study.build(inputs=columns, labels=labels)
    explain(VariableImportance(), study, engine=engine)
    grouped = explain(VariableImportance(groups="column 0 + column 2"), study, engine=engine).findings
    assert grouped.ids.tolist()[0] == "column 0 + column 2" and len(grouped.ids) == 3
    assert grouped.scores.sum() == pytest.approx(1)
    assert grouped.evidence["permutation"].argmax() == 0
    with pytest.raises(ParameterError, match="no variable 'column 9'"):
        explain(VariableImportance(groups="column 0 + column 9"), study, engine=engine)
