"""Holds JSON to the typed dictionary that says what it is."""

from __future__ import annotations

import types
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict


def differences(value: Any, hint: Any, at: str = "payload") -> list[str]:
    """List where JSON is not what a type says, each with its place; what is not declared is a difference, too."""
    origin, arguments = get_origin(hint), get_args(hint)
    if is_typeddict(hint):
        return _of_dictionary(value, hint, at)
    if origin is Literal:
        return [] if value in arguments else [f"{at} is {value!r}, not one of {arguments}"]
    if origin in (Union, types.UnionType):
        return [] if not all(differences(value, one, at) for one in arguments) else [f"{at} is {value!r}, not {hint}"]
    if origin is dict:
        if not isinstance(value, dict):
            return [f"{at} is {value!r}, not a dictionary"]
        keys, values = arguments
        return [
            found
            for name, one in value.items()
            for found in differences(name, keys, f"{at}: a name") + differences(one, values, f"{at}.{name}")
        ]
    if origin in (list, tuple):
        if not isinstance(value, (list, tuple)):
            return [f"{at} is {value!r}, not a list"]
        fixed = origin is tuple and arguments[-1] is not Ellipsis
        if fixed and len(value) != len(arguments):
            return [f"{at} has {len(value)} members, not {len(arguments)}"]
        hints = arguments if fixed else [arguments[0]] * len(value)
        return [
            found for number, (one, its) in enumerate(zip(value, hints, strict=True))
            for found in differences(one, its, f"{at}[{number}]")
        ]  # fmt: skip
    expected = {float: (int, float), type(None): type(None)}.get(hint, hint)
    is_right = isinstance(value, expected) and (hint is bool or not isinstance(value, bool))
    return [] if is_right else [f"{at} is {value!r}, not {getattr(hint, '__name__', hint)}"]


def _of_dictionary(value: Any, payload: Any, at: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at} is {value!r}, not a {payload.__name__}"]
    hints = get_type_hints(payload, include_extras=True)
    found = [f"{at}.{name} is not declared" for name in value if name not in hints]
    for name, hint in hints.items():
        is_optional = get_origin(hint) is NotRequired or not payload.__total__
        if name in value:
            found += differences(
                value[name], get_args(hint)[0] if get_origin(hint) is NotRequired else hint, f"{at}.{name}"
            )
        elif not is_optional:
            found.append(f"{at}.{name} is missing")
    return found
