"""Boxes that are cut out of pictures."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
import pytest

from margin_core.errors import SourceError
from margin_core.study.features.batches import read_batch, row_digests
from margin_core.study.inputs.cropped_pictures import CroppedPictures
from margin_core.study.inputs.pictures import EncodedPictures


class Grids(EncodedPictures):
    """Pictures of 10 x 8 whose pixels say where they are; counts how often one is decoded."""

    def __init__(self, n, unreadable=()):
        self.paths = tuple(f"{row}.jpg" for row in range(n))
        self.digests = np.array([[row + 1] * 16 for row in range(n)], np.uint8)
        self.digests[list(unreadable)] = 0
        self.fingerprint, self.decoded, self._lock = "", [], Lock()

    def __getitem__(self, row):
        if not self.digests[row].any():
            raise SourceError(f"Picture '{self.paths[row]}' is not there.")
        with self._lock:
            self.decoded.append(row)
        rows, columns = np.indices((8, 10))
        return np.stack([columns, rows, np.full_like(rows, row)], axis=2).astype(np.uint8)


def crops(whole, boxes, rows=None, measured=(0, 0)):
    n = len(boxes)
    rows = np.zeros(n, int) if rows is None else np.array(rows)
    paths = tuple(f"{row}.png" for row in range(n))
    return CroppedPictures(whole, rows, np.array(boxes, float), np.array([measured] * n, float), paths)


@pytest.mark.parametrize(
    ("box", "measured", "expected"),
    [
        ((2, 1, 5, 4), (0, 0), (2, 1, 4, 3)),
        ((2.9, 1.1, 5.1, 4), (0, 0), (2, 1, 5, 3)),
        ((0.2, 0.125, 0.5, 0.5), (1, 1), (2, 1, 4, 3)),
        ((20, 12.5, 50, 50), (100, 100), (2, 1, 4, 3)),
        ((0.1 + 0.2, 0, 0.7, 1), (1, 1), (3, 0, 6, 7)),
        ((-5, -5, 50, 50), (0, 0), (0, 0, 9, 7)),
        ((2.4, 1.4, 2.6, 1.6), (0, 0), (2, 1, 2, 1)),
    ],
)
def test_every_pixel_that_a_box_touches_is_cut_out(box, measured, expected):
    picture = crops(Grids(1), [box], measured=measured)[0]
    assert (*picture[0, 0, :2].tolist(), *picture[-1, -1, :2].tolist()) == expected


def test_a_box_outside_its_picture_is_named():
    inputs = crops(Grids(1), [(0, 0, 2, 2), (10, 0, 12, 2)])
    with pytest.raises(SourceError, match=r"^Box '1\.png' lies outside its picture, '0\.jpg'\. Correct the box\.$"):
        inputs[1]
    shown, left_out = read_batch(inputs, np.arange(2))
    assert (len(shown), left_out.tolist()) == (1, [False, True])


def test_boxes_of_an_unreadable_picture_have_no_digest():
    inputs = crops(Grids(2, unreadable=[1]), [(0, 0, 2, 2)] * 3, rows=[0, 1, 0])
    assert inputs.digests.any(axis=1).tolist() == [True, False, True]
    assert row_digests(inputs) is inputs.digests
    with pytest.raises(SourceError, match="is not there"):
        inputs[1]


def test_digests_tell_boxes_and_pictures_apart():
    inputs = crops(Grids(2), [(0, 0, 2, 2), (0, 0, 2, 3), (0, 0, 2, 2), (0, 0, 2, 2)], rows=[0, 0, 1, 0])
    assert len(np.unique(inputs.digests, axis=0)) == 3
    assert (inputs.digests[0] == inputs.digests[3]).all()
    assert inputs.fingerprint != crops(Grids(2), [(0, 0, 2, 2)]).fingerprint


def test_a_picture_is_decoded_once_for_all_its_boxes():
    whole, n = Grids(3), 90
    inputs = crops(whole, [(0, 0, 2, 2)] * n, rows=np.repeat([0, 1, 2], n // 3))
    with ThreadPoolExecutor(8) as threads:
        shades = [int(picture[0, 0, 2]) for picture in threads.map(inputs.__getitem__, range(n))]
    assert shades == np.repeat([0, 1, 2], n // 3).tolist()
    assert sorted(whole.decoded) == [0, 1, 2]


def test_what_is_cut_out_does_not_change_the_picture():
    inputs = crops(Grids(1), [(0, 0, 2, 2)])
    inputs[0][:] = 99
    assert inputs[0][0, 0].tolist() == [0, 0, 0]
