from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from margin_core.errors import ReviewError
from margin_core.review import Verdict, label_name, study_key
from margin_core.values import Study


def test_a_time_is_kept_in_utc(make_decision):
    decision = make_decision(decided_at=datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2))))
    assert decision.decided_at == datetime(2026, 1, 2, 1, tzinfo=UTC)
    assert decision.decided_at.tzinfo is UTC


def test_a_time_without_zone_is_refused(make_decision):
    with pytest.raises(ReviewError, match=r"Decision on sample 'a': its time '2026-01-02 00:00:00' has no time zone"):
        make_decision(decided_at=datetime(2026, 1, 2))


def test_a_relabel_needs_a_label(make_decision):
    with pytest.raises(ReviewError, match=r"^Decision on sample 'a': a relabel needs the new label\. Name the class"):
        make_decision(verdict=Verdict.RELABEL, new_label=None)


@pytest.mark.parametrize(("verdict", "undoes"), [(Verdict.UNDO, None), (Verdict.KEEP, 3)])
def test_an_undo_and_only_an_undo_names_what_it_takes_back(make_decision, verdict, undoes):
    with pytest.raises(ReviewError, match="an undo, and only an undo, names the decision that it undoes"):
        make_decision(verdict=verdict, undoes=undoes)


def test_the_key_stays_when_labels_or_features_change():
    base = Study.build(labels=[0, 1], class_names=["a", "b"], ids=["x", "y"])
    again = Study.build(name="other", labels=[1, 1], class_names=["a", "b"], ids=["x", "y"], embedding=np.ones((2, 3)))
    assert study_key(base) == study_key(again)
    assert base.fingerprint != again.fingerprint


def test_other_samples_or_classes_make_another_key():
    keys = {
        study_key(Study.build(labels=[0, 1], class_names=["a", "b"], ids=["x", "y"])),
        study_key(Study.build(labels=[0, 1], class_names=["a", "c"], ids=["x", "y"])),
        study_key(Study.build(labels=[0, 1], class_names=["a", "b"], ids=["x", "z"])),
    }
    assert len(keys) == 3


def test_names_of_classes(study):
    assert [label_name(study, number) for number in (0, 2, -1)] == ["zero", "two", None]
