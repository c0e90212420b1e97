import importlib
import io
import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, features

from margin_core.errors import AccessError, SourceError
from margin_core.study.inputs.pictures import (
    FORMATS,
    PictureFiles,
    decoders,
    is_picture,
    read_picture,
    stack_pictures,
    starts_as_picture,
)
from margin_core.values import Inputs


def files(root, *paths):
    return PictureFiles(root.resolve(), paths, np.zeros((len(paths), 16), np.uint8))


def test_a_picture_is_read_as_rgb_when_asked_for(tmp_path, picture):
    picture(tmp_path / "a.png", (1, 2, 3), size=(4, 3))
    pictures = files(tmp_path, "a.png")
    assert isinstance(pictures, Inputs)
    assert len(pictures) == 1
    assert pictures[0].shape == (3, 4, 3)
    assert pictures[0].dtype == np.uint8
    assert pictures[np.int64(0)][0, 0].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("mode", "color", "expected"),
    [("L", 9, [9, 9, 9]), ("P", 0, [0, 0, 0]), ("RGBA", (1, 2, 3, 0), [1, 2, 3]), ("I;16", 257 * 8, [8, 8, 8])],
)
def test_every_mode_becomes_rgb(tmp_path, picture, mode, color, expected):
    path = picture(tmp_path / "a.png", color, mode=mode)
    assert read_picture(path, "a.png")[0, 0].tolist() == expected


def test_a_palette_with_transparent_bytes_is_read_without_a_warning(tmp_path, picture):
    path = picture(tmp_path / "a.png", 0, mode="P", transparency=b"\x00\x80")
    assert read_picture(path, "a.png").shape == (3, 4, 3)


def test_floats_are_stretched_over_their_range(tmp_path):
    Image.fromarray(np.array([[-1.0, 0.0, 1.0]], np.float32)).save(tmp_path / "a.tif")
    assert read_picture(tmp_path / "a.tif", "a.tif")[0, :, 0].tolist() == [0, 128, 255]
    Image.fromarray(np.full((1, 2), 7.0, np.float32)).save(tmp_path / "b.tif")
    assert read_picture(tmp_path / "b.tif", "b.tif")[0, :, 0].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("values", "number", "expected"),
    [
        ([0, 2047, 4095], np.uint16, [0, 127, 255]),  # 12 bits in 16
        ([1000, 1001, 1002], np.uint16, [0, 128, 255]),
        ([0, 32768, 65535], np.uint16, [0, 128, 255]),
        ([0, 50_000, 100_000], np.int32, [0, 128, 255]),
        ([0.25, 0.5, 0.75], np.float32, [0, 128, 255]),
        ([0.25, np.nan, 0.75], np.float32, [0, 0, 255]),
        ([np.inf, 1.0, 3.0], np.float32, [0, 0, 255]),
        ([np.nan, np.nan, np.nan], np.float32, [0, 0, 0]),
    ],
)
def test_more_than_8_bits_are_stretched_over_their_range(tmp_path, values, number, expected):
    Image.fromarray(np.array([values], number)).save(tmp_path / "a.tif")
    assert read_picture(tmp_path / "a.tif", "a.tif")[0, :, 0].tolist() == expected


RED = (200, 30, 30)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".jfif", ".avif", ".webp", ".gif", ".jp2", ".bmp"])
@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "AVIF", "JPEG2000"])
def test_pictures_are_read_by_content_not_by_suffix(tmp_path, form, suffix):
    if form not in decoders():
        pytest.skip(f"this Pillow was built without {form}")
    path = tmp_path / f"a{suffix}"
    Image.new("RGB", (16, 12), RED).save(path, form)
    assert is_picture(path.name)
    assert form == "PPM" or starts_as_picture(path.read_bytes()[:12])
    for source in (path, io.BytesIO(path.read_bytes())):
        pixels = read_picture(source, path.name)
        assert pixels.shape == (12, 16, 3)
        np.testing.assert_allclose(pixels.mean((0, 1)), RED, atol=12)


@pytest.mark.parametrize("name", ["a.heic", "a.jpg"])
def test_heic_is_read_where_its_package_is_installed(tmp_path, heic, name):
    pytest.importorskip("pi_heif")
    (tmp_path / name).write_bytes(heic)
    pixels = read_picture(tmp_path / name, name)
    assert pixels.shape == (64, 64, 3)
    np.testing.assert_allclose(pixels.mean((0, 1)), RED, atol=12)


