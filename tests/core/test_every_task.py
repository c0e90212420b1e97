"""Laws that every task obeys."""

import dataclasses
import functools
import math
import re
import zipfile
from collections.abc import Mapping

import numpy as np
import pytest
import torch
from planted import blobs
from scipy import sparse
from torch import nn

from margin_core import TASKS, Explanation, Study, explain
from margin_core.errors import Cancelled, MissingPart, NotComputed, ParameterError
from margin_core.parameters import Recipe
from margin_core.storage.engine import MemoryEngine
from margin_core.storage.workspace import Workspace
from margin_core.study.models.preparation import Preparation
from margin_core.study.models.torch_model import TorchModel
from margin_core.tasks import (
    ActiveSampling,
    AdversarialStatistics,
    ContextualOutliers,
    Drift,
    Prototypes,
    Saliency,
    VariableImportance,
)
from margin_core.values import WHERE_TO_GET, Need

every_task = pytest.mark.parametrize("kind", TASKS, ids=lambda kind: kind.name)


QUICK = {
    Saliency: {"evaluations": 40},
    ContextualOutliers: {"column": "age"},
    VariableImportance: {"layer": "embedding"},
    Drift: {"permutations": 99},
    AdversarialStatistics: {"eps": 0.5, "steps": 5, "searches": 2},
}
"""Parameters that keep a task quick here, or that it requires; nothing in the laws depends on them."""


def quick(kind):
    return kind().with_parameters(QUICK.get(kind, {}))


def variants(kind):
    """The default and every other value of every text parameter of the task."""
    default = quick(kind)
    return [default] + [
        default.with_parameters({name: choice})
        for name, (value, declared) in default.declared_parameters().items()
        for choice in declared.choices
        if choice != value
    ]


every_variant = pytest.mark.parametrize(
    "task",
    [
        # The fast part has each task as it is by default.
        pytest.param(variant, id=str(variant.parameters()), marks=[pytest.mark.slow] * (place > 0))
        for kind in TASKS
        for place, variant in enumerate(variants(kind))
    ],
)


class Corner(nn.Module):
    """A network: the brighter the corner at the top left, the likelier the first class."""

    def __init__(self, classes):
        super().__init__()
        self.classes = nn.Linear(9, classes)
        with torch.no_grad():
            self.classes.weight.zero_()
            self.classes.weight[:2] = torch.tensor([[0.5], [-0.5]])
            self.classes.bias[:] = torch.tensor([0.0, 0.0, *[-4.0] * (classes - 2)])

    def forward(self, pictures):
        return self.classes(pictures[:, 0, :3, :3].flatten(1))


def corner(classes):
    """Return a model of pictures, whose gradients can be followed."""
    scale = Preparation(7, 6, (127.5,), (127.5,))
    return TorchModel.of(Corner(classes), scale, architecture="corner", description="Corner")


def pictures(n):
    return np.random.default_rng(4).integers(0, 256, (n, 7, 6), dtype=np.uint8)


@pytest.fixture(scope="module")
def study():
    """Blobs with flips, missing labels, a missing row of features and a class with one member."""
    planted = blobs(each=25, flips=4).study
    points, labels = planted.embedding.copy(), planted.labels.copy()
    points[10] = np.nan
    labels[20] = -1
    names = [*planted.class_names, "rare"]
    labels[30] = 3
    p = np.random.default_rng(3).dirichlet(np.ones(4), len(labels))
    return Study.build(
        embedding=points, labels=labels, class_names=names, probabilities=p, inputs=pictures(len(labels)),
        model=corner(4), columns={"age": points[:, 0].round(2)}, reference=earlier(names),
    )  # fmt: skip


def earlier(names):
    """Return the reference of the study: samples of the same classes, a little farther out."""
    points = np.random.default_rng(6).normal(size=(40, blobs(each=25, flips=4).study.embedding.shape[1])) * 4
    return Study.build(name="earlier", embedding=points, labels=np.arange(40) % 4, class_names=names)


