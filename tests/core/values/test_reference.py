"""A study and the earlier data that it is compared with: of one kind, in one space of features."""

import numpy as np
import pytest
from study_parts import parts

from margin_core import Study, add_model_outputs
from margin_core.errors import SourceError
from margin_core.values.reference import fitted_space, kind_of_samples


def earlier(**parts):
    return Study.build(**({"name": "earlier", "embedding": np.eye(2), "labels": ["a", "b"]} | parts))


def test_a_reference_is_a_part_like_any_other_and_changes_no_other():
    plain, compared = Study.build(**parts(reference=None)), Study.build(**parts(reference=earlier()))
    assert compared.reference.name == "earlier"
    assert "reference" not in plain.parts
    assert {name: key for name, key in compared.parts.items() if name != "reference"} == dict(plain.parts)
    assert compared.parts["reference"] == earlier().fingerprint != compared.fingerprint != plain.fingerprint
    assert compared.replace(reference=None).fingerprint == plain.fingerprint
    assert compared.with_labels([1, 1, 0]).reference is compared.reference
    assert "reference earlier of 2 samples" in repr(compared)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ({"a": 1}, "Study 's': the reference must be a study; got a dict."),
        (
            earlier(reference=earlier()),
            "Study 's': its reference 'earlier' has a reference itself. Give it as reference.replace(reference=None).",
        ),
        (
            earlier(labels=["x", "y"]),
            "Study 's' has the classes 'a', 'b', and its reference 'earlier' 'x', 'y': none in common, and classes are "
            "matched by their names.",
        ),
        (earlier(embedding=np.eye(2, 5)), "Study 's' has 2 features, and its reference 'earlier' 5. Compute both by "),
        (
            earlier(embedding=None),
            "Study 's' has features, and its reference 'earlier' has none. Compute those of both by the same model.",
        ),
        (
            earlier(inputs=["a text", "another"]),
            "'s' holds pictures, and its reference 'earlier' texts. Compare samples of one kind.",
        ),
        (
            earlier(space=fitted_space("1")),
            "Study 's' and its reference 'earlier' have features that were fitted apart, to the samples of each",
        ),
    ],
    ids=["no study", "a chain", "classes", "width", "no features", "kind", "fitted apart"],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(reference, message):
    with pytest.raises(SourceError) as caught:
        Study.build(**parts(reference=reference))
    assert str(caught.value).startswith(message)


def test_features_of_two_models_are_refused_and_those_of_one_are_not():
    reference = earlier(space="model 1", features="one")
    study = parts(reference=reference, features="other")
    with pytest.raises(SourceError, match="features of two models"):
        Study.build(**study, space="model 2")
    assert Study.build(**study, space="model 1").space == "model 1"
    assert Study.build(**study).reference is reference  # where one does not say, the widths decide


def test_other_features_are_of_no_known_space():
    study = Study.build(**parts(reference=None), space="model 1")
    assert study.with_labels([1, 1, 0]).space == "model 1"
    assert study.replace(embedding=np.zeros((3, 2))).space == ""


def test_some_classes_in_common_or_none_on_one_side_will_do():
    assert Study.build(**parts(reference=earlier(labels=["b", "z"])))
    assert Study.build(**parts(reference=earlier(labels=None)))


class Embeds:
    """Embeds a picture by its first row."""

    fingerprint = "first row"

    def embed(self, inputs):
        return np.asarray(inputs)[:, 0].astype(np.float32)

    def probabilities(self, inputs):
        return np.full((len(inputs), 2), 0.5)


@pytest.mark.filterwarnings("ignore:.*taken to be the classes")
def test_a_model_computes_the_features_of_both():
    pictures = np.arange(16, dtype=np.uint8).reshape(2, 4, 2)
    reference = Study.build(name="earlier", inputs=pictures, labels=["a", "b"])
    study = Study.build(inputs=pictures[:1], labels=["a"], class_names=["a", "b"], model=Embeds(), reference=reference)
    found = add_model_outputs(study)
    np.testing.assert_array_equal(found.embedding, [[0, 1]])
    np.testing.assert_array_equal(found.reference.embedding, [[0, 1], [8, 9]])
    assert found.space == found.reference.space == "model first row"


def test_samples_have_a_kind():
    assert kind_of_samples(np.zeros((3, 4, 4))) == kind_of_samples(object()) == "pictures"
    assert kind_of_samples(np.zeros((3, 4))) == "rows of numbers"
    assert kind_of_samples(np.array(["a", "b"])) == "texts"
