import os

import pytest

from margin_core.errors import SourceError
from margin_core.study.notes import texts_of
from margin_core.study.readers.image_folder import read_image_folder
from margin_core.study.samples import ColumnNames, ReadRequest


def read(root, **options):
    return read_image_folder(ReadRequest(root.resolve(), **options))


def test_folders_are_classes_and_paths_are_ids(pets):
    samples = read(pets)
    assert samples.ids.tolist() == [
        "cat/1.png", "cat/2.png", "cat/outdoors/7.png", "dog/2.png", "dog/3.jpg", "stray.png",
    ]  # fmt: skip
    assert samples.class_names == ("cat", "dog")
    assert samples.labels.tolist() == [0, 0, 0, 1, 1, -1]
    assert samples.name == "pets"
    assert samples.columns == {}
    assert samples.inputs[3].shape == (3, 4, 3)
    assert texts_of(samples.notes) == ()


def test_classes_are_in_the_order_in_which_torchvision_numbers_them(tmp_path, picture):
    for name in ["10/a.png", "2/a.png", "B/a.png", "a/a.png"]:
        picture(tmp_path / name)
    assert read(tmp_path).class_names == ("10", "2", "B", "a")


def test_the_order_of_folders_of_numbers_is_said(tmp_path, picture):
    for name in ["10/a.png", "2/a.png", "1/a.png"]:
        picture(tmp_path / name)
    assert str(read(tmp_path).notes[-1]) == (
        "Folders of numbers are classes in the order of their texts, as in ImageFolder (1, 10, 2)."
    )
    (tmp_path / "10").rename(tmp_path / "3")
    assert [str(note) for note in read(tmp_path).notes] == ["Label: the folder of each picture."]


@pytest.mark.parametrize("above", ["", "images/"])
def test_splits_without_folders_of_classes_have_no_labels(tmp_path, picture, above):
    for name in ["train/1.png", "val/2.png"]:
        picture(tmp_path / above / name)
    samples = read(tmp_path)
    assert (samples.labels, samples.class_names) == (None, None)
    assert samples.columns["split"].tolist() == ["train", "val"]
    assert str(samples.notes[-1]) == (
        "Below the folders of splits (train, val) are no folders of classes: no picture has a label. Read the labels "
        "from a table with --labels FILE."
    )


@pytest.mark.parametrize("above", [("",), ("train/", "test/")])
def test_pictures_in_a_folder_called_unlabeled_have_no_labels(tmp_path, picture, above):
    for split in above:
        for name in ["cat/1.png", "dog/1.png"]:
            picture(tmp_path / f"{split}{name}")
    picture(tmp_path / "Unlabeled" / "9.png")
    samples = read(tmp_path)
    assert samples.class_names == ("cat", "dog")
    assert samples.labels.tolist() == [-1, *[0, 1] * len(above)]
    if "split" in samples.columns:
        assert samples.columns["split"].tolist() == ["unlabeled", "test", "test", "train", "train"]


def test_splits_are_a_column(tmp_path, picture):
    for name in ["train/cat/1.png", "train/dog/1.png", "val/cat/2.png", "test/9.png"]:
        picture(tmp_path / name)
    samples = read(tmp_path)
    assert samples.ids.tolist() == ["test/9.png", "train/cat/1.png", "train/dog/1.png", "val/cat/2.png"]
    assert samples.columns["split"].tolist() == ["test", "train", "train", "val"]
    assert samples.labels.tolist() == [-1, 0, 1, 0]
    assert samples.class_names == ("cat", "dog")


def test_folders_called_like_splits_are_classes_beside_others(tmp_path, picture):
    for name in ["train/1.png", "car/1.png"]:
        picture(tmp_path / name)
    assert read(tmp_path).class_names == ("car", "train")


def test_pictures_without_folders_have_no_labels(tmp_path, picture):
    picture(tmp_path / "a.png")
    samples = read(tmp_path)
    assert samples.labels is None
    assert samples.class_names is None


