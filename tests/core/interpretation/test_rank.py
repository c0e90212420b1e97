import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from margin_core.interpretation.rank import rank

entries = st.lists(
    st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.sampled_from(["suspect", "unlabelled", "unscored"])),
    min_size=1,
    max_size=30,
)


@given(entries=entries, seed=st.integers(0, 5))
def test_role_then_score_then_id(entries, seed):
    ids = np.random.default_rng(seed).permutation(len(entries)).astype(str)
    scores = np.array([score for score, _ in entries])
    roles = np.array([role for _, role in entries])
    found = rank(ids, scores, roles, {"row": np.arange(len(ids)), "pair": np.arange(2 * len(ids)).reshape(-1, 2)})
    place = {"suspect": 0, "unlabelled": 1, "unscored": 2}
    expected = sorted(range(len(ids)), key=lambda i: (place[roles[i]], -scores[i], ids[i]))
    assert found.evidence["row"].tolist() == expected
    assert found.ids.tolist() == ids[expected].tolist()
    np.testing.assert_array_equal(found.scores, scores[expected])
    np.testing.assert_array_equal(found.roles, roles[expected])
    np.testing.assert_array_equal(found.evidence["pair"][:, 0], 2 * np.array(expected))
