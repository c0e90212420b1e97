import numpy as np

from dashboard.shared.channels import MAX_LEGEND, NO_VALUE, class_bytes, legend_of
from margin_core.figures.palette import CLASS_COLORS, OTHER


def test_few_classes_have_an_entry_each():
    names = tuple(str(number) for number in range(MAX_LEGEND))
    assert legend_of(names).names == names
    np.testing.assert_array_equal(class_bytes(np.array([-1, 0, MAX_LEGEND - 1]), MAX_LEGEND), [NO_VALUE, 0, 99])


def test_of_thousands_those_with_a_color_have_one_and_the_others_together():
    legend, colored = legend_of(tuple(str(number) for number in range(5_000))), len(CLASS_COLORS)
    assert legend.names[-2:] == (str(colored - 1), "4,980 other classes")
    assert legend.colors[-1] == OTHER and len(legend.names) == len(legend.colors) == colored + 1
    np.testing.assert_array_equal(
        class_bytes(np.array([-1, 3, colored - 1, colored, 4_999]), 5_000),
        [NO_VALUE, 3, colored - 1, colored, colored],
    )
