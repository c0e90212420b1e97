"""Write the types of everything that Python and the browser send each other, as types for the checker of its modules.

Each payload is declared once, as a ``TypedDict`` beside the code that makes it. ``python tests/js/payload_types.py``
writes all of them to ``dashboard/payloads.d.ts``; `tests/dashboard/test_payload_types.py` holds the file to that.
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import re
import sys
import types
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "dashboard" / "payloads.d.ts"
WIDTH = 120

HEADER = """\
/* What Python and the browser send each other. Written by tests/js/payload_types.py from the TypedDicts in dashboard;
   do not change it by hand. */
"""

SIMPLE = {int: "number", float: "number", str: "string", bool: "boolean", type(None): "null", object: "unknown"}
IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")


class NoTypeFor(TypeError):
    """A Python type that JSON or the browser has no counterpart of."""


def modules_with_payloads(package: Path) -> Iterator[str]:
    """List the modules below a package that declare a ``TypedDict``, without importing any: pages run when imported."""
    for path in sorted(package.rglob("*.py")):
        bases = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name))
        if any(node.id == "TypedDict" for node in bases):
            parts = path.relative_to(package.parent).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def payloads_of(names: Sequence[str]) -> dict[str, type]:
    """Collect the payloads that some modules declare, by name.

    Raises
    ------
    ValueError
        Two modules declare payloads of one name.
    """
    found: dict[str, type] = {}
    for module_name in names:
        module = importlib.import_module(module_name)
        for name, value in vars(module).items():
            if not is_typeddict(value) or value.__module__ != module_name:
                continue
            if name in found:
                raise ValueError(f"{name} is declared in {found[name].__module__} and in {module_name}.")
            found[name] = value
    return found


def typescript_of(hint: Any) -> str:
    """Write one type as TypeScript has it."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if is_typeddict(hint):
        return str(hint.__name__)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return _union(_literal(member.value) for member in hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _union(map(_literal, arguments))
    if origin in (Union, types.UnionType):
        return _union(map(typescript_of, arguments))
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return f"[{', '.join(map(typescript_of, arguments))}]"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = map(typescript_of, arguments)
        return f"Record<{key}, {value}>" if key in ("string", "number") else f"{{ [K in {key}]: {value} }}"
    if isinstance(origin, type) and issubclass(origin, Sequence):
        member = typescript_of(arguments[0])
        return f"({member})[]" if "|" in member else f"{member}[]"
    raise NoTypeFor(f"{hint!r} has no counterpart in the browser.")


def _literal(value: Any) -> str:
    return "null" if value is None else f'"{value}"' if isinstance(value, str) else str(value).lower()


def _union(members: Any) -> str:
    return " | ".join(dict.fromkeys(members))


def interface_of(payload: Any) -> str:
    """Write one payload as an interface, its docstring as comments; what it inherits is written out."""
    summary, described = _described(payload)
    hints = get_type_hints(payload, include_extras=True)
    lines = [*_comment(summary, ""), f"export interface {payload.__name__} {{"]
    for name, hint in hints.items():
        optional = get_origin(hint) is NotRequired or not payload.__total__
        bare = get_args(hint)[0] if get_origin(hint) is NotRequired else hint
        try:
            written = typescript_of(bare)
        except NoTypeFor as error:
            raise NoTypeFor(f"{payload.__name__}.{name}: {error}") from error
        lines += _comment(described.pop(name, ""), "  ")
        lines.append(f"  {name if IDENTIFIER.fullmatch(name) else _literal(name)}{'?' if optional else ''}: {written};")
    if described:
        raise ValueError(f"{payload.__name__} describes {', '.join(described)}, which it has not.")
    return "\n".join([*lines, "}"])


def _described(payload: Any) -> tuple[str, dict[str, str]]:
    """Split a numpydoc docstring: the text before its attributes, and the description of each."""
    text = inspect.cleandoc(payload.__doc__ or "")
    summary, _, attributes = text.partition("\nAttributes\n----------\n")
    described: dict[str, str] = {}
    names: list[str] = []
    for line in attributes.splitlines():
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.partition(" : ")[0].split(",")]
        elif line.strip():
            for name in names:
                described[name] = f"{described.get(name, '')} {line.strip()}".strip()
    return " ".join(summary.split()), described


def _comment(text: str, indent: str) -> list[str]:
    plain = text.replace("``", "`").replace("*/", "* /")
    if not plain:
        return []
    if len(indent) + len(plain) + 7 <= WIDTH:
        return [f"{indent}/** {plain} */"]
    lines, room = [f"{indent}/**"], WIDTH - len(indent) - 3
    for word in plain.split():
        if len(lines) == 1 or len(lines[-1]) + 1 + len(word) > room + len(indent) + 3:
            lines.append(f"{indent} * {word}")
        else:
            lines[-1] += f" {word}"
    return [*lines, f"{indent} */"]


def written(payloads: Mapping[str, type]) -> str:
    """Write all payloads, in the order of their names."""
    return "\n".join([HEADER, *(f"{interface_of(payloads[name])}\n" for name in sorted(payloads))])


def payload_types() -> str:
    """Write the types of all payloads of the dashboard."""
    return written(payloads_of(list(modules_with_payloads(ROOT / "dashboard"))))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    TARGET.write_text(payload_types())
