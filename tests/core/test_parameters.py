from dataclasses import FrozenInstanceError, dataclass

import pytest

from margin_core.errors import ParameterError
from margin_core.parameters import Recipe, parameter


@dataclass(frozen=True)
class Inner(Recipe):
    width: float = parameter(0.5, help="How wide.", low=0, high=1)


@dataclass(frozen=True)
class Outer(Recipe):
    inner: Inner = Inner()
    count: int = parameter(3, help="How many.", low=1)
    kind: str = parameter("plain", help="Which.", choices=("plain", "fancy"))
    loud: bool = parameter(False, help="Whether.")
    top: float = parameter(2.0, help="At most.", high=9.5)


def test_parameters_are_listed_by_dotted_name():
    assert {name: value for name, (value, _) in Outer().declared_parameters().items()} == {
        "count": 3, "kind": "plain", "loud": False, "top": 2.0, "inner.width": 0.5,
    }  # fmt: skip
    assert Outer().declared_parameters()["inner.width"][1].help == "How wide."


def test_parameters_also_say_the_kind_of_a_nested_recipe():
    assert Outer().parameters() == {
        "inner": "Inner", "count": 3, "kind": "plain", "loud": False, "top": 2.0, "inner.width": 0.5,
    }  # fmt: skip


def test_with_parameters_sets_own_and_nested_ones_and_leaves_the_original_alone():
    before = Outer()
    after = before.with_parameters({"inner.width": 0.25, "count": 5})
    assert after == Outer(inner=Inner(width=0.25), count=5)
    assert before == Outer()


def test_text_is_read_as_the_type_of_the_parameter():
    after = Outer().with_parameters(
        {"inner.width": "0.25", "count": "5", "loud": "True", "kind": "fancy", "top": "1e0"}
    )
    assert after == Outer(inner=Inner(width=0.25), count=5, loud=True, kind="fancy", top=1.0)
    assert isinstance(after.count, int)
    assert Outer(loud=True).with_parameters({"loud": "false"}).loud is False


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": 1}, "Outer has no parameter 'size'. It has: count, kind, loud, top, inner.width."),
        ({"inner": 1}, "Outer has no parameter 'inner'. It has: count, kind, loud, top, inner.width."),
        ({"inner.depth": 1}, "Outer has no parameter 'inner.depth'. It has: count, kind, loud, top, inner.width."),
        ({"count": "2.5"}, "Outer.count must be a whole number; got '2.5'."),
        ({"count": 2.5}, "Outer.count must be a whole number; got 2.5."),
        ({"count": 0}, "Outer.count must be between 1 and inf; got 0."),
        ({"top": 10}, "Outer.top must be between -inf and 9.5; got 10."),
        ({"loud": "yes"}, "Outer.loud must be true or false; got 'yes'."),
        ({"kind": "odd"}, "Outer.kind must be one of plain, fancy; got 'odd'."),
        ({"inner.width": "wide"}, "Inner.width must be a number; got 'wide'."),
        ({"inner.width": "nan"}, "Inner.width must be between 0 and 1; got nan."),
        ({"inner.width": 1.5}, "Inner.width must be between 0 and 1; got 1.5."),
    ],
)
def test_a_wrong_parameter_is_refused(values, message):
    with pytest.raises(ParameterError) as caught:
        Outer().with_parameters(values)
    assert str(caught.value) == message


def test_a_recipe_checks_itself_when_it_is_made_and_stays_as_it_is():
    with pytest.raises(ParameterError, match=r"^Outer\.count must be between 1 and inf; got -2\.$"):
        Outer(count=-2)
    with pytest.raises(FrozenInstanceError):
        Outer().count = 4
    assert Outer().with_parameters({"inner.width": 1, "count": 1}) == Outer(inner=Inner(width=1), count=1)