def ask_once(study):
    """Explain a study by a task: the first time, then the same again, since an answer cannot be changed.

    Variants of a task share the steps that do not depend on what tells them apart, such as the training of a network.
    """
    engine = MemoryEngine()
    return functools.cache(lambda task: explain(task, study, engine=engine))


@pytest.fixture(scope="module")
def answer(study):
    return ask_once(study)


@pytest.fixture(scope="module")
def other_answer(study):
    """Explain the study by a task from steps that are computed on their own."""
    return ask_once(study)


@pytest.fixture(scope="module")
def order(study):
    return np.random.default_rng(5).permutation(len(study))


@pytest.fixture(scope="module")
def shuffled_answer(study, order):
    """Explain the same samples in another order by a task."""
    return ask_once(
        Study.build(
            ids=study.ids[order], embedding=study.embedding[order], labels=study.labels[order],
            class_names=study.class_names, probabilities=study.probabilities[order], inputs=study.inputs[order],
            model=study.model, columns={"age": study.columns["age"][order]}, reference=study.reference,
        )
    )  # fmt: skip


def assert_same(one, other, where="explanation"):
    """Compare two values field by field, arrays exactly, types included."""
    if not isinstance(one, np.ndarray):  # a memory map equals an array
        assert type(one) is type(other), where
    if dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name), f"{where}.{field.name}")
    elif isinstance(one, Mapping):
        assert list(one) == list(other), where
        for key in one:
            assert_same(one[key], other[key], f"{where}[{key}]")
    elif isinstance(one, sparse.csr_array):
        for part in ("data", "indices", "indptr"):
            assert_same(getattr(one, part), getattr(other, part), f"{where}.{part}")
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, where
        np.testing.assert_array_equal(one, other, err_msg=where)
    else:
        assert one == other, where


