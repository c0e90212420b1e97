"""Parameters of a recipe, declared once.

A recipe is a frozen dataclass whose fields are parameters or other recipes. The same declaration is checked
when the recipe is made, shown as a form in the dashboard, offered as flags on the command line and
written into every explanation.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from margin_core.errors import ParameterError


@dataclass(frozen=True)
class Parameter:
    """The meaning and the range of one parameter.

    Parameters
    ----------
    help : str
        One sentence for a person.
    low, high : float or None
        Inclusive range for a number.
    choices : tuple of str
        The values a text parameter takes; without any, and without a range, it takes any text.
    whole : bool
        Whether only whole numbers make sense; so it is when the default is one.
    """

    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    whole: bool = False

    @property
    def span(self) -> str:
        """The values it takes, in words."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.low is None and self.high is None:
            return "any text"
        return f"{'-inf' if self.low is None else self.low} to {'inf' if self.high is None else self.high}"


def parameter(
    default: Any, *, help: str, low: float | None = None, high: float | None = None, choices: tuple[str, ...] = ()
) -> Any:
    """Return a dataclass field that is a parameter.

    Parameters
    ----------
    default : bool, int, float or str
        Its kind is the parameter's.
    help : str
        One sentence for a person.
    low, high : float, optional
        Inclusive range for a number.
    choices : tuple of str, optional
        The values a text parameter takes.

    Returns
    -------
    dataclasses.Field
    """
    whole = isinstance(default, int) and not isinstance(default, bool)
    return field(
        default=default, metadata={"parameter": Parameter(help=help, low=low, high=high, choices=choices, whole=whole)}
    )


@dataclass(frozen=True)
class Recipe:
    """A frozen value made of parameters and nested recipes; base of every configurable step.

    The same recipe serves as cache key, command-line flags, form fields and provenance record.

    Examples
    --------
    >>> from margin_core.tasks import LabelFlips
    >>> LabelFlips().parameters()["graph.k"]
    20
    >>> LabelFlips().with_parameters({"graph.k": 30, "method": "loss"}).graph.k
    30
    """

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            if "parameter" in item.metadata:
                if hasattr(value, "item") and not getattr(value, "shape", ()):  # a number of NumPy
                    value = value.item()
                    object.__setattr__(self, item.name, value)
                _check(type(self).__name__, item.name, value, item.default, item.metadata["parameter"])
            elif isinstance(item.default, Recipe):
                _check_recipe(type(self).__name__, item.name, value, item.default)

    def _own_parameters(self) -> Iterator[tuple[str, Any, Parameter]]:
        for item in dataclasses.fields(self):
            if "parameter" in item.metadata:
                yield item.name, getattr(self, item.name), item.metadata["parameter"]

    def declared_parameters(self) -> dict[str, tuple[Any, Parameter]]:
        """Return every parameter with its value and its declaration.

        Returns
        -------
        dict of str to (value, Parameter)
            Nested ones by dotted name (``graph.k``).
        """
        listed: dict[str, tuple[Any, Parameter]] = {
            name: (value, declared) for name, value, declared in self._own_parameters()
        }
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Recipe):
                listed |= {f"{item.name}.{name}": entry for name, entry in value.declared_parameters().items()}
        return listed

    def parameters(self) -> dict[str, Any]:
        """Return every parameter's value, and the kind of each nested recipe.

        Returns
        -------
        dict of str to value
            By dotted name.
        """
        kinds = {
            item.name: type(getattr(self, item.name)).__name__
            for item in dataclasses.fields(self)
            if isinstance(getattr(self, item.name), Recipe)
        }
        return kinds | {name: value for name, (value, _) in self.declared_parameters().items()}

    def with_parameters(self, values: dict[str, Any]) -> Self:
        """Return a copy with some parameters set.

        Parameters
        ----------
        values : dict of str to value
            By dotted name; text is read as the type of the current value.

        Returns
        -------
        Recipe
            Of the same kind.

        Raises
        ------
        ParameterError
            A name that does not exist, or a value outside its range.
        """
        own: dict[str, Any] = {}
        nested: dict[str, dict[str, Any]] = {}
        known = self.declared_parameters()
        for name, value in values.items():
            if name not in known:
                raise ParameterError(f"{type(self).__name__} has no parameter '{name}'. It has: {', '.join(known)}.")
            head, _, rest = name.partition(".")
            if rest:
                nested.setdefault(head, {})[rest] = value
            else:
                own[head] = _coerce(type(self).__name__, head, value, known[head][0])
        for head, inner in nested.items():
            own[head] = getattr(self, head).with_parameters(inner)
        return dataclasses.replace(self, **own)


def _coerce(recipe: str, name: str, value: Any, current: Any) -> Any:
    """Read a value that came as text (a flag, a form) as the type of the current one."""
    if not isinstance(value, str) or isinstance(current, str):
        return value
    try:
        if isinstance(current, bool):
            return {"true": True, "false": False}[value.lower()]
        return int(value) if isinstance(current, int) else float(value)
    except (KeyError, ValueError):
        wanted = {bool: "true or false", int: "a whole number", float: "a number"}[type(current)]
        raise ParameterError(f"{recipe}.{name} must be {wanted}; got {value!r}.") from None


def _check(recipe: str, name: str, value: Any, default: Any, declared: Parameter) -> None:
    if declared.choices and (not isinstance(value, str) or value not in declared.choices):
        raise ParameterError(f"{recipe}.{name} must be one of {', '.join(declared.choices)}; got {value!r}.")
    if isinstance(default, bool) and not isinstance(value, bool):
        raise ParameterError(f"{recipe}.{name} must be True or False; got {value!r}.")
    if isinstance(default, str) and (isinstance(value, bool) or not isinstance(value, str | int)):
        raise ParameterError(f"{recipe}.{name} must be a text or a whole number; got {value!r}.")
    if declared.low is not None or declared.high is not None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ParameterError(f"{recipe}.{name} must be a number; got {value!r}.")
        if declared.whole and not isinstance(value, int):
            raise ParameterError(f"{recipe}.{name} must be a whole number; got {value!r}.")
        low = "-inf" if declared.low is None else f"{declared.low:g}"
        high = "inf" if declared.high is None else f"{declared.high:g}"
        below = declared.low is not None and value < declared.low
        above = declared.high is not None and value > declared.high
        if below or above or value != value:
            raise ParameterError(f"{recipe}.{name} must be between {low} and {high}; got {value!r}.")


def _check_recipe(recipe: str, name: str, value: Any, default: Recipe) -> None:
    """Refuse what is no recipe, or one of another step, such as a filter where a graph belongs."""
    if type(value) is type(default):
        return
    own = {field.name for field in dataclasses.fields(default)}
    methods = {method for method in dir(type(default)) if not method.startswith("_")} - own
    serves = callable(value) == callable(default) and all(hasattr(value, method) for method in methods)
    if not isinstance(value, Recipe) or not serves:
        kind = type(default).__name__
        given = f"the class {value.__name__}" if isinstance(value, type) else repr(value)
        raise ParameterError(f"{recipe}.{name} must be a value such as {kind}(); got {given}.")
