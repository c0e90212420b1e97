"""What is said of all findings together."""

import re
from dataclasses import replace

import numpy as np
import pytest
from fashion import fashion
from sklearn.metrics import roc_auc_score

from margin_core import explain
from margin_core.tasks import AdversarialStatistics
from margin_core.tasks.adversarial.remarks import describe_areas, describe_attack, describe_selection


@pytest.fixture(scope="module")
def explanation():
    return explain(AdversarialStatistics(eps=0.2), fashion())


def _with(explanation, **columns):
    findings = explanation.findings
    return replace(explanation, findings=replace(findings, evidence=dict(findings.evidence) | columns))


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


def test_what_was_passed_over_is_counted(explanation):
    evidence = explanation.findings.evidence
    tried, wrong, reference = (int(evidence[name][0]) for name in ("tried", "misclassified", "reference"))
    assert evidence["candidates"][0] == 100 == tried + wrong and wrong > 0
    said = (
        f"The samples are {tried} of 100 that may be attacked; passed over: {wrong} to which the model gives another "
        f"class than their label. Densities are estimated from {reference} other clean samples."
    )
    assert describe_selection(explanation) == said
    assert said in AdversarialStatistics.remarks(explanation)
    unreadable = _with(explanation, unreadable=np.full(len(evidence["tried"]), 3))
    assert "than their label, 3 whose picture cannot be read." in describe_selection(unreadable)


def test_densities_that_are_unknown_are_said(explanation):
    m = len(explanation.findings)
    densities = np.r_[np.full(m - 3, np.nan), np.ones(3)]
    assert describe_selection(_with(explanation, negative_log_kde=densities)).endswith(
        f"None of these has the class that is predicted for {m - 3} of {m} samples: their density is unknown, and in "
        "the signal the smallest of all stands for it."
    )
    assert f" for 3 of {m} samples" in describe_areas(_with(explanation, negative_log_kde=densities))
    assert describe_selection(_with(explanation, reference=np.zeros(m, int))).endswith(
        "No other clean sample is left to estimate densities from, so scores that need them are unknown."
    )


def test_the_smallest_change_has_no_strength():
    found = explain(AdversarialStatistics(attack="carlini_wagner", samples=10, steps=60), fashion())
    assert describe_attack(found).startswith("Carlini-Wagner L2 changed the predicted class of ")


def test_a_score_that_is_unknown_is_said(explanation):
    unknown = np.full(len(explanation.findings), np.nan)
    assert describe_areas(_with(explanation, energy=unknown)).endswith("Energy of the logits unknown.")
