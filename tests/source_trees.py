"""What the tests of the program's shape share: its files as syntax trees, and what each of them imports."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

SOURCES = sorted((ROOT / "margin_core").rglob("*.py"))
FACES = sorted((ROOT / "dashboard").rglob("*.py"))

VARIABLE = "?"
"""The name that an `import_module` call gets where only a variable names the module."""


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def breaches(rule, paths):
    """Map each file that breaks a rule to what the rule found in it: one test a rule, which names every file."""
    found = {str(path.relative_to(ROOT)): list(rule(path)) for path in paths}
    return {path: reasons for path, reasons in found.items() if reasons}


def package_of(path):
    return ".".join(path.relative_to(ROOT).parent.parts)


def called_import(call):
    """Return what an ``import_module`` call names, up to its first variable part, or None for another call."""
    if ast.unparse(call.func).rpartition(".")[2] != "import_module":
        return None
    name = call.args[0]
    first = name.values[0] if isinstance(name, ast.JoinedStr) else name
    if isinstance(first, ast.FormattedValue) and ast.unparse(first.value) == "__name__":
        return ""
    return first.value.rstrip(".") if isinstance(first, ast.Constant) else VARIABLE


@cache
def imports_of(tree, package):
    """Return the dotted name of everything imported anywhere in a file: inside functions and by `import_module` too."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = called_import(node)
            if name not in (None, "", VARIABLE):
                names.append(name)
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*parents, *([node.module] if node.module else [])])
            names += [f"{module}.{alias.name}" for alias in node.names]
    return tuple(names)


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circle_in(sources):
    """Return the modules of an import circle, or None; ``sources`` maps each module to what it imports."""
    state = {}

    def visit(module, trail):
        state[module] = "open"
        for other in sorted(sources[module]):
            if state.get(other) == "open":
                return [*trail[trail.index(other) :], other] if other in trail else [module, other]
            if other not in state:
                found = visit(other, [*trail, other])
                if found:
                    return found
        state[module] = "done"
        return None

    for module in sorted(sources):
        if module not in state:
            found = visit(module, [module])
            if found:
                return found
    return None


def module_named(name, modules):
    """Return the longest beginning of a dotted name that is one of the modules; empty for none."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def imports_between(trees):
    """Map each module of ``{module: (tree, package)}`` to those of them that it imports; a name counts for its module.

    An import inside a function counts: a circle that is closed late is a circle still.
    """
    return {
        module: {module_named(name, trees) for name in imports_of(tree, package)} - {"", module}
        for module, (tree, package) in trees.items()
    }


def trees_of(paths):
    return {module_of(path): (tree_of(path), package_of(path)) for path in paths}


def attributes_of(tree, base):
    """Return every ``base.<name>`` in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == base:
            yield node.attr
