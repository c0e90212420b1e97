"""Tables in object storage, on a server of S3 on this machine."""

import boto3
import numpy as np
import pytest
import s3fs
from moto.server import ThreadedMotoServer

from margin_core.cli import main
from margin_core.errors import AccessError, SourceError
from margin_core.study import open_source
from margin_core.study.remote_address import check_below, is_address, normalize

ROOT = "s3://zoo/data"


class Color:
    """Looks at a picture in no time, and counts what it saw."""

    fingerprint = "color"
    class_names = ("cat", "dog")

    def embed(self, inputs):
        return np.array([[np.mean(picture), np.std(picture) + 1] for picture in inputs], np.float32)

    def probabilities(self, inputs):
        return np.full((len(inputs), 2), 0.5)


@pytest.fixture(scope="module")
def server():
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(server, monkeypatch):
    for name, value in {"AWS_ENDPOINT_URL": server, "AWS_ACCESS_KEY_ID": "me", "AWS_SECRET_ACCESS_KEY": "mine",
                        "AWS_DEFAULT_REGION": "us-east-1"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3")
    client.create_bucket(Bucket="zoo")
    yield client
    for found in client.list_objects_v2(Bucket="zoo").get("Contents", []):
        client.delete_object(Bucket="zoo", Key=found["Key"])
    client.delete_bucket(Bucket="zoo")


@pytest.fixture
def put(bucket, picture, tmp_path):
    def put(key, content="", color=(10, 20, 30)):
        if key.endswith(".png"):
            content = picture(tmp_path / "made.png", color).read_bytes()
        bucket.put_object(Bucket="zoo", Key=key, Body=content)

    return put


@pytest.fixture
def album(put):
    """List four pictures: by paths, and by addresses."""
    for number in range(4):
        put(f"data/images/{number}.png", color=(number * 40, 0, 0))
    rows = ["images/0.png,cat", "images/1.png,dog", "s3://zoo/data/images/2.png,cat", f"{ROOT}/images/3.png,dog"]
    put("data/pets.csv", "file,label\n" + "\n".join(rows) + "\n")
    return f"{ROOT}/pets.csv"


def read(source, tmp_path, *roots, **more):
    return open_source(source, roots=roots or (ROOT,), workspace=tmp_path / "w.margin", **more)


@pytest.mark.slow
def test_a_table_and_its_pictures_are_read_and_named_as_they_are_listed(album, tmp_path):
    study = read(album, tmp_path, model=Color()).study
    assert study.ids.tolist() == ["images/0.png", "images/1.png", f"{ROOT}/images/2.png", f"{ROOT}/images/3.png"]
    assert study.class_names == ("cat", "dog")
    assert [int(study.inputs[row][0, 0, 0]) for row in range(4)] == [0, 40, 80, 120]


@pytest.mark.slow
def test_only_what_has_changed_is_copied_again(album, put, bucket, tmp_path):
    first = read(album, tmp_path, model=Color())
    files = sorted((tmp_path / "w.margin" / "remote").rglob("*.png"))
    before = [file.stat().st_mtime_ns for file in files]
    put("data/images/1.png", color=(99, 99, 99))
    bucket.delete_object(Bucket="zoo", Key="data/images/0.png")
    second = read(album, tmp_path, model=Color())
    after = [file.stat().st_mtime_ns for file in files]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True, True]
    assert second.study.fingerprint != first.study.fingerprint
    assert second.study.inputs[1][0, 0].tolist() == [99, 99, 99]


@pytest.mark.slow
def test_a_table_of_numbers_is_read_by_the_command_line(put, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{row % 2 * 3 + row / 50},{row % 7},{'uv'[row % 2]}\n" for row in range(30))
    put("data/table.csv", f"x,z,label\n{rows}")
    assert main(["audit", f"{ROOT}/table.csv", "--root", ROOT, "--out", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr()
    assert "among 30 labels" in printed.out and "is read from its copy in" in printed.err
    assert (tmp_path / "table.csv.margin" / "remote" / "s3" / "zoo" / "data" / "table.csv").is_file()
    assert main(["audit", f"{ROOT}/table.csv", "--out", str(tmp_path / "never")]) == 2
    assert capsys.readouterr().err == (
        f"margin: '{ROOT}/table.csv' lies outside the places that may be read. Allow its folder with --root {ROOT}.\n"
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (f"{ROOT}/none.csv", f"There is nothing at '{ROOT}/none.csv'"),
        (f"{ROOT}/pets.npz", "is no table. Of object storage, tables are read (.csv"),
        ("https://zoo.org/pets.csv", "'https://zoo.org/pets.csv' is not fetched. Download the file, and open that."),
        (f"{ROOT}/../pets.csv", "is no address of a file in object storage"),
        ("s4://zoo/data/pets.csv", "lies outside the places"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(bucket, tmp_path, source, words):
    with pytest.raises((SourceError, AccessError)) as refused:
        read(source, tmp_path)
    assert words in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ("s3://zoo/secret/1.png", "'s3://zoo/secret/1.png' lies outside the places that may be read"),
        ("s3://other/1.png", "'s3://other/1.png' lies outside the places that may be read"),
        ("../secret/1.png", "none of the 2 files in column 'file' is there"),
        ("https://zoo.org/1.png", "2 of the 2 pictures in column 'file' are on other servers"),
    ],
)
def test_what_a_table_lists_elsewhere_is_not_read(put, tmp_path, listed, words):
    put("secret/1.png")
    put("data/pets.csv", f"file,label\n{listed},cat\n{listed},dog\n")
    with pytest.raises((SourceError, AccessError)) as refused:
        read(f"{ROOT}/pets.csv", tmp_path, model=Color())
    assert words in str(refused.value)
    assert not list(tmp_path.rglob("secret"))


def test_a_storage_that_does_not_answer_is_one_sentence(bucket, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(
        SourceError, match=r"'s3://zoo/data/pets.csv' cannot be read: .* Check the address, the network"
    ):
        read(f"{ROOT}/pets.csv", tmp_path)


@pytest.mark.parametrize(
    ("source", "is_one"),
    [("s3://a/b.csv", True), ("s3:/a/b.csv", True), ("https://a/b", True), ("hf:a/b", False), ("C:/a/b.csv", False),
     ("file:///a/b", False), ("a/b.csv", False), ("/a:/b", False)],
)  # fmt: skip
def test_what_is_an_address(source, is_one):
    assert is_address(source) == is_one


@pytest.mark.slow
def test_a_root_is_no_beginning_of_a_name():
    assert normalize("s3:/zoo//data/./x.csv") == "s3://zoo/data/x.csv"
    with pytest.raises(AccessError):
        check_below("s3://zoo/data2/x.csv", [ROOT])