def arrays_of(value):
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from arrays_of(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from arrays_of(part)
    elif isinstance(value, sparse.csr_array):
        yield from (value.data, value.indices, value.indptr)
    elif isinstance(value, np.ndarray):
        yield value


@every_variant
def test_the_same_question_has_the_same_answer(task, answer, other_answer):
    assert_same(other_answer(task), answer(task))


@every_variant
def test_permuting_the_samples_permutes_the_answer(task, answer, shuffled_answer):
    answers = answer(task), shuffled_answer(task)
    one, other = (given.to_frame().set_index("id").sort_index() for given in answers)
    assert list(one["role"]) == list(other["role"])
    if isinstance(task, Prototypes):
        # A score is a place. Samples with the same neighbors have the same signal, and its last bits, which depend on
        # the order of summing, may say who comes first.
        for before, now in zip(*map(signals_in_order, answers), strict=True):
            np.testing.assert_allclose(before, now, atol=1e-5)
        return
    np.testing.assert_allclose(one["score"], other["score"], atol=2e-3)
    apart = np.diff(np.sort(one["score"])).min(initial=1) > 1e-2
    if apart:
        np.testing.assert_array_equal(one["rank"], other["rank"])


def signals_in_order(given):
    """Return the signal of what each role picked, in the order in which it was picked."""
    signal = dict(zip(given.domain.ids.tolist(), given.signal.values.tolist(), strict=True))
    found = given.findings
    return [[signal[one] for one in found.ids[found.roles == role].tolist()] for role in ("prototype", "criticism")]


@every_task
def test_the_study_is_left_alone(kind, study):
    before = [array.copy() for array in arrays_of(study)]
    explain(quick(kind), study)
    for kept, now in zip(before, arrays_of(study), strict=True):
        np.testing.assert_array_equal(kept, now)


@every_variant
def test_every_node_is_ranked_once_best_first(task, answer):
    found, nodes = answer(task).findings, answer(task).domain.ids.tolist()
    ranked = set(found.ids.tolist())
    assert len(ranked) == len(found)
    assert ranked <= set(nodes)
    assert len(ranked) == len(set(nodes)) == len(nodes) or not task.ranks_every_sample
    for role in set(found.roles.tolist()):
        assert (np.diff(found.scores[found.roles == role]) <= 0).all()
    assert np.isfinite(found.scores).all()
    assert found.scores.min() >= 0
    assert found.scores.max() <= 1


def owner_of(recipe, dotted):
    head, _, rest = dotted.partition(".")
    return owner_of(getattr(recipe, head), rest) if rest else (type(recipe).__name__, head)


def out_of_range(recipe):
    for dotted, (_, declared) in recipe.declared_parameters().items():
        owner, name = owner_of(recipe, dotted)
        if declared.span == "any text":
            continue
        if declared.choices:
            listed = ", ".join(declared.choices)
            yield dotted, "nonsense", f"{owner}.{name} must be one of {listed}; got 'nonsense'."
        else:
            limits = f"{owner}.{name} must be between {declared.low:g} and {declared.high:g}; got "
            for value in (declared.low - 1, declared.high + 1):
                yield dotted, value, f"{limits}{value!r}."
            yield (
                dotted,
                "many",
                f"{owner}.{name} must be {'a whole number' if declared.whole else 'a number'}; got 'many'.",
            )
            yield dotted, None, f"{owner}.{name} must be a number; got None."
            yield dotted, True, f"{owner}.{name} must be a number; got True."
            if declared.whole:
                yield dotted, 2.5, f"{owner}.{name} must be a whole number; got 2.5."
            else:
                yield dotted, math.nan, f"{limits}nan."


@pytest.mark.parametrize(
    ("recipe", "dotted", "value", "message"),
    [(kind(), *case) for kind in TASKS for case in out_of_range(kind())],
    ids=lambda part: "" if isinstance(part, Recipe) else str(part),
)
def test_a_parameter_out_of_range_is_named(recipe, dotted, value, message):
    with pytest.raises(ParameterError) as caught:
        recipe.with_parameters({dotted: value})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("kind", "need"), [(kind, need) for kind in TASKS for need in sorted(kind.needs)], ids=lambda part: str(part)
)
def test_a_missing_need_is_named(kind, need, study):
    parts = {other: study.require(other) for other in kind.needs if other is not need}
    with pytest.raises(MissingPart) as caught:
        explain(kind(), Study.build(name="bare", ids=study.ids, **parts))
    assert str(caught.value) == f"Study 'bare' has no {need}. {WHERE_TO_GET[need]}"


@every_variant
def test_an_explanation_survives_save_and_load(task, answer, tmp_path):
    explanation = answer(task)
    explanation.save(tmp_path / "explanation.npz")
    again = Explanation.load(tmp_path / "explanation.npz")
    assert_same(again, explanation)
    assert again.to_frame().equals(explanation.to_frame())
    with zipfile.ZipFile(tmp_path / "explanation.npz") as archive:
        for name in archive.namelist():
            header = archive.read(name)[:200]
            assert b"'descr': '|O'" not in header, name


@every_task
def test_nobody_can_change_an_explanation(kind, answer, tmp_path):
    explanation = answer(quick(kind))
    explanation.save(tmp_path / "explanation.npz")
    for held in (explanation, Explanation.load(tmp_path / "explanation.npz")):
        assert not any(array.flags.writeable for array in arrays_of(held))


@every_task
def test_the_fingerprint_tells_tasks_and_studies_apart(kind, study, answer):
    explanations = [answer(variant) for variant in variants(kind)]
    explanations.append(explain(quick(kind), study.with_labels(np.roll(study.labels, 1))))
    prints = [explanation.fingerprint for explanation in explanations]
    assert len(set(prints)) == len(prints)


@every_task
def test_progress_only_grows_and_ends_at_one(kind, study):
    reported = []
    explain(quick(kind), study, progress=lambda fraction, text: reported.append((fraction, text)))
    fractions = [fraction for fraction, _ in reported]
    assert fractions[0] == 0
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert all(text for _, text in reported)


