import numpy as np
import pytest
from study_parts import parts

from margin_core import Study
from margin_core.storage.fingerprint import fingerprint
from margin_core.values.part_fingerprints import fingerprint_parts

GIVEN = {
    "ids": np.array(["x", "y"]),
    "class_names": ("a",),
    "labels": None,
    "columns": {"split": np.zeros(2)},
    "signals": {},
}


def test_every_part_that_is_there_has_a_fingerprint():
    found = fingerprint_parts(GIVEN, {})
    assert set(found) == {"ids", "class_names", "column split"}
    assert found["column split"] == fingerprint(np.zeros(2))


def test_what_is_known_is_not_computed_and_what_is_gone_is_forgotten():
    found = fingerprint_parts(GIVEN, {"ids": "known", "labels": "gone", "class_names": "never taken on trust"})
    assert found["ids"] == "known" and "labels" not in found
    assert found["class_names"] == fingerprint(("a",))


def test_a_part_may_bring_its_own():
    class Model:
        fingerprint = "the network's"

    assert fingerprint_parts({**GIVEN, "model": Model()}, {})["model"] == "the network's"


@pytest.mark.parametrize("changed", [{"split": np.array(["val", "val", "val"])}, None, {}])
def test_a_column_that_is_replaced_is_another_part(changed):
    study = Study.build(**parts())
    other = study.replace(columns=changed)
    assert other.parts.get("column split") == (fingerprint(changed["split"]) if changed else None)
    assert other.parts["embedding"] == study.parts["embedding"] and other.fingerprint != study.fingerprint


def test_a_column_that_stays_is_not_read_again():
    study = Study.build(**parts(), parts={"column split": "known"})
    assert study.replace(columns=study.columns, labels=[1, 1, 1]).parts["column split"] == "known"
