"""What is said of all findings together."""

import re

import numpy as np
import pytest
from fashion import fashion
from sklearn.metrics import roc_auc_score

from margin_core import explain
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial.remarks import describe_areas, describe_attack


@pytest.fixture(scope="module")
def explanation():
    return explain(AdversarialStatistics(eps=0.2), fashion())


def test_areas_are_those_of_the_columns(explanation):
    evidence = explanation.findings.evidence
    [found] = re.findall(r"Energy of the logits (\S+) \((\S+) to (\S+)\)", describe_areas(explanation))
    area, low, high = map(float, found)
    assert area == pytest.approx(roc_auc_score(evidence["attacked"], evidence["energy"]), abs=1e-3)
    assert low < area < high


def test_what_changed_and_what_did_not_is_counted(explanation):
    evidence = explanation.findings.evidence
    tried, unchanged = evidence["tried"][0], evidence["unchanged"][0]
    assert describe_attack(explanation) == (
        f"FGSM (norm inf, 0.2) changed the predicted class of {tried - unchanged} of {tried} samples; {unchanged} "
        f"are left out. {evidence['changed_8bit'].sum()} stay changed when pixels are rounded to bytes."
    )


def test_the_smallest_change_has_no_strength():
    found = explain(AdversarialStatistics(attack="carlini_wagner", samples=10, steps=60), fashion())
    assert describe_attack(found).startswith("Carlini-Wagner L2 changed the predicted class of ")


def test_a_score_that_is_unknown_is_said(explanation):
    findings = explanation.findings
    evidence = dict(findings.evidence) | {"energy": np.full(len(findings), np.nan)}
    from dataclasses import replace

    without = replace(explanation, findings=replace(findings, evidence=evidence))
    assert describe_areas(without).endswith("Energy of the logits unknown.")