def test_what_is_left_out_is_reported(pets, picture, tmp_path):
    (pets / "readme.txt").write_text("x")
    (pets / "cat" / "notes.md").write_text("x")
    (pets / "birds").mkdir()
    (pets / ".hidden").mkdir()
    picture(pets / ".hidden" / "1.png")
    picture(pets / "__MACOSX" / "1.png")
    picture(tmp_path / "outside" / "1.png")
    (pets / "cat" / "out.png").symlink_to(tmp_path / "outside" / "1.png")
    (pets / "dog" / "folder").symlink_to(tmp_path / "outside")
    (pets / "dog" / "circle").symlink_to(pets)
    samples = read(pets)
    assert len(samples.ids) == 6
    assert texts_of(samples.notes) == (
        "2 hidden files or ones of the system left out.",
        "2 files left out: not a picture.",
        "3 links not followed: leading outside the folder, or back to one that was read.",
        "1 folder without pictures left out (birds).",
    )


def test_a_link_is_followed_to_another_root(pets, picture, tmp_path):
    outside = picture(tmp_path / "outside" / "1.png", (9, 9, 9))
    (pets / "cat" / "out.png").symlink_to(outside)
    samples = read(pets, roots=(outside.parent.resolve(),))
    row = samples.ids.tolist().index("cat/out.png")
    assert samples.inputs[row][0, 0, 0] == 9


def test_many_file_names_that_are_no_text_are_refused(pets):
    for number in range(4):
        (pets / "cat" / os.fsdecode(b"\xff%d.png" % number)).write_bytes((pets / "cat" / "1.png").read_bytes())
    with pytest.raises(SourceError, match=r"4 of 10 pictures have a name that is not Unicode text\. Rename them\."):
        read(pets)


def test_a_file_name_that_is_no_text_is_left_out(pets):
    (pets / "cat" / os.fsdecode(b"\xff.png")).write_bytes((pets / "cat" / "1.png").read_bytes())
    assert texts_of(read(pets).notes) == ("1 file left out: the name is not Unicode text.",)


def test_content_decides_identity(pets, tmp_path, picture):
    before = read(pets).inputs.fingerprint
    assert read(pets).inputs.fingerprint == before
    picture(pets / "cat" / "1.png", (99, 0, 0))
    assert read(pets).inputs.fingerprint != before


def test_an_empty_folder(tmp_path):
    with pytest.raises(SourceError) as refused:
        read(tmp_path)
    assert str(refused.value) == (
        f"The folder '{tmp_path.resolve()}' is empty. Give a folder that has one sub-folder of pictures for each class."
    )


