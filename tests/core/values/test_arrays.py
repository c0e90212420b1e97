"""Arrays that nobody can write to, copied only where somebody could."""

import numpy as np

from margin_core.values import read_only


def test_read_only_copies_only_what_somebody_could_write_to():
    writable = np.arange(3)
    assert read_only(writable) is not writable
    frozen = read_only(writable)
    assert read_only(frozen) is frozen
    assert np.shares_memory(read_only(frozen[1:]), frozen)
