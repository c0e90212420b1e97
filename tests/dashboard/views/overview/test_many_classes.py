"""What the overview draws of thousands of classes."""

from dashboard.views.overview.data import select_confusions, select_worst_classes
from margin_core.audit.overview import ClassCount, Confusion
from margin_core.figures.classes import confusion_matrix


def test_of_many_classes_those_with_the_most_suspects_have_a_bar():
    counts = [ClassCount(str(number), 5 + number % 2, number % 7) for number in range(50)]
    shown = select_worst_classes(counts, 10)
    assert len(shown) == 10 and {count.suspects for count in shown} == {6, 5}
    assert [count.suspects for count in shown] == sorted((count.suspects for count in shown), reverse=True)
    assert select_worst_classes(counts[:10], 10) == counts[:10]


def test_of_many_classes_the_matrix_has_those_of_the_most_frequent_pairs():
    names = [f"class {number}" for number in range(500)]
    pairs = [
        Confusion(400, 3, 9),
        Confusion(3, 400, 8),
        Confusion(3, 77, 5),
        Confusion(100, 200, 4),
        Confusion(77, 3, 1),
    ]
    shown, kept = select_confusions(pairs, names, 3)
    assert kept == ["class 3", "class 77", "class 400"]
    assert [(kept[pair.given], kept[pair.suggested], pair.count) for pair in shown] == [
        ("class 400", "class 3", 9), ("class 3", "class 400", 8),
        ("class 3", "class 77", 5), ("class 77", "class 3", 1),
    ]  # fmt: skip
    assert confusion_matrix(shown, kept).data[0].z.shape == (3, 3)
    few = [Confusion(0, 1, 2)]
    assert select_confusions(few, ["a", "b"], 3) == (few, ["a", "b"])
