import numpy as np

from margin_core.domain.hash_sample import hash_sample, hash_to_unit_interval

IDS = np.array([f"picture {number}" for number in range(2000)])
ORDER = np.random.default_rng(0).permutation(len(IDS))


def test_a_sample_is_the_same_in_whatever_order_the_ids_come():
    chosen = hash_sample(IDS, 100)
    assert len(chosen) == 100 and (np.diff(chosen) > 0).all()
    assert set(IDS[ORDER][hash_sample(IDS[ORDER], 100)]) == set(IDS[chosen])
    np.testing.assert_array_equal(hash_sample(IDS[:7], 7), np.arange(7))


def test_numbers_are_even_over_the_unit_interval_and_belong_to_the_id():
    numbers = hash_to_unit_interval(IDS)
    assert numbers.min() >= 0 and numbers.max() < 1
    np.testing.assert_allclose(np.quantile(numbers, [0.25, 0.5, 0.75]), [0.25, 0.5, 0.75], atol=0.04)
    np.testing.assert_array_equal(hash_to_unit_interval(IDS[ORDER]), numbers[ORDER])
