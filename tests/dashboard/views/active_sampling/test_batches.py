"""When the next batch is chosen."""

import numpy as np
import pytest

from dashboard.views.active_sampling.batches import Batches, is_time_for_next


@pytest.mark.parametrize(
    ("took", "seconds_a_label", "left"),
    [
        (0, 2, 10),  # as long as nothing is known of it
        (2, 2, 10),  # it is there soon
        (28, 2, 14),  # slow: fourteen labels of two seconds
        (14, 1, 14),
        (500, 1, 18),  # never before anything of the batch is labeled
    ],
)
def test_the_next_batch_is_begun_as_late_as_it_may(took, seconds_a_label, left):
    batches = Batches(rows=np.arange(20), began=100.0, took=took)
    times = {n: 100.0 + seconds_a_label * (20 - n) for n in range(21)}
    assert max(n for n in range(21) if is_time_for_next(batches, n, times[n])) == left


def test_one_that_is_asked_for_is_looked_at_again():
    batches = Batches(rows=np.arange(20), requested=object(), began=100.0)
    assert is_time_for_next(batches, 20, 101.0)