@pytest.mark.parametrize("name", ["a.heic", "a.jpg"])
def test_without_its_package_a_heic_says_so(tmp_path, monkeypatch, heic, name):
    monkeypatch.setattr("margin_core.study.inputs.pictures.decoders", lambda: FORMATS)
    (tmp_path / name).write_bytes(heic)
    for source in (tmp_path / name, io.BytesIO(heic)):
        with pytest.raises(SourceError) as refused:
            read_picture(source, name)
        assert str(refused.value) == (
            f"Picture '{name}' cannot be read. HEIC pictures need the package pi-heif. "
            "Run: pip install 'margin-dashboard[heif]'"
        )


def test_decoders_are_those_that_are_there(monkeypatch):
    find, check = importlib.util.find_spec, features.check
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "pi_heif" else find(name))
    monkeypatch.setattr("PIL.features.check", lambda name: name != "avif" and check(name))
    assert {"AVIF", "HEIF"}.isdisjoint(decoders.__wrapped__())
    assert set(FORMATS) <= set(decoders.__wrapped__())


def test_the_orientation_of_the_camera_is_applied(tmp_path):
    image = Image.new("RGB", (4, 2))
    exif = image.getexif()
    exif[274] = 6
    image.save(tmp_path / "a.jpg", exif=exif)
    assert read_picture(tmp_path / "a.jpg", "a.jpg").shape == (4, 2, 3)


def test_a_damaged_file_is_named(tmp_path, picture):
    path = picture(tmp_path / "a.png", size=(300, 300))
    path.write_bytes(path.read_bytes()[:-60])
    sentence = r"^Picture 'a.png' cannot be read \(.+\)\. Replace the file, or leave it out\.$"
    with pytest.raises(SourceError, match=sentence):
        read_picture(path, "a.png")


def test_what_is_no_picture_is_named(tmp_path):
    (tmp_path / "a.png").write_text("hello")
    with pytest.raises(SourceError) as refused:
        read_picture(tmp_path / "a.png", "cat/a.png")
    assert str(refused.value) == (
        "Picture 'cat/a.png' cannot be read (it is not a picture in a known format). Replace the file, or leave it out."
    )


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError) as refused:
        files(tmp_path, "a.png")[0]
    assert str(refused.value) == "Picture 'a.png' is not there. Put it back, or take it out of the list."


def test_a_document_that_would_start_another_program_is_not_decoded(tmp_path):
    Image.new("RGB", (2, 2)).save(tmp_path / "a.eps")
    os.rename(tmp_path / "a.eps", tmp_path / "a.png")
    with pytest.raises(SourceError, match="it is not a picture in a known format"):
        read_picture(tmp_path / "a.png", "a.png")


def bomb(path, side):
    """Write a PNG of a few bytes that claims to be huge."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")))


@pytest.mark.parametrize("side", [8_001, 10_000, 30_000])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, side):
    bomb(tmp_path / "a.png", side)
    with pytest.raises(SourceError) as refused:
        read_picture(tmp_path / "a.png", "a.png")
    assert str(refused.value) == (
        "Picture 'a.png' has more than 64 megapixels, which could fill the memory. Save it smaller, or leave it out."
    )


def test_a_file_that_became_a_link_outside_is_not_read(tmp_path, picture):
    picture(tmp_path / "secret.png")
    root = tmp_path / "root"
    root.mkdir()
    (root / "a.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(AccessError) as refused:
        files(root, "a.png")[0]
    assert str(refused.value) == (
        f"Picture 'a.png' is a link that leads outside '{root.resolve()}'. Copy the file itself there."
    )


def test_a_link_that_stays_inside_is_read(tmp_path, picture):
    picture(tmp_path / "a.png", (7, 7, 7))
    (tmp_path / "b.png").symlink_to("a.png")
    assert files(tmp_path, "b.png")[0][0, 0, 0] == 7


def test_identity_is_by_content_in_order(tmp_path):
    one, two = np.full((1, 16), 1, np.uint8), np.full((1, 16), 2, np.uint8)
    pair = PictureFiles(tmp_path, ("a", "b"), np.concatenate([one, two]))
    renamed = PictureFiles(tmp_path, ("c", "d"), np.concatenate([one, two]))
    swapped = PictureFiles(tmp_path, ("a", "b"), np.concatenate([two, one]))
    assert pair.fingerprint == renamed.fingerprint != swapped.fingerprint


def test_pictures_of_one_size_are_stacked():
    small, large = np.zeros((2, 2, 3), np.uint8), np.zeros((3, 2, 3), np.uint8)
    assert stack_pictures([small, small]).shape == (2, 2, 2, 3)
    assert [item.shape for item in stack_pictures([small, large])] == [(2, 2, 3), (3, 2, 3)]
