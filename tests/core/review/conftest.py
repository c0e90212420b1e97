"""Small studies, explanations and decisions for the tests of the review."""

from datetime import UTC, datetime

import numpy as np
import pytest
from scipy import sparse

from margin_core.review import Choice, Decision, ReviewSession, ReviewStore, Verdict, study_key
from margin_core.values import Domain, Explanation, Findings, Graph, Influence, Signal, Steps, Study

NAMES = ("zero", "one", "two")


@pytest.fixture
def study():
    return Study.build(name="toy", labels=[0, 1, 2, 0, 1, 2, -1, 0], class_names=NAMES, ids=list("hgfedcba"))


@pytest.fixture
def make_decision(study):
    """Make decisions about `study` with everything filled in; `seq` counts by itself."""
    count = iter(range(1_000_000))

    def make(sample_id="a", verdict=Verdict.KEEP, **fields):
        wanted = {Verdict.KEEP: "zero", Verdict.RELABEL: "one"}.get(verdict)
        return Decision(
            **{
                "study": study_key(study),
                "study_fingerprint": study.fingerprint,
                "task": "label_flips",
                "sample_id": sample_id,
                "verdict": verdict,
                "old_label": "zero",
                "new_label": wanted,
                "reviewer": "ada",
                "decided_at": datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
                "client": "tab",
                "seq": next(count),
            }
            | fields
        )

    return make


@pytest.fixture
def store(tmp_path):
    with ReviewStore(tmp_path / "review.sqlite") as opened:
        yield opened


@pytest.fixture
def explain():
    """Make an explanation of a study out of scores; its graph is a ring."""

    def make(study, scores, *, suggested=None, roles=None):
        n = len(study)
        rows = np.arange(n)
        scores = np.asarray(scores, dtype=float)
        roles = np.array(["suspect"] * n if roles is None else roles)
        order = np.lexsort((study.ids, -scores, roles != "suspect"))
        ring = sparse.csr_array(
            (np.ones(2 * n), (np.tile(rows, 2), np.concatenate([(rows + 1) % n, (rows - 1) % n]))), shape=(n, n)
        )
        return Explanation(
            task="label_flips",
            parameters={},
            study_name=study.name,
            study_fingerprint=study.fingerprint,
            steps=Steps(
                Domain(ids=study.ids, rows=rows, points=np.zeros((n, 1), np.float32), fingerprint="domain"),
                Graph(
                    weights=ring,
                    neighbours=((rows + 1) % n)[:, None].astype(np.int32),
                    distances=np.ones((n, 1), np.float32),
                ),
                Signal(values=np.zeros(n), hypothesis="labels are right"),
                Influence(scores=scores, high_pass=scores),
            ),
            nodes=order,
            findings=Findings(
                ids=study.ids[order],
                scores=scores[order],
                roles=roles[order],
                evidence={} if suggested is None else {"suggested": np.asarray(suggested)[order]},
            ),
            fingerprint="explanation",
        )

    return make


@pytest.fixture
def scores():
    """Scores of the eight samples; rows 3 and 4 tie."""
    return [0.9, 0.1, 0.8, 0.5, 0.5, 0.2, 0.0, 0.7]


@pytest.fixture
def explanation(study, explain, scores):
    roles = ["suspect"] * 6 + ["unlabelled", "suspect"]
    return explain(study, scores, suggested=[1, 2, 0, 1, 2, 0, 1, 1], roles=roles)


@pytest.fixture
def session(study, explanation, store):
    return ReviewSession(study, explanation, store, "ada")


@pytest.fixture
def act(session):
    """Decide one thing after another in `session`."""
    count = iter(range(1_000))

    def act(row, verdict, label=None, **fields):
        return session.decide(
            [Choice(seq=next(count), row=row, verdict=Verdict(verdict), label=label, **fields)], client="tab"
        )

    return act