def test_a_folder_without_pictures(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(SourceError) as refused:
        read(tmp_path)
    assert str(refused.value) == (
        f"The folder '{tmp_path.resolve()}' holds no pictures (.png, .jpg, .jpeg, .jpe, .jfif, .bmp, .gif, .webp, "
        ".tif, .tiff, .ppm, .pgm, .avif, .heic, .heif, .jp2), only 1 other file. "
        "Give a folder that has one sub-folder of pictures for each class."
    )


def test_a_column_cannot_be_named(pets):
    with pytest.raises(SourceError) as refused:
        read(pets, columns=ColumnNames(label="kind"))
    assert str(refused.value) == (
        f"'{pets.resolve()}' is a folder of pictures, whose labels are its sub-folders, "
        "so --label has nothing to name. Leave it out."
    )


@pytest.mark.parametrize(
    "names", [("training_set", "test_set"), ("Train", "VALID"), ("trainset", "dev"), ("train_images", "eval")]
)
def test_splits_are_known_by_any_usual_name(tmp_path, picture, names):
    for split in names:
        for name in ("cat", "dog"):
            picture(tmp_path / split / name / "1.png")
    samples = read(tmp_path)
    assert samples.class_names == ("cat", "dog")
    assert set(samples.columns["split"].tolist()) in ({"train", "test"}, {"train", "val"})


@pytest.mark.parametrize("above", ["images", "archive/images"])
def test_a_folder_around_the_classes_is_passed_over_and_said(tmp_path, picture, above):
    for name in ("cat", "dog"):
        picture(tmp_path / above / "train" / name / "1.png")
        picture(tmp_path / above / "test" / name / "1.png")
    samples = read(tmp_path)
    assert samples.class_names == ("cat", "dog") and set(samples.columns["split"]) == {"train", "test"}
    assert texts_of(samples.notes) == (f"All pictures lie in '{above}', which is read as a folder around the classes.",)


def test_a_class_with_folders_of_its_own_may_stand_above_the_classes(tmp_path, picture):
    for name in ("pets/cat", "pets/dog"):
        picture(tmp_path / name / "1.png")
    picture(tmp_path / "stray.png")
    [proposed] = texts_of(read(tmp_path).notes)
    assert proposed.startswith("The class pets has sub-folders (cat, dog). If these are the classes, open '")


def test_classes_that_stand_one_level_lower_are_proposed(tmp_path, picture):
    for year in ("2025", "2026"):
        for name in ("cat", "dog"):
            picture(tmp_path / year / name / "1.png")
    [proposed] = texts_of(read(tmp_path).notes)
    assert proposed.startswith("Each of the classes 2025, 2026 has the same sub-folders (cat, dog). If these are the")


@pytest.mark.parametrize(
    "litter", ["@eaDir/1.png", "$RECYCLE.BIN/1.png", "cat/Thumbs.db", "cat/.DS_Store", "desktop.ini"]
)
def test_what_systems_leave_behind_is_no_data_and_is_counted(pets, picture, litter):
    (pets / litter).parent.mkdir(exist_ok=True)
    (pets / litter).write_bytes(b"x")
    samples = read(pets)
    assert samples.class_names == ("cat", "dog") and len(samples.ids) == 6
    assert texts_of(samples.notes) == ("1 hidden file or one of the system's left out.",)


def test_a_linked_class_folder_is_read_where_it_lies_below_a_root(pets, picture, tmp_path):
    picture(tmp_path / "elsewhere" / "1.png")
    (pets / "bird").symlink_to(tmp_path / "elsewhere")
    assert read(pets).class_names == ("cat", "dog")
    samples = read(pets, roots=((tmp_path / "elsewhere").resolve(),))
    assert samples.class_names == ("bird", "cat", "dog") and "bird/1.png" in samples.ids.tolist()


def test_files_without_a_suffix_are_pictures_by_content(tmp_path, picture):
    picture(tmp_path / "a.png")
    for name in ("cat/0a1b", "dog/2c3d"):
        picture(tmp_path / f"{name}.png").rename(tmp_path / name)
    (tmp_path / "cat" / "LICENSE").write_text("All rights are yours.")
    os.mkfifo(tmp_path / "cat" / "pipe")
    samples = read(tmp_path)
    assert samples.ids.tolist() == ["a.png", "cat/0a1b", "dog/2c3d"]
    assert samples.inputs[1].shape == (3, 4, 3)
    assert texts_of(samples.notes) == ("2 files left out: not a picture.",)


@pytest.mark.parametrize("suffix", ["jfif", "JPE", "avif", "heic", "HEIF", "jp2"])
def test_less_usual_suffixes_are_those_of_pictures(tmp_path, picture, suffix):
    picture(tmp_path / "cat" / "a.png").rename(tmp_path / "cat" / f"a.{suffix}")
    assert read(tmp_path).ids.tolist() == [f"cat/a.{suffix}"]


def test_a_link_to_a_folder_of_the_source_is_not_read_twice(pets, picture):
    (pets / "kitten").symlink_to(pets / "cat")
    picture(pets / ".store" / "1.png")
    (pets / "bird").symlink_to(pets / ".store")
    samples = read(pets)
    assert samples.class_names == ("bird", "cat", "dog") and len(samples.ids) == 7
    assert "1 link not followed: the folder is read where it lies." in texts_of(samples.notes)