def ends_of_loops(texts):
    """Return the places of the first and the last text of each kind, whatever numbers stand in it."""
    kinds = [re.sub(r"[\d,.]+", "#", text) for text in texts]
    return sorted({place for kind in kinds for place in (kinds.index(kind), len(kinds) - 1 - kinds[::-1].index(kind))})


@every_task
def test_a_run_can_be_stopped_at_every_report(kind, study):
    """Of a loop that reports every pass, at its first and its last."""
    reported = []
    explain(quick(kind), study, progress=lambda fraction, text: reported.append(text))
    for stop_at in ends_of_loops(reported):
        seen = []

        def progress(fraction, text, seen=seen, stop_at=stop_at):
            seen.append(fraction)
            if len(seen) > stop_at:
                raise Cancelled("Stopped.")

        with pytest.raises(Cancelled, match=r"^Stopped\.$"):
            explain(quick(kind), study, progress=progress)
        assert len(seen) == stop_at + 1


@every_task
def test_what_a_workspace_remembers_is_not_computed_again(kind, study, answer, tmp_path):
    with pytest.raises(NotComputed):
        explain(quick(kind), study, engine=Workspace.at(tmp_path / "w.margin", may_compute=False))
    first = explain(quick(kind), study, engine=Workspace.at(tmp_path / "w.margin"))
    second = explain(quick(kind), study, engine=Workspace.at(tmp_path / "w.margin", may_compute=False))
    assert_same(second, first)
    assert_same(second, answer(quick(kind)))


@every_task
def test_a_task_is_described(kind):
    assert kind.name == kind.name.lower().replace(" ", "_")
    assert kind.question.endswith("?")
    assert kind.needs <= set(Need)
    assert all(declared.help.endswith(".") for _, declared in kind().declared_parameters().values())


@every_task
def test_findings_are_described_alike_within_a_role(kind, study, answer):
    explanation = answer(quick(kind))
    facts = {}
    for place, name in enumerate(explanation.findings.roles.tolist()):
        role, text = kind.role(name), kind.describe(study, explanation, place)
        assert role.name == name and role.counted(1).startswith("1 ") and (role.heading or not role.is_listed)
        assert len(text.facts) and all(text.facts), (name, text)
        assert facts.setdefault(name, [fact for fact, _ in text.facts]) == [fact for fact, _ in text.facts]
    assert kind.compared is None or set(kind.compared) <= set(explanation.findings.evidence)
    assert set(kind.heading().lower()) - set("_")


@every_task
@pytest.mark.parametrize(
    "case",
    ["one sample", "two samples", "all equal", "no features", "huge features", "no label at all", "one class"],
)
def test_degenerate_studies_have_an_answer(kind, case, tmp_path):
    rng = np.random.default_rng(0)
    points, labels = rng.normal(size=(30, 3)), np.arange(30) % 2
    if case == "one sample":
        points, labels = points[:1], labels[:1]
    elif case == "two samples":
        points, labels = points[:2], labels[:2]
    elif case == "all equal":
        points = np.ones_like(points)
    elif case == "no features":
        points = np.full_like(points, np.nan)
    elif case == "huge features":
        points[::2] *= 1e30
    elif case == "no label at all":
        labels = np.full(30, -1)
    else:
        labels = np.zeros(30, int)
    if kind is ActiveSampling:  # of labeled samples there is nothing to ask
        labels = np.where(np.arange(len(labels)) % 2, labels, -1)
    study = Study.build(
        embedding=points, labels=labels, class_names=["a", "b"], inputs=pictures(len(labels)), model=corner(2),
        columns={"age": np.arange(len(labels))},
        reference=Study.build(embedding=points, labels=labels, class_names=["a", "b"]),
    )  # fmt: skip
    explanation = explain(quick(kind), study, engine=Workspace.at(tmp_path / "w.margin"))
    found = explanation.findings
    assert len(found) == len(explanation.domain.ids) or not kind.ranks_every_sample
    assert np.isfinite(found.scores).all()
