import threading
from itertools import pairwise

import networks
import numpy as np
import pytest
from PIL import Image

from margin_core.errors import Cancelled, ModelError, SourceError
from margin_core.storage.engine import Run
from margin_core.storage.workspace import Workspace
from margin_core.study.features import blocks, with_model
from margin_core.study.features.batch_calls import batch_call
from margin_core.study.inputs import pictures
from margin_core.study.inputs.pictures import PictureFiles
from margin_core.study.load import load_study
from margin_core.study.models import named_model, runtime
from margin_core.study.notes import texts_of
from margin_core.study.readers.image_folder import read_image_folder
from margin_core.study.samples import ReadRequest
from margin_core.values import Study
from margin_core.values.number_table import NumberTable


def study_of(root, **parts):
    samples = read_image_folder(ReadRequest(root.resolve()))
    return Study.build(
        ids=samples.ids, labels=samples.labels, class_names=samples.class_names, inputs=samples.inputs, **parts
    )


@pytest.fixture
def gallery(tmp_path, picture):
    """Three hundred pictures, each of another color."""
    for number in range(300):
        picture(tmp_path / "gallery" / "ab"[number % 2] / f"{number:03}.png", (number % 256, number // 256, 7), (2, 2))
    return tmp_path / "gallery"


def test_a_model_gives_features_words_and_an_opinion(pets, mean_color):
    model = mean_color(class_names=("dog", "cat"))
    study, notes = with_model(study_of(pets), model, Run())
    assert study.embedding[1].tolist() == [40, 5, 5]
    assert study.features == "Mean color, 3 dimensions"
    assert study.model is model
    assert not study.out_of_sample
    np.testing.assert_allclose(study.probabilities[1], [1 - 50 / 3 / 255, 50 / 3 / 255], rtol=1e-5)
    assert texts_of(notes) == ()
    assert study.columns["unreadable"].tolist() == [False] * 6


def test_outputs_without_names_are_taken_in_order(pets, mean_color):
    study, notes = with_model(study_of(pets), mean_color(), Run())
    np.testing.assert_allclose(study.probabilities[1], [50 / 3 / 255, 1 - 50 / 3 / 255], rtol=1e-5)
    assert texts_of(notes) == ("The model's outputs are taken to be the classes of the study, in their order.",)


def test_an_opinion_about_other_classes_is_left_out(pets, mean_color, opinion):
    study, notes = with_model(study_of(pets), mean_color(class_names=("car", "ship")), Run())
    assert study.maybe_probabilities is None
    assert texts_of(notes) == (
        "The model's probabilities are left out: it knows the classes car, ship, the study has cat, dog.",
    )
    study, notes = with_model(study_of(pets, embedding=np.eye(6)), opinion(outputs=5), Run())
    assert study.maybe_probabilities is None
    assert texts_of(notes) == ("The model's probabilities are left out: it has 5 outputs, the study 2 classes.",)


def test_probabilities_that_the_source_brings_are_kept(pets, mean_color):
    given = np.full((6, 2), 0.5)
    study, _ = with_model(study_of(pets, probabilities=given), mean_color(), Run())
    assert study.probabilities.tolist() == given.tolist()
    assert study.out_of_sample


def test_features_of_the_model_replace_given_ones(pets, mean_color):
    given = study_of(pets, embedding=np.eye(6), probabilities=np.full((6, 2), 0.5))
    study, notes = with_model(given, mean_color(), Run())
    assert study.embedding.shape == (6, 3)
    assert texts_of(notes) == ("The features of the model are used instead of the given embedding.",)


def test_a_black_box_adds_its_opinion_to_given_features(pets, opinion):
    study, _ = with_model(study_of(pets, embedding=np.eye(6)), opinion(), Run())
    assert study.embedding.shape == (6, 6)
    assert study.probabilities.shape == (6, 2)


@pytest.fixture
def default(monkeypatch, mean_color):
    """Replace EfficientNet-Lite0 by a light model."""
    model = mean_color(name="default")
    monkeypatch.setattr(named_model, "load_model", lambda spec, **_: {"efficientnet-lite0": model}[spec])
    return model


def test_pictures_without_features_are_looked_at_by_the_default(pets, default):
    study, notes = with_model(study_of(pets), None, Run())
    assert study.features == "Mean color, 3 dimensions"
    assert study.maybe_probabilities is None
    assert study.maybe_model is None
    assert texts_of(notes) == ()


def test_the_default_is_not_even_loaded_a_second_time(pets, default, tmp_path, monkeypatch):
    workspace = Workspace.at(tmp_path / "w.margin")
    first, _ = with_model(study_of(pets), None, Run(workspace))
    monkeypatch.setattr(named_model, "load_model", lambda *_, **__: pytest.fail("loaded"))
    second, _ = with_model(study_of(pets), None, Run(workspace))
    assert second.features == first.features
    assert second.fingerprint == first.fingerprint


def test_the_default_looks_beside_a_black_box(pets, default, opinion):
    box = opinion()
    study, _ = with_model(study_of(pets), box, Run())
    assert study.embedding.shape == (6, 3)
    assert study.probabilities.shape == (6, 2)
    assert study.model is box


def test_pictures_in_an_array_are_looked_at_too(default):
    study, _ = with_model(Study.build(inputs=np.full((3, 4, 4, 3), 8, np.uint8)), None, Run())
    assert study.embedding.tolist() == [[8, 8, 8]] * 3
    assert "unreadable" not in study.columns


def test_given_features_need_no_model(default):
    study = Study.build(embedding=np.eye(3), inputs=np.zeros((3, 4, 4), np.uint8))
    assert with_model(study, None, Run()) == (study, ())
    assert default.shown == 0


def test_pictures_of_different_sizes_are_one_batch(tmp_path, picture, mean_color):
    picture(tmp_path / "a" / "1.png", (1, 1, 1), (2, 2))
    picture(tmp_path / "a" / "2.png", (2, 2, 2), (5, 3))
    study, _ = with_model(study_of(tmp_path), mean_color(), Run())
    assert study.embedding[:, 0].tolist() == [1, 2]


def test_rows_with_a_missing_value_are_not_shown(mean_color):
    class Doubling(mean_color):
        def embed(self, inputs):
            assert np.isfinite(inputs).all()
            return inputs * 2

    table = NumberTable(np.array([[1, 2], [np.nan, 4], [5, 6]], np.float32), ("a", "b"))
    study, _ = with_model(Study.build(inputs=table), Doubling(), Run())
    np.testing.assert_array_equal(study.embedding, [[2, 4], [np.nan, np.nan], [10, 12]])
    assert "unreadable" not in study.columns


def test_unreadable_pictures_have_no_features_and_are_marked(pets, mean_color):
    (pets / "cat" / "2.png").write_text("hello")
    study, notes = with_model(study_of(pets), mean_color(), Run())
    assert study.columns["unreadable"].tolist() == [False, True, False, False, False, False]
    assert np.isnan(study.embedding).all(axis=1).tolist() == [False, True, False, False, False, False]
    assert study.probabilities[1].tolist() == [0.5, 0.5]
    assert texts_of(notes)[-1] == "1 picture cannot be read and has no features."


def test_no_readable_picture(tmp_path, mean_color):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_text("hello")
    for model in (mean_color(), mean_color(class_names=("a",))):
        with pytest.raises(SourceError) as refused:
            with_model(study_of(tmp_path), model, Run())
        assert str(refused.value) == (
            "Study 'study': the only picture cannot be read. Picture 'a/1.png' cannot be read "
            "(it is not a picture in a known format). Replace the file, or leave it out."
        )


def test_no_complete_row(mean_color):
    table = NumberTable(np.full((2, 2), np.nan, np.float32), ("a", "b"))
    with pytest.raises(SourceError) as refused:
        with_model(Study.build(inputs=table), mean_color(), Run())
    assert str(refused.value) == "Study 'study': each of the 2 rows has a missing value. Fill some in."


def test_a_model_without_anything_to_look_at(mean_color):
    with pytest.raises(SourceError) as refused:
        with_model(Study.build(embedding=np.eye(2)), mean_color(), Run())
    assert str(refused.value) == (
        "Study 'study' has no inputs for Mean color. Open the pictures or rows themselves, or leave --model out."
    )


def test_a_model_that_answers_with_other_rows(pets, mean_color):
    class Broken(mean_color):
        def embed(self, inputs):
            return np.zeros(3)

    with pytest.raises(ModelError) as refused:
        with_model(study_of(pets), Broken(), Run())
    assert str(refused.value) == (
        "Mean color: embed() must give one row a sample; 6 went in and an array of shape (3,) came out. "
        "Correct the model."
    )


def test_one_pass_is_enough_for_a_model_that_can(pets, mean_color):
    class Both(mean_color):
        def both(self, inputs):
            return super().embed(inputs), super().probabilities(inputs)

        def embed(self, inputs):
            pytest.fail("a second pass")

    study, _ = with_model(study_of(pets), Both(class_names=("cat", "dog")), Run())
    assert study.embedding.shape == (6, 3)
    assert study.probabilities.shape == (6, 2)


def test_progress_is_reported_in_words(gallery, mean_color):
    reported = []
    with_model(study_of(gallery), mean_color(), Run(progress=lambda fraction, text: reported.append((fraction, text))))
    assert reported[0] == (0.0, "Embedding 0 of 300 pictures ...")
    assert "Embedding 64 of 300 pictures ..." in [text for _, text in reported]
    assert all(before[0] < after[0] <= 1 for before, after in pairwise(reported))


@pytest.fixture
def blocks_of_64(monkeypatch):
    monkeypatch.setattr(blocks, "MIN_BLOCK", 16)
    monkeypatch.setattr(blocks, "END_PERIOD", 48)
    monkeypatch.setattr(blocks, "MAX_BLOCK", 96)


@pytest.mark.slow
@pytest.mark.usefixtures("blocks_of_64")
def test_a_stopped_run_goes_on_where_it_was(gallery, mean_color, tmp_path):
    workspace = Workspace.at(tmp_path / "w.margin")

    def stop(fraction, text):
        if fraction > 0.6:
            raise Cancelled("Stopped.")

    model = mean_color()
    with pytest.raises(Cancelled):
        with_model(study_of(gallery), model, Run(workspace, stop))
    before = model.shown
    assert 0 < before < 300
    study, _ = with_model(study_of(gallery), model, Run(workspace))
    assert 300 <= model.shown < 300 + 96
    fresh, _ = with_model(study_of(gallery), mean_color(), Run())
    assert study.fingerprint == fresh.fingerprint
    np.testing.assert_array_equal(study.embedding, fresh.embedding)


@pytest.mark.slow
@pytest.mark.usefixtures("blocks_of_64")
@pytest.mark.parametrize("change", ["changed", "added", "removed"])
def test_only_blocks_that_changed_are_embedded_again(gallery, mean_color, tmp_path, picture, change):
    workspace = Workspace.at(tmp_path / "w.margin")
    first, _ = with_model(study_of(gallery), mean_color(), Run(workspace))
    if change == "removed":
        (gallery / "a" / "010.png").unlink()
    else:
        picture(gallery / "a" / ("010.png" if change == "changed" else "0105.png"), (1, 99, 1), (2, 2))
    model = mean_color()
    second, _ = with_model(study_of(gallery), model, Run(workspace))
    assert 0 < model.shown <= 2 * 96 < 300
    assert second.fingerprint != first.fingerprint
    fresh, _ = with_model(study_of(gallery), mean_color(), Run())
    np.testing.assert_array_equal(second.embedding, fresh.embedding)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*taken to be the classes of the study")
def test_a_second_time_the_model_is_not_asked_and_nothing_is_hashed(gallery, mean_color, tmp_path):
    workspace = Workspace.at(tmp_path / "w.margin")
    first = load_study(gallery, model=mean_color(), workspace=workspace)
    model = mean_color()
    second = load_study(gallery, model=model, workspace=workspace)
    assert model.shown == 0
    assert second.fingerprint == first.fingerprint
    assert isinstance(second.embedding.base, np.memmap) or isinstance(second.embedding, np.memmap)


def test_another_model_gives_another_study(pets, mean_color):
    one, _ = with_model(study_of(pets), mean_color(name="one"), Run())
    two, _ = with_model(study_of(pets), mean_color(name="two"), Run())
    assert one.parts["embedding"] != two.parts["embedding"]
    assert one.parts["inputs"] == two.parts["inputs"]


def test_blocks_cover_every_row_once_and_have_bounded_lengths():
    digests = np.random.default_rng(0).integers(0, 256, (20_000, 16)).astype(np.uint8)
    cuts = list(blocks.split_into_blocks(digests))
    assert [start for start, _ in cuts] == [0, *(stop for _, stop in cuts[:-1])]
    assert cuts[-1][1] == 20_000
    lengths = np.array([stop - start for start, stop in cuts])
    assert lengths.max() <= 1024
    assert lengths[:-1].min() >= 64
    assert 350 < lengths.mean() < 650


def test_equal_pictures_make_whole_blocks():
    for value in (0, 1):
        cuts = list(blocks.split_into_blocks(np.full((1000, 16), value, np.uint8)))
        assert len(cuts) <= 1000 // 64 + 1


def test_files_that_vanish_in_between_are_unreadable(tmp_path, mean_color):
    Image.new("RGB", (2, 2), (5, 5, 5)).save(tmp_path / "a.png")
    files = PictureFiles(tmp_path.resolve(), ("a.png", "gone.png"), np.zeros((2, 16), np.uint8))
    study, _ = with_model(Study.build(inputs=files), mean_color(), Run())
    assert study.columns["unreadable"].tolist() == [False, True]


def test_whoever_installs_the_package_for_heic_gets_what_could_not_be_read(
    tmp_path, picture, heic, mean_color, monkeypatch
):
    pytest.importorskip("pi_heif")
    picture(tmp_path / "pets" / "cat" / "a.png")
    picture(tmp_path / "pets" / "dog" / "c.png")
    (tmp_path / "pets" / "cat" / "b.heic").write_bytes(heic)
    run = Run(Workspace.at(tmp_path / "w.margin"))
    with monkeypatch.context() as without:
        without.setattr(pictures, "decoders", lambda: pictures.FORMATS)
        without.setattr(blocks, "decoders", lambda: pictures.FORMATS)
        study, notes = with_model(study_of(tmp_path / "pets"), mean_color(), run)
    assert study.columns["unreadable"].tolist() == [False, True, False]
    assert texts_of(notes)[-1:] == (f"1 picture cannot be read and has no features. {pictures.HEIF_NEEDED}",)
    study, notes = with_model(study_of(tmp_path / "pets"), mean_color(), run)
    assert study.columns["unreadable"].tolist() == [False, False, False]
    assert not any("cannot be read" in note for note in texts_of(notes))


@pytest.mark.slow
def test_a_network_gives_by_thousands_what_it_gives_by_one(gallery):
    network = networks.model("functional")
    (gallery / "a" / "100.png").write_bytes(b"no picture")
    study, _ = with_model(study_of(gallery), network, Run())
    broken = study.ids.tolist().index("a/100.png")
    assert np.isnan(study.embedding[broken]).all()
    rows = [row for row in (0, 1, 150, 299) if row != broken]
    expected, probabilities = network.both([study.inputs[row] for row in rows])
    np.testing.assert_allclose(study.embedding[rows], expected, rtol=1e-3, atol=1e-4)
    how = batch_call(network, ("embed", "probabilities"), 300)
    assert how.is_concurrent
    np.testing.assert_allclose(how.call(np.stack([study.inputs[row] for row in rows]))[1], probabilities, atol=1e-4)


def test_few_pictures_are_not_worth_an_export(monkeypatch):
    monkeypatch.setattr(runtime, "find_exported", lambda model: pytest.fail("exported"))
    assert not batch_call(networks.model("functional"), ("embed",), 96).is_concurrent


@pytest.mark.slow
def test_a_model_of_somebody_else_is_called_on_one_thread(gallery, mean_color):
    threads = set()

    class Watched(mean_color):
        def embed(self, inputs):
            threads.add(threading.current_thread())
            return super().embed(inputs)

    with_model(study_of(gallery), Watched(), Run())
    assert threads == {threading.current_thread()}
