"""Studies are opened at once or through a job, and only below the declared folders."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from waiting import finished, until

from dashboard.study.jobs import JobStatus
from dashboard.study.registry import OpenRequest, StudyRegistry
from margin_core.errors import AccessError, MarginError, ModelError, SourceError, WorkspaceError
from margin_core.study import ColumnNames
from margin_core.study.notes import NoteKind, texts_of


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(exist_ok=True)
    return folder


def test_a_remembered_source_opens_without_a_job(studies, source, monkeypatch):
    monkeypatch.setattr("dashboard.study.registry.Job", None)
    key = studies.open(OpenRequest(source))
    opened = studies.opened(key)
    assert opened.positions is not None and len(opened.study) == 90
    assert studies.study(opened.key) is opened
    assert studies.status(key).state == "done"
    assert list(studies.requests) == [key]


def test_asking_twice_opens_once(studies, source):
    key = studies.open(OpenRequest(source))
    first = studies.opened(key)
    assert studies.open(OpenRequest(source)) == key and studies.opened(key) is first


def test_what_cannot_be_opened_says_why_and_leaves_new_tabs_alone(studies, source):
    key = studies.open(OpenRequest(source))
    failed = OpenRequest(source, database="nonsense://nowhere")
    with pytest.raises(MarginError) as error:
        studies.open(failed)
    assert studies.status(failed.key).state == "failed" and studies.status(failed.key).text == str(error.value)
    assert studies.latest == key


def test_a_new_tab_shows_what_is_open_before_what_is_under_way_before_what_failed(
    studies, source, write_source, root, stand_in_for_jobs
):
    assert studies.latest is None
    failed = OpenRequest(source, database="nonsense://nowhere")
    with pytest.raises(MarginError):
        studies.open(failed)
    assert studies.latest == failed.key
    stand_in_for_jobs()
    under_way = studies.open(OpenRequest(write_source(root / "other")))
    assert studies.latest == under_way
    key = studies.open(OpenRequest(source))
    with pytest.raises(MarginError):
        studies.open(failed)
    assert studies.latest == key


def test_a_reference_makes_another_study_and_is_handed_to_every_command(source, tmp_path):
    plain, compared = OpenRequest(source), OpenRequest(source, against=tmp_path / "old")
    assert plain.key != compared.key
    assert "--against" not in plain.arguments()
    assert compared.arguments()[-2:] == ["--against", str(tmp_path / "old")]


def test_a_reference_is_opened_below_the_declared_folders_only(studies, source, tmp_path):
    before = studies.requests
    with pytest.raises(AccessError, match="lies outside the folders"):
        studies.open_below_roots(str(source), None, against="/etc/passwd")
    with pytest.raises(AccessError, match="only downloaded when it is named on the command line"):
        studies.open_below_roots(str(source), None, against="hf:somebody/pets")
    with pytest.raises(SourceError, match="There is no reference at"):
        studies.open_below_roots(str(source), None, against=str(source.parent / "nowhere"))
    assert studies.requests == before


def test_another_database_is_another_study(studies, source, tmp_path):
    one = studies.opened(studies.open(OpenRequest(source)))
    two = studies.opened(studies.open(OpenRequest(source, database=f"sqlite:///{tmp_path}/other.sqlite")))
    assert one.key != two.key and studies.study(one.key) is one and studies.study(two.key) is two


@pytest.mark.slow
def test_a_source_that_is_not_remembered_is_opened_by_a_job_as_soon_as_it_is_ranked(studies, write_source, root):
    path, notes_of = write_source(root / "new"), []
    key = studies.open(OpenRequest(path), notes_of.append)
    assert studies.opened(key) is None
    assert studies.status(key).state == "running"
    assert studies.open(OpenRequest(path)) == key
    opened = until(lambda: studies.opened(key) or studies.status(key).state != "running")
    assert studies.status(key).state == "running", studies.status(key)
    assert len(opened.session.upcoming(5)) == 5
    [notes] = until(lambda: notes_of)
    assert "Read: 90 pictures." in texts_of(notes, NoteKind.READ)
    studies.stop(key)
    status = studies.status(key)
    assert (status.state, status.text) == ("stopped", "Stopped. What was finished is kept.")
    assert studies.opened(key) is opened


def test_only_the_map_is_left_to_a_job(studies, write_source, root, open_it, stand_in_for_jobs):
    path = write_source(root / "new")
    open_it(path, may_compute=True)
    jobs = stand_in_for_jobs()
    key = studies.open(OpenRequest(path))
    assert studies.opened(key).positions is None
    assert [job.arguments for job in jobs] == [["prepare", str(path), "--root", str(root)]]
    studies.resume(key)
    assert [job.arguments for job in jobs] == [["prepare", str(path), "--root", str(root)]] * 2


@pytest.mark.slow
def test_a_job_reads_below_the_same_folders_as_the_registry(studies, root, tmp_path):
    """A manifest in one root may name pictures in another."""
    from safetensors.torch import save_file  # torch takes seconds to import, and no other test here needs it

    from margin_core.study.models.small_cnn import SmallCnn

    photos = tmp_path / "photos"
    photos.mkdir()
    random = np.random.default_rng(0)
    for number in range(24):
        Image.fromarray(random.integers(0, 256, (8, 8), dtype=np.uint8)).save(photos / f"{number}.png")
    rows = "".join(f"{photos / f'{number}.png'},{'ab'[number % 2]}\n" for number in range(24))
    (root / "table.csv").write_text("file,label\n" + rows)
    network = SmallCnn(8, 8, 2, channels=(2, 2), hidden=4)
    save_file(network.state_dict(), root / "w.safetensors")
    studies.allow(photos)
    key = studies.open_below_roots(str(root / "table.csv"), f"small_cnn:{root / 'w.safetensors'}")
    until(lambda: studies.opened(key) or studies.status(key).state != "running")
    assert studies.opened(key) is not None, studies.status(key)
    assert len(studies.opened(key).study) == 24


def test_stopping_what_nobody_asked_for_does_nothing(studies):
    studies.stop("nobody")
    assert studies.status("nobody") is None and studies.opened("nobody") is None and studies.study("nobody") is None


@pytest.mark.slow
def test_a_job_that_fails_tells_its_sentence(studies, write_source, root):
    path = write_source(root / "new", labels=np.zeros(90, int))
    (root / "bad.safetensors").write_bytes(b"not weights")
    key = studies.open(OpenRequest(path, model=f"small_cnn:{root / 'bad.safetensors'}"))
    status = finished(lambda: studies.status(key))
    assert status.state == "failed"
    assert status.text.startswith("margin: ")
    assert "bad.safetensors" in status.text
    assert studies.opened(key) is None


@pytest.mark.slow
def test_parts_of_different_lengths_are_reported_too(studies, write_source, root):
    key = studies.open(OpenRequest(write_source(root / "new", labels=np.zeros(89, int))))
    status = finished(lambda: studies.status(key))
    assert status.state == "failed"
    assert "89" in status.text


def test_an_obvious_mistake_is_reported_at_once(studies, root):
    with pytest.raises(SourceError, match=r"There is nothing at '.*nowhere'\. Check the path\."):
        studies.open(OpenRequest(root / "nowhere"))


def test_a_second_failure_is_reported_and_not_raised(studies, write_source, root, stand_in_for_jobs):
    stand_in_for_jobs(JobStatus("stopped", 0.0, "Stopped."))
    path = write_source(root / "new")
    key = studies.open(OpenRequest(path))
    path.unlink()
    studies.retry(key)
    status = studies.status(key)
    assert status.state == "failed" and status.text.startswith("There is nothing at")


def test_a_workspace_of_a_newer_version_is_refused(studies, source):
    (source.parent / "pets.npz.margin" / "workspace.json").write_text('{"format": 99}')
    with pytest.raises(WorkspaceError, match="was written by a newer version"):
        studies.open(OpenRequest(source))


def test_the_browser_opens_below_the_roots(studies, source):
    assert studies.opened(studies.open_below_roots(str(source), "")) is not None


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc", "~", "..", "data/../../..", "\0", "http://example.com/x"])
def test_the_browser_opens_nothing_outside(studies, path):
    with pytest.raises(AccessError):
        studies.open_below_roots(path, None)
    assert studies.requests == {}


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (
            "s3://pets/all/pets.csv",
            "'s3://pets/all/pets.csv' is only fetched when it is named on the command line: margin open "
            "s3://pets/all/pets.csv --root s3://pets/all.",
        ),
        (
            "hf:ada/pets",
            "'hf:ada/pets' is only downloaded when it is named on the command line: margin open hf:ada/pets.",
        ),
        (
            "https://example.com/pets.csv",
            "'https://example.com/pets.csv' is not fetched. Download the file, and open that.",
        ),
    ],
)
def test_the_browser_fetches_nothing(studies, path, sentence):
    with pytest.raises(AccessError) as error:
        studies.open_below_roots(path, None)
    assert str(error.value) == sentence
    assert studies.requests == {}
    assert studies.columns_below_roots(path) == ()


def test_a_registry_without_roots_opens_nothing_from_the_browser(source):
    with pytest.raises(AccessError):
        StudyRegistry().open_below_roots(str(source), None)


def test_a_link_that_leads_outside_is_refused(studies, root, write_source, tmp_path):
    outside = write_source(tmp_path / "outside")
    (root / "link.npz").symlink_to(outside)
    (root / "folder").symlink_to(outside.parent)
    for path in (root / "link.npz", root / "folder" / "pets.npz", root / "folder" / ".." / "outside" / "pets.npz"):
        with pytest.raises(AccessError, match="lies outside the folders that may be opened"):
            studies.open_below_roots(str(path), None)


def test_the_browser_names_no_code(studies, source):
    with pytest.raises(AccessError, match="is Python code, which is only run when it is named on the command line"):
        studies.open_below_roots(str(source), "os:getcwd")
    assert studies.requests == {}


def test_no_request_of_a_browser_runs_code(studies, source):
    """The last line of defense, should a request get that far."""
    with pytest.raises(ModelError):
        studies.open(OpenRequest(source, model="os:getcwd"))


@pytest.mark.parametrize("model", ["resnet18:/etc/passwd", "/etc/model.onnx", "resnet18:../../w.safetensors"])
def test_the_browser_names_no_weights_outside(studies, source, model):
    with pytest.raises(AccessError, match="lies outside the folders"):
        studies.open_below_roots(str(source), model)


def test_the_browser_names_no_labels_outside(studies, source, monkeypatch):
    opened = []
    monkeypatch.setattr(studies, "open", opened.append)
    (source.parent / "labels.csv").touch()
    for labels in ("/etc/passwd", "../../labels.csv"):
        with pytest.raises(AccessError, match="lies outside the folders"):
            studies.open_below_roots(str(source), None, ColumnNames(labels=labels))
    studies.open_below_roots(str(source), None, ColumnNames(labels="labels.csv"))  # from the folder of the source
    table = str(source.parent / "labels.csv")
    assert [request.columns for request in opened] == [ColumnNames(labels=table)]
    assert opened[0].arguments()[-2:] == ["--labels", table]


def test_a_workspace_whose_source_lies_outside_is_refused(studies, source, write_source, tmp_path, root):
    outside = write_source(tmp_path / "outside")
    folder = root / "pets.npz.margin"
    (folder / "workspace.json").write_text(f'{{"format": 1, "source": "{outside}"}}')
    with pytest.raises(AccessError):
        studies.open_below_roots(str(folder), None)


def test_a_root_is_allowed_once(tmp_path):
    studies = StudyRegistry()
    studies.allow(tmp_path)
    studies.allow(tmp_path)
    assert studies.roots == (tmp_path,)


def test_a_request_is_written_as_arguments(source):
    request = OpenRequest(
        source,
        model="efficientnet-lite0",
        columns=ColumnNames(label="kind", id="name", kinds=(("a:b", "text"), ("city", "ignore"))),
        workspace="w.margin",
        database="sqlite:///d",
    )
    assert request.arguments() == [
        str(source), "--model", "efficientnet-lite0", "--workspace", "w.margin", "--database", "sqlite:///d",
        "--label", "kind", "--id", "name", "--feature", "a:b:text", "--feature", "city:ignore",
    ]  # fmt: skip
    assert OpenRequest(source, download=True, device="cpu").arguments() == [
        str(source), "--device", "cpu", "--download",
    ]  # fmt: skip
    assert OpenRequest(source).arguments([Path("/a"), Path("/b")]) == [str(source), "--root", "/a", "--root", "/b"]
    assert request.key != OpenRequest(source).key
    chosen = replace(request, columns=replace(request.columns, kinds=()))
    assert chosen.key != request.key
